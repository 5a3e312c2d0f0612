// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/arm_vcpu: the file that is a VM, and its commands.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <asm/arch_timer.h>

#include "exit/debug.h"
#include "exit/ioeventfd.h"
#include "exit/sgi.h"
#include "exit/smc_forward.h"
#include "exit/smccc_filter.h"
#include "gic/device.h"
#include "gic/vgic.h"
#include "guest/idreg.h"
#include "host/counter.h"
#include "host/el2.h"
#include "host/passthrough.h"
#include "memory/region.h"
#include "memory/stage2.h"
#include "command.h"
#include "device.h"
#include "gic.h"
#include "inject_user.h"
#include "irqfd.h"
#include "memory.h"
#include "run.h"
#include "vcpu.h"
#include "vm.h"

static int device_open(struct inode *inode, struct file *file)
{
	struct vm *vm = vm_create();

	if (IS_ERR(vm))
		return PTR_ERR(vm);
	file->private_data = vm;
	return 0;
}

static int device_release(struct inode *inode, struct file *file)
{
	vm_put(file->private_data);
	return 0;
}

static u64 config_flags(void)
{
	return ARM_VCPU_CONFIG_SYSREG_EXITS | ARM_VCPU_CONFIG_SMCCC | ARM_VCPU_CONFIG_PSCI |
	       ARM_VCPU_CONFIG_NO_PAUTH | sgi_config_flags() | vgic_config_flags() |
	       gic_config_flags() | passthrough_config_flags();
}

static long vm_get_info(void *object, void *arg, void __user *user)
{
	struct arm_vcpu_info *info = arg;
	u32 size = info->size;

	*info = (struct arm_vcpu_info) {
		.size = sizeof(*info),
		.el2_mode = el2_mode(),
		.config_flags = config_flags(),
		.memory_flags = REGION_FLAGS,
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
		.max_smccc_ranges = VM_MAX_SMCCC_RANGES,
		.ich_vtr = vgic_vtr(),
		.irqfd_flags = IRQFD_FLAGS,
		.ioeventfd_flags = IOEVENTFD_FLAGS,
		.max_irqfds = VM_MAX_IRQFDS,
		.max_ioeventfds = VM_MAX_IOEVENTFDS,
		.gic_flags = gic_config_flags() ? GIC_FLAGS : 0,
		.max_lpis = gic_config_flags() ? GIC_MAX_LPIS : 0,
		.max_msi_devices = gic_config_flags() ? GIC_MAX_MSI_DEVICES : 0,
		.max_msi_events = gic_config_flags() ? GIC_MAX_MSI_EVENTS : 0,
	};
	return command_answer(user, info, size, sizeof(*info));
}

static int configure_check(const struct arm_vcpu_config *config)
{
	if (config->flags & ~config_flags())
		return -EOPNOTSUPP;
	if (config->ipa_bits && (config->ipa_bits < stage2_ipa_bits_min() ||
				 config->ipa_bits > stage2_ipa_bits_max()))
		return -EINVAL;
	return gic_flags_check(config->flags) ?: smc_forward_check(config->smc) ?:
	       passthrough_check(config->flags);
}

static long configure(struct vm *vm, void *arg)
{
	const struct arm_vcpu_config *config = arg;
	unsigned int ipa_bits = config->ipa_bits ?: stage2_ipa_bits_default();
	int ret = configure_check(config) ?: vm_bind(vm, ipa_bits);

	if (ret)
		return ret;
	if (READ_ONCE(vm->nr_vcpus) || region_count(&vm->stage2))
		return -EBUSY;
	ret = stage2_shape(&vm->stage2, ipa_bits);
	if (!ret && config->flags & ARM_VCPU_CONFIG_GIC)
		ret = gic_create(vm);
	if (ret)
		return ret;
	gic_remove(vm);
	smccc_filter_clear(vm);
	vm->psci = 0;

	vm->config_flags = config->flags;
	memcpy(vm->smc, config->smc, sizeof(vm->smc));
	vm->passthrough = passthrough_hyp(config->flags);
	vm->cntvoff = config->flags & ARM_VCPU_CONFIG_PASSTHROUGH_TIMER ? 0 : counter_now();
	return 0;
}

static long irqfd(struct vm *vm, void *arg)
{
	const struct arm_vcpu_irqfd *irqfd = arg;

	if (irqfd->mpidr & ~MPIDR_AFFINITY)
		return -EINVAL;
	return irqfd_set(vm, irqfd);
}

static long ioeventfd(struct vm *vm, void *arg)
{
	const struct arm_vcpu_ioeventfd *ioeventfd = arg;
	u64 length = max(ioeventfd->length, 1U);
	int ret = ioeventfd_check(ioeventfd, vm_ipa_bits(vm));

	if (ret)
		return ret;
	if (ioeventfd->flags & ARM_VCPU_IOEVENTFD_REMOVE)
		return ioeventfd_remove(vm, ioeventfd);
	ret = vm_bind(vm, vm_ipa_bits(vm));
	if (ret)
		return ret;
	if (region_any(&vm->stage2, ioeventfd->guest_addr, length) ||
	    gic_overlaps(vm, ioeventfd->guest_addr, length))
		return -EEXIST;
	return ioeventfd_add(vm, ioeventfd);
}

static long create_vcpu(struct vm *vm, void *arg)
{
	const struct arm_vcpu_create *create = arg;
	int ret;

	if (create->flags)
		return -EOPNOTSUPP;
	if (create->reserved || create->mpidr & ~MPIDR_AFFINITY)
		return -EINVAL;
	ret = vm_admit(vm, create->mpidr);
	return ret ?: vcpu_open(vm, create->mpidr);
}

static long set_up(struct vm *vm, void *arg, long (*command)(struct vm *vm, void *arg))
{
	long ret = vm_set_up_begin(vm);

	if (ret)
		return ret;
	ret = command(vm, arg);
	vm_set_up_end(vm);
	return ret;
}

static long vm_configure(void *object, void *arg, void __user *user)
{
	return set_up(object, arg, configure);
}

static long vm_set_memory(void *object, void *arg, void __user *user)
{
	return set_up(object, arg, memory_set_command);
}

static long vm_get_dirty(void *object, void *arg, void __user *user)
{
	return memory_dirty_command(object, arg);
}

static long vm_create_vcpu(void *object, void *arg, void __user *user)
{
	return set_up(object, arg, create_vcpu);
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

static long vm_set_gic(void *object, void *arg, void __user *user)
{
	return set_up(object, arg, gic_setup_command);
}

static long vm_add_gic(void *object, void *arg, void __user *user)
{
	return set_up(object, arg, gic_add_command);
}

/* Without a lock: who interrupts a guest doesn't wait for who sets it up */
static int may_interrupt(const struct vm *vm)
{
	const struct mm_struct *mm = READ_ONCE(vm->mm);

	if (!mm)
		return -ENODEV;
	return mm == current->mm ? 0 : -EIO;
}

static long vm_set_irq(void *object, void *arg, void __user *user)
{
	const struct arm_vcpu_irq *irq = arg;
	struct vm *vm = object;

	if (irq->reserved || irq->mpidr & ~MPIDR_AFFINITY)
		return -EINVAL;
	return may_interrupt(vm) ?: gic_set_irq(vm, irq);
}

static long get_gic_state(struct vm *vm, void *arg)
{
	return gic_state_command(vm, arg, false);
}

static long set_gic_state(struct vm *vm, void *arg)
{
	return gic_state_command(vm, arg, true);
}

static long vm_get_gic_state(void *object, void *arg, void __user *user)
{
	struct arm_vcpu_gic_state *state = arg;

	return set_up(object, arg, get_gic_state) ?:
	       command_answer(user, state, state->size, sizeof(*state));
}

static long vm_set_gic_state(void *object, void *arg, void __user *user)
{
	return set_up(object, arg, set_gic_state);
}

static long vm_irqfd(void *object, void *arg, void __user *user)
{
	return set_up(object, arg, irqfd);
}

static long vm_ioeventfd(void *object, void *arg, void __user *user)
{
	return set_up(object, arg, ioeventfd);
}

/**
 * device_send_msi() - the command SEND_MSI, whose sender is to know what comes of it
 * @vm: which
 * @msi: the message
 *
 * Return: 1; 0: the guest hasn't mapped it; or as the command.
 */
long device_send_msi(struct vm *vm, const struct arm_vcpu_msi *msi)
{
	if (msi->flags)
		return -EOPNOTSUPP;
	if (msi->reserved)
		return -EINVAL;
	return may_interrupt(vm) ?: gic_send_msi(vm, msi);
}

static long vm_send_msi(void *object, void *arg, void __user *user)
{
	return min(device_send_msi(object, arg), 0L);
}

static long save_its(struct vm *vm, void *arg)
{
	return gic_save_its(vm);
}

static long restore_its(struct vm *vm, void *arg)
{
	return gic_restore_its(vm);
}

static long vm_save_its(void *object, void *arg, void __user *user)
{
	return set_up(object, arg, save_its);
}

static long vm_restore_its(void *object, void *arg, void __user *user)
{
	return set_up(object, arg, restore_its);
}

static long set_smccc_filter(struct vm *vm, void *arg)
{
	return smccc_filter_set(vm, arg);
}

static long vm_set_smccc_filter(void *object, void *arg, void __user *user)
{
	return set_up(object, arg, set_smccc_filter);
}

static const struct command commands[] = {
	{ ARM_VCPU_GET_INFO, sizeof(struct arm_vcpu_info), vm_get_info },
	{ ARM_VCPU_CONFIGURE, sizeof(struct arm_vcpu_config), vm_configure },
	{ ARM_VCPU_SET_MEMORY, sizeof(struct arm_vcpu_memory), vm_set_memory },
	{ ARM_VCPU_GET_DIRTY, sizeof(struct arm_vcpu_dirty), vm_get_dirty },
	{ ARM_VCPU_CREATE_VCPU, sizeof(struct arm_vcpu_create), vm_create_vcpu },
	{ ARM_VCPU_SET_GIC, sizeof(struct arm_vcpu_gic_setup), vm_set_gic },
	{ ARM_VCPU_ADD_GIC, 0, vm_add_gic },
	{ ARM_VCPU_SET_IRQ, sizeof(struct arm_vcpu_irq), vm_set_irq },
	{ ARM_VCPU_GET_GIC_STATE, sizeof(struct arm_vcpu_gic_state), vm_get_gic_state },
	{ ARM_VCPU_SET_GIC_STATE, sizeof(struct arm_vcpu_gic_state), vm_set_gic_state },
	{ ARM_VCPU_IRQFD, sizeof(struct arm_vcpu_irqfd), vm_irqfd },
	{ ARM_VCPU_IOEVENTFD, sizeof(struct arm_vcpu_ioeventfd), vm_ioeventfd },
	{ ARM_VCPU_SEND_MSI, sizeof(struct arm_vcpu_msi), vm_send_msi },
	{ ARM_VCPU_SAVE_ITS, 0, vm_save_its },
	{ ARM_VCPU_RESTORE_ITS, 0, vm_restore_its },
	{ ARM_VCPU_SET_SMCCC_FILTER, sizeof(struct arm_vcpu_smccc_filter), vm_set_smccc_filter },
	{ ARM_VCPU_KICK, 0, vm_kick },
};

/**
 * device_command() - a command on a VM, from the kernel
 * @vm: which
 * @number: ARM_VCPU_*
 * @arg: its struct, in the kernel
 *
 * Return: as the command.
 */
long device_command(struct vm *vm, unsigned int number, void *arg)
{
	return command_call(commands, ARRAY_SIZE(commands), vm, number, arg);
}

static long device_ioctl(struct file *file, unsigned int number, unsigned long arg)
{
	return command_dispatch(commands, ARRAY_SIZE(commands), file->private_data,
				number, arg);
}

const struct file_operations device_fops = {
	.owner = THIS_MODULE,
	.open = device_open,
	.release = device_release,
	.unlocked_ioctl = device_ioctl,
	.llseek = noop_llseek,
};
