// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file that is a virtual CPU.
 */
#include <linux/anon_inodes.h>
#include <linux/bitops.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "exit/debug.h"
#include "exit/power.h"
#include "exit/reset.h"
#include "gic/device.h"
#include "guest/halt.h"
#include "guest/stat.h"
#include "guest/timer.h"
#include "guest/trace.h"
#include "host/cpu.h"
#include "host/el2.h"
#include "command.h"
#include "compat.h"
#include "debugfs.h"
#include "inject_user.h"
#include "reg.h"
#include "run.h"
#include "vcpu.h"
#include "vm.h"

#define MPIDR_RES1	BIT_ULL(31)

/* One command at a time has the vCPU.  RUN can take for ever, so others aren't let wait. */
static bool begin(struct vcpu *vcpu)
{
	return !test_and_set_bit_lock(0, &vcpu->lock);
}

static void end(struct vcpu *vcpu)
{
	clear_bit_unlock(0, &vcpu->lock);
}

/**
 * vcpu_begin_all() - keep all vCPUs of a VM from running, with their registers in memory
 * @vm: with vm->setup held until vcpu_end_all(), so that none comes, and vm->lock; some may go
 *
 * Return: 0, or -EBUSY: one does, or another command has it.
 */
int vcpu_begin_all(struct vm *vm)
{
	struct vcpu *vcpu;

	list_for_each_entry(vcpu, &vm->vcpus, node) {
		if (!begin(vcpu))
			goto busy;
		pcpu_evict(vcpu->hyp);
	}
	return 0;
busy:
	list_for_each_entry_continue_reverse(vcpu, &vm->vcpus, node)
		end(vcpu);
	return -EBUSY;
}

void vcpu_end_all(struct vm *vm)
{
	struct vcpu *vcpu;

	list_for_each_entry(vcpu, &vm->vcpus, node)
		end(vcpu);
}

/*
 * The two pages that EL2 sees: whole ones from the page allocator, for on nVHE they are
 * mapped there, and nothing else may be with them.
 */
static int pages_alloc(struct vcpu *vcpu)
{
	int ret = -ENOMEM;

	BUILD_BUG_ON(sizeof(*vcpu->hyp) > PAGE_SIZE);
	BUILD_BUG_ON(sizeof(*vcpu->run) > PAGE_SIZE);
	vcpu->hyp = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!vcpu->hyp)
		return ret;
	vcpu->run = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!vcpu->run)
		goto free_hyp;
	ret = el2_share(vcpu->hyp, PAGE_SIZE);
	if (ret)
		goto free_run;
	ret = el2_share(vcpu->run, PAGE_SIZE);
	if (ret)
		goto unshare_hyp;
	return 0;

unshare_hyp:
	el2_unshare(vcpu->hyp, PAGE_SIZE);
free_run:
	free_page((unsigned long)vcpu->run);
free_hyp:
	free_page((unsigned long)vcpu->hyp);
	return ret;
}

static void pages_free(struct vcpu *vcpu)
{
	el2_unshare(vcpu->run, PAGE_SIZE);
	el2_unshare(vcpu->hyp, PAGE_SIZE);
	free_page((unsigned long)vcpu->run);
	free_page((unsigned long)vcpu->hyp);
}

static struct vcpu *vcpu_alloc(struct vm *vm, u64 mpidr)
{
	struct vcpu *vcpu = kzalloc(sizeof(*vcpu), GFP_KERNEL_ACCOUNT);
	int ret;

	if (!vcpu)
		return ERR_PTR(-ENOMEM);
	ret = pages_alloc(vcpu);
	if (ret) {
		kfree(vcpu);
		return ERR_PTR(ret);
	}
	vcpu->vm = vm;
	vcpu->id = ++vm->next_id;
	vcpu->unready = BIT(VCPU_NO_ENTRY) | BIT(VCPU_NEW);
	power_init(vcpu);
	rcuwait_init(&vcpu->wait);
	timer_init(vcpu);
	vcpu->hyp->run = el2_addr(vcpu->run);
	vcpu->hyp->vmpidr = mpidr | MPIDR_RES1;
	vcpu->hyp->resident_cpu = -1;
	ret = gic_add_vcpu(vcpu);
	if (ret) {
		timer_exit(vcpu);
		pages_free(vcpu);
		kfree(vcpu);
		return ERR_PTR(ret);
	}
	return vcpu;
}

static void vcpu_free(struct vcpu *vcpu)
{
	pcpu_evict(vcpu->hyp);
	timer_exit(vcpu);
	pages_free(vcpu);
	kfree_rcu(vcpu, rcu);
}

/**
 * vcpu_destroy() - a vCPU's end
 * @vcpu: that nobody uses any more; it lets go of its VM
 */
void vcpu_destroy(struct vcpu *vcpu)
{
	struct vm *vm = vcpu->vm;

	debugfs_remove_vcpu(vcpu);
	/* Its place in the GIC is free before another vCPU can be made in its stead */
	gic_remove_vcpu(vcpu);
	mutex_lock(&vm->lock);
	list_del(&vcpu->node);
	WRITE_ONCE(vm->nr_vcpus, vm->nr_vcpus - 1);
	stat_add(vcpu, vm->stats_gone);
	mutex_unlock(&vm->lock);
	vcpu_free(vcpu);
	vm_put(vm);
}

static int vcpu_release(struct inode *inode, struct file *file)
{
	vcpu_destroy(file->private_data);
	return 0;
}

/*
 * The page is shared with the kernel, or it is nothing: a private copy would go unseen.  A
 * child gets none (VM_DONTCOPY), for the VM isn't the child's.
 */
static int vcpu_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct vcpu *vcpu = file->private_data;

	if (vcpu->vm->mm != current->mm)
		return -EIO;
	if (vma->vm_pgoff || vma->vm_end - vma->vm_start != VCPU_RUN_SIZE ||
	    !(vma->vm_flags & VM_SHARED) || (vma->vm_flags & VM_EXEC))
		return -EINVAL;
	vm_flags_mod(vma, VM_DONTCOPY | VM_DONTEXPAND, VM_MAYEXEC);
	return vm_insert_page(vma, vma->vm_start, virt_to_page(vcpu->run));
}

/**
 * vcpu_kick() - have one RUN return KICKED
 * @vcpu: running, sleeping, or neither
 */
void vcpu_kick(struct vcpu *vcpu)
{
	trace_arm_vcpu_kick(vcpu);
	atomic_set(&vcpu->kicked, 1);
	halt_end(vcpu);
}

static long vcpu_kick_command(void *object, void *arg, void __user *user)
{
	vcpu_kick(object);
	return 0;
}

static long vcpu_set_entry(void *object, void *arg, void __user *user)
{
	const struct arm_vcpu_entry *entry = arg;
	struct vcpu *vcpu = object;

	if (vcpu->vm->mm != current->mm)
		return -EIO;
	if (entry->flags)
		return -EOPNOTSUPP;
	if (entry->reserved)
		return -EINVAL;
	if (!begin(vcpu))
		return -EBUSY;
	pcpu_evict(vcpu->hyp);
	reset_vcpu(vcpu, entry);
	end(vcpu);
	return 0;
}

static long vcpu_run(void *object, void *arg, void __user *user)
{
	struct vcpu *vcpu = object;
	long ret;

	if (vcpu->vm->mm != current->mm)
		return -EIO;
	if (!begin(vcpu))
		return -EBUSY;
	ret = run_vcpu(vcpu);
	end(vcpu);
	return ret;
}

/* What is there only between power-on and RUN: the registers, all of them in memory */
static long at_rest(struct vcpu *vcpu, void *arg, long (*command)(struct vcpu *vcpu, void *arg))
{
	long ret = -ENOEXEC;

	if (vcpu->vm->mm != current->mm)
		return -EIO;
	if (!begin(vcpu))
		return -EBUSY;
	if (!test_bit(VCPU_NO_ENTRY, &vcpu->unready)) {
		pcpu_evict(vcpu->hyp);
		ret = command(vcpu, arg);
	}
	end(vcpu);
	return ret;
}

static long vcpu_get_reg(void *object, void *arg, void __user *user)
{
	const struct arm_vcpu_reg *reg = arg;

	return at_rest(object, arg, reg_get) ?: command_answer(user, reg, reg->size, sizeof(*reg));
}

static long vcpu_set_reg(void *object, void *arg, void __user *user)
{
	return at_rest(object, arg, reg_set);
}

static long vcpu_list_regs(void *object, void *arg, void __user *user)
{
	const struct arm_vcpu_reg_list *list = arg;

	return at_rest(object, arg, reg_list) ?:
	       command_answer(user, list, list->size, sizeof(*list));
}

static long vcpu_inject(void *object, void *arg, void __user *user)
{
	return at_rest(object, arg, inject_user);
}

/* It is the VMM's and not the guest's: there before SET_ENTRY, and afterwards */
static long vcpu_set_debug(void *object, void *arg, void __user *user)
{
	struct vcpu *vcpu = object;
	long ret;

	if (vcpu->vm->mm != current->mm)
		return -EIO;
	if (!begin(vcpu))
		return -EBUSY;
	ret = debug_set(vcpu, arg);
	end(vcpu);
	return ret;
}

/* Of a vCPU that may be in RUN */
static long vcpu_get_stats(void *object, void *arg, void __user *user)
{
	struct arm_vcpu_stats *stats = arg;
	struct vcpu *vcpu = object;
	u64 values[VCPU_STATS];
	u32 room = min_t(u32, stats->count, VCPU_STATS);

	if (vcpu->vm->mm != current->mm)
		return -EIO;
	stat_read(vcpu, values);
	if (copy_to_user(u64_to_user_ptr(stats->values), values, room * sizeof(u64)))
		return -EFAULT;
	stats->count = VCPU_STATS;
	return command_answer(user, stats, stats->size, sizeof(*stats));
}

/* Of a vCPU that may be in RUN */
static long vcpu_get_power(void *object, void *arg, void __user *user)
{
	struct arm_vcpu_power *power = arg;
	struct vcpu *vcpu = object;

	if (vcpu->vm->mm != current->mm)
		return -EIO;
	if (power->reserved)
		return -EINVAL;
	if (!(vcpu->vm->config_flags & ARM_VCPU_CONFIG_PSCI))
		return -ENODEV;
	power->state = READ_ONCE(vcpu->power);
	return command_answer(user, power, power->size, sizeof(*power));
}

static long vcpu_set_power(void *object, void *arg, void __user *user)
{
	const struct arm_vcpu_power *power = arg;
	struct vcpu *vcpu = object;
	long ret;

	if (vcpu->vm->mm != current->mm)
		return -EIO;
	if (power->reserved)
		return -EINVAL;
	if (!(vcpu->vm->config_flags & ARM_VCPU_CONFIG_PSCI))
		return -ENODEV;
	if (!begin(vcpu))
		return -EBUSY;
	ret = power_set(vcpu, power->state);
	end(vcpu);
	return ret;
}

static const struct command vcpu_commands[] = {
	{ ARM_VCPU_RUN, 0, vcpu_run },
	{ ARM_VCPU_KICK, 0, vcpu_kick_command },
	{ ARM_VCPU_SET_ENTRY, sizeof(struct arm_vcpu_entry), vcpu_set_entry },
	{ ARM_VCPU_GET_REG, sizeof(struct arm_vcpu_reg), vcpu_get_reg },
	{ ARM_VCPU_SET_REG, sizeof(struct arm_vcpu_reg), vcpu_set_reg },
	{ ARM_VCPU_LIST_REGS, sizeof(struct arm_vcpu_reg_list), vcpu_list_regs },
	{ ARM_VCPU_INJECT, sizeof(struct arm_vcpu_inject), vcpu_inject },
	{ ARM_VCPU_SET_DEBUG, sizeof(struct arm_vcpu_debug), vcpu_set_debug },
	{ ARM_VCPU_GET_STATS, sizeof(struct arm_vcpu_stats), vcpu_get_stats },
	{ ARM_VCPU_GET_POWER, sizeof(struct arm_vcpu_power), vcpu_get_power },
	{ ARM_VCPU_SET_POWER, sizeof(struct arm_vcpu_power), vcpu_set_power },
};

/**
 * vcpu_command() - a command on a vCPU, from the kernel
 * @vcpu: which
 * @number: ARM_VCPU_*
 * @arg: its struct, in the kernel
 *
 * Return: as the command.
 */
long vcpu_command(struct vcpu *vcpu, unsigned int number, void *arg)
{
	return command_call(vcpu_commands, ARRAY_SIZE(vcpu_commands), vcpu, number, arg);
}

static long vcpu_ioctl(struct file *file, unsigned int number, unsigned long arg)
{
	return command_dispatch(vcpu_commands, ARRAY_SIZE(vcpu_commands),
				file->private_data, number, arg);
}

static const struct file_operations vcpu_fops = {
	.owner = THIS_MODULE,
	.release = vcpu_release,
	.unlocked_ioctl = vcpu_ioctl,
	.mmap = vcpu_mmap,
	.llseek = noop_llseek,
};

/**
 * vcpu_create() - make a vCPU
 * @vm: with vm->setup held
 * @mpidr: affinity fields of MPIDR_EL1, unique in the VM
 *
 * Return: it, or -ENOMEM, -ERANGE.
 */
struct vcpu *vcpu_create(struct vm *vm, u64 mpidr)
{
	struct vcpu *vcpu;

	lockdep_assert_held(&vm->setup);
	vcpu = vcpu_alloc(vm, mpidr);
	if (IS_ERR(vcpu))
		return vcpu;
	kref_get(&vm->ref);
	mutex_lock(&vm->lock);
	list_add_tail(&vcpu->node, &vm->vcpus);
	WRITE_ONCE(vm->nr_vcpus, vm->nr_vcpus + 1);
	mutex_unlock(&vm->lock);
	debugfs_add_vcpu(vcpu);
	return vcpu;
}

/**
 * vcpu_open() - make a vCPU and its file
 * @vm: with vm->setup held
 * @mpidr: affinity fields of MPIDR_EL1, unique in the VM
 *
 * Return: a new descriptor, or -ENOMEM, -EMFILE, -ENFILE, -ERANGE.
 */
int vcpu_open(struct vm *vm, u64 mpidr)
{
	int fd = get_unused_fd_flags(O_CLOEXEC);
	struct vcpu *vcpu;
	struct file *file;

	if (fd < 0)
		return fd;
	vcpu = vcpu_create(vm, mpidr);
	if (IS_ERR(vcpu)) {
		put_unused_fd(fd);
		return PTR_ERR(vcpu);
	}
	file = anon_inode_getfile("arm_vcpu", &vcpu_fops, vcpu, O_RDWR);
	if (IS_ERR(file)) {
		vcpu_destroy(vcpu);
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	fd_install(fd, file);
	return fd;
}
