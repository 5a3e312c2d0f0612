// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file that is a VM.
 *
 * Locks, outside in: vcpu->lock, vm->lock, then stage 2's.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <asm/arch_timer.h>

#include "exit/debug.h"
#include "exit/sgi.h"
#include "exit/smc_forward.h"
#include "gic/vgic.h"
#include "guest/idreg.h"
#include "guest/timer.h"
#include "host/counter.h"
#include "host/cpu.h"
#include "host/el2.h"
#include "host/passthrough.h"
#include "memory/stage2.h"
#include "command.h"
#include "debugfs.h"
#include "inject_user.h"
#include "run.h"
#include "vcpu.h"
#include "vm.h"

/* The affinity fields of MPIDR_EL1 */
#define MPIDR_AFFINITY	(GENMASK_ULL(39, 32) | GENMASK_ULL(23, 0))

static int vm_open(struct inode *inode, struct file *file)
{
	struct vm *vm;

	if (pcpu_host_dying())
		return -ENODEV;
	vm = kzalloc(sizeof(*vm), GFP_KERNEL_ACCOUNT);
	if (!vm)
		return -ENOMEM;
	vm->last_ran = alloc_percpu_gfp(u32, GFP_KERNEL_ACCOUNT);
	if (!vm->last_ran) {
		kfree(vm);
		return -ENOMEM;
	}
	kref_init(&vm->ref);
	mutex_init(&vm->lock);
	INIT_LIST_HEAD(&vm->vcpus);
	vm->cntvoff = counter_now();
	debugfs_add_vm(vm);
	file->private_data = vm;
	return 0;
}

static void memory_teardown(struct vm *vm)
{
	stage2_destroy(vm);
	vm->stage2_ready = false;
	mmdrop(vm->mm);
	vm->mm = NULL;
}

static int memory_setup(struct vm *vm)
{
	int ret = stage2_init(vm);

	if (ret)
		return ret;
	vm->mm = current->mm;
	mmgrab(vm->mm);
	vm->stage2_ready = true;
	ret = stage2_bind(vm);
	if (ret)
		memory_teardown(vm);
	return ret;
}

static void vm_free(struct kref *ref)
{
	struct vm *vm = container_of(ref, struct vm, ref);

	debugfs_remove_vm(vm);
	if (vm->stage2_ready)
		memory_teardown(vm);
	free_percpu(vm->last_ran);
	kfree(vm);
}

/**
 * vm_put() - let go of a VM
 * @vm: dies with its last reference
 */
void vm_put(struct vm *vm)
{
	kref_put(&vm->ref, vm_free);
}

static int vm_release(struct inode *inode, struct file *file)
{
	vm_put(file->private_data);
	return 0;
}

/*
 * The VM's address space is the one that first sets it up, so that a launcher may open it
 * and pass the descriptor on.  A command that fails hasn't bound it.
 */
static long vm_set_up(struct vm *vm, void *arg, long (*command)(struct vm *vm, void *arg))
{
	bool fresh;
	long ret;

	mutex_lock(&vm->lock);
	fresh = !vm->mm;
	if (pcpu_host_dying())
		ret = -ENODEV;
	else if (READ_ONCE(vm->dead) || (vm->mm && vm->mm != current->mm))
		ret = -EIO;
	else
		ret = vm->stage2_ready ? 0 : memory_setup(vm);
	if (!ret) {
		ret = command(vm, arg);
		if (ret < 0 && fresh && vm->stage2_ready)
			memory_teardown(vm);
	}
	mutex_unlock(&vm->lock);
	return ret;
}

static u64 config_flags(void)
{
	return ARM_VCPU_CONFIG_SYSREG_EXITS | ARM_VCPU_CONFIG_SMCCC | sgi_config_flags() |
	       vgic_config_flags() | passthrough_config_flags();
}

static long vm_get_info(void *object, void *arg, void __user *user)
{
	struct arm_vcpu_info *info = arg;
	u32 size = info->size;

	*info = (struct arm_vcpu_info) {
		.size = sizeof(*info),
		.el2_mode = el2_mode(),
		.config_flags = config_flags(),
		.memory_flags = STAGE2_MEMORY_FLAGS,
		.run_flags = RUN_FLAGS,
		.lines = RUN_LINES,
		.ipa_bits_min = stage2_ipa_bits_min(),
		.ipa_bits_max = stage2_ipa_bits_max(),
		.ipa_bits_default = stage2_ipa_bits_default(),
		.max_vcpus = VM_MAX_VCPUS,
		.max_regions = VM_MAX_REGIONS,
		.run_size = VCPU_RUN_SIZE,
		.page_size = PAGE_SIZE,
		.timer_hz = arch_timer_get_cntfrq(),
		.inject_flags = INJECT_FLAGS,
		.debug_flags = DEBUG_FLAGS,
		.breakpoints = idreg_breakpoints(),
		.watchpoints = idreg_watchpoints(),
		.max_smc = smc_forward_max(),
		.ich_vtr = vgic_vtr(),
	};
	return command_answer(user, info, size, sizeof(*info));
}

static long configure(struct vm *vm, void *arg)
{
	const struct arm_vcpu_config *config = arg;
	int ret;

	if (config->flags & ~config_flags())
		return -EOPNOTSUPP;
	if (config->ipa_bits && (config->ipa_bits < stage2_ipa_bits_min() ||
				 config->ipa_bits > stage2_ipa_bits_max()))
		return -EINVAL;
	if ((config->flags & VM_GIC_FLAGS) == VM_GIC_FLAGS)
		return -EINVAL;
	ret = smc_forward_check(config->smc) ?: passthrough_check(config->flags);
	if (ret)
		return ret;
	if (vm->nr_vcpus || vm->stage2.nr_regions)
		return -EBUSY;

	stage2_unbuild(vm);
	vm->ipa_bits = config->ipa_bits;
	vm->config_flags = config->flags;
	memcpy(vm->smc, config->smc, sizeof(vm->smc));
	vm->passthrough = passthrough_hyp(config->flags);
	vm->cntvoff = config->flags & ARM_VCPU_CONFIG_PASSTHROUGH_TIMER ? 0 : counter_now();
	return 0;
}

static long vm_configure(void *object, void *arg, void __user *user)
{
	return vm_set_up(object, arg, configure);
}

static long set_memory(struct vm *vm, void *arg)
{
	const struct arm_vcpu_memory *memory = arg;

	if (memory->reserved)
		return -EINVAL;
	return stage2_build(vm) ?: stage2_set_memory(vm, memory);
}

static long vm_set_memory(void *object, void *arg, void __user *user)
{
	return vm_set_up(object, arg, set_memory);
}

static long create_vcpu(struct vm *vm, void *arg)
{
	const struct arm_vcpu_create *create = arg;
	struct vcpu *vcpu;

	if (create->flags)
		return -EOPNOTSUPP;
	if (create->reserved || create->mpidr & ~MPIDR_AFFINITY)
		return -EINVAL;
	list_for_each_entry(vcpu, &vm->vcpus, node)
		if ((vcpu->hyp->vmpidr & MPIDR_AFFINITY) == create->mpidr)
			return -EEXIST;
	if (vm->nr_vcpus >= VM_MAX_VCPUS)
		return -ENOSPC;
	return stage2_build(vm) ?: vcpu_create(vm, create->mpidr);
}

static long vm_create_vcpu(void *object, void *arg, void __user *user)
{
	return vm_set_up(object, arg, create_vcpu);
}

static long vm_kick(void *object, void *arg, void __user *user)
{
	struct vm *vm = object;
	struct vcpu *vcpu;

	mutex_lock(&vm->lock);
	list_for_each_entry(vcpu, &vm->vcpus, node)
		vcpu_kick(vcpu);
	mutex_unlock(&vm->lock);
	return 0;
}

static const struct command vm_commands[] = {
	{ ARM_VCPU_GET_INFO, sizeof(struct arm_vcpu_info), vm_get_info },
	{ ARM_VCPU_CONFIGURE, sizeof(struct arm_vcpu_config), vm_configure },
	{ ARM_VCPU_SET_MEMORY, sizeof(struct arm_vcpu_memory), vm_set_memory },
	{ ARM_VCPU_CREATE_VCPU, sizeof(struct arm_vcpu_create), vm_create_vcpu },
	{ ARM_VCPU_KICK, 0, vm_kick },
};

static long vm_ioctl(struct file *file, unsigned int number, unsigned long arg)
{
	return command_dispatch(vm_commands, ARRAY_SIZE(vm_commands), file->private_data,
				number, arg);
}

const struct file_operations vm_fops = {
	.owner = THIS_MODULE,
	.open = vm_open,
	.release = vm_release,
	.unlocked_ioctl = vm_ioctl,
	.llseek = noop_llseek,
};
