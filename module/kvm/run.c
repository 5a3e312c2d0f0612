// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_RUN: the core's RUN, until there is something for the program.
 */
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "kvm.h"

/* A value that the program has for a load.  It may write it while we read: its guest's loss. */
static void take_answer(struct kvm_cpu *cpu)
{
	__le64 data;

	if (!cpu->reads_mmio)
		return;
	cpu->reads_mmio = false;
	memcpy(&data, cpu->run->mmio.data, sizeof(data));
	cpu->page->mmio.data = le64_to_cpu(data);
}

static long run_without_entry(struct kvm_cpu *cpu)
{
	long ret;

	cpu->page->flags = ARM_VCPU_RUN_NO_ENTER;
	ret = arm_vcpu_command(cpu->core, ARM_VCPU_RUN, NULL);
	cpu->page->flags = 0;
	return ret;
}

/* What the last exit left is done before anything else happens, also when nothing else does */
static long finish(struct kvm_cpu *cpu)
{
	return cpu->page->pending ? run_without_entry(cpu) : 0;
}

/**
 * kvm_settle() - before a command looks at a vCPU, or changes it
 * @cpu: which
 *
 * One that another one has switched on begins with a reset, which must not come later and undo
 * what the program does.
 *
 * Return: 0, or what is wrong.
 */
long kvm_settle(struct kvm_cpu *cpu)
{
	struct arm_vcpu_power power = { .size = sizeof(power) };
	long ret = arm_vcpu_command(cpu->core, ARM_VCPU_GET_POWER, &power);

	if (ret || power.state != ARM_VCPU_POWER_ON_PENDING)
		return ret;
	return run_without_entry(cpu);
}

static long enter(struct kvm_cpu *cpu)
{
	long ret;

	do {
		ret = arm_vcpu_command(cpu->core, ARM_VCPU_RUN, NULL) ?: kvm_exit(cpu);
	} while (ret > 0);
	return ret;
}

static void mask_signals(struct kvm_cpu *cpu)
{
	if (cpu->masks_signals)
		sigprocmask(SIG_SETMASK, &cpu->sigmask, &current->real_blocked);
}

static void unmask_signals(struct kvm_cpu *cpu)
{
	if (!cpu->masks_signals)
		return;
	sigprocmask(SIG_SETMASK, &current->real_blocked, NULL);
	sigemptyset(&current->real_blocked);
}

/*
 * Whoever sees -EINTR sees it as the reason.  But who asks to be back at once may do so to have an
 * access completed, and read the exit afterwards.
 */
static long interrupted(struct kvm_cpu *cpu)
{
	long ret = finish(cpu);

	WRITE_ONCE(cpu->run->exit_reason, KVM_EXIT_INTR);
	return ret ?: -EINTR;
}

/*
 * The task has work that is done on its way to user space.  It goes there and comes back, and no
 * program sees it, unless a signal has come for a handler of its: that is -EINTR.  A kernel
 * restarts what is interrupted, and that wants the flag, which is gone when no signal is found.
 */
static long go_and_come_back(struct kvm_cpu *cpu)
{
	WRITE_ONCE(cpu->run->exit_reason, KVM_EXIT_INTR);
	set_thread_flag(TIF_SIGPENDING);
	return -ERESTARTNOHAND;
}

/* A GIC in the kernel has the timers itself */
static u64 levels(const struct kvm_cpu *cpu)
{
	return READ_ONCE(cpu->vm->gic.created) ? 0 : cpu->page->timers;
}

/**
 * kvm_run() - the command KVM_RUN
 * @object: struct kvm_cpu
 * @arg: not used
 * @user: 0
 *
 * Levels of timers are shown at each exit; to tell a change is one, with KVM_EXIT_INTR.
 *
 * Return: 0 with the exit in the page, -EINTR, or what is wrong.
 */
long kvm_run(void *object, void *arg, unsigned long user)
{
	struct kvm_cpu *cpu = object;
	long ret;

	if (user)
		return -EINVAL;
	if (!cpu->initialised)
		return -ENOEXEC;
	ret = kvm_gic_settle(cpu->vm);
	if (ret)
		return ret;
	take_answer(cpu);
	if (READ_ONCE(cpu->run->COMPAT_IMMEDIATE_EXIT))
		return finish(cpu) ?: -EINTR;
	/* Whoever gets an errno finds no exit that he has acted on already */
	WRITE_ONCE(cpu->run->exit_reason, KVM_EXIT_UNKNOWN);
	mask_signals(cpu);
	ret = enter(cpu);
	unmask_signals(cpu);
	WRITE_ONCE(cpu->run->s.regs.device_irq_level, levels(cpu));
	if (ret == -ERESTARTNOHAND)
		return go_and_come_back(cpu);
	return ret == -EINTR ? interrupted(cpu) : ret;
}

/**
 * kvm_set_signal_mask() - the command KVM_SET_SIGNAL_MASK
 * @object: struct kvm_cpu
 * @arg: not used
 * @user: struct kvm_signal_mask, or 0 for none
 *
 * Return: 0, -EINVAL, -EFAULT.
 */
long kvm_set_signal_mask(void *object, void *arg, unsigned long user)
{
	struct kvm_signal_mask __user *from = (void __user *)user;
	struct kvm_cpu *cpu = object;
	sigset_t mask;
	u32 length;

	if (!from) {
		cpu->masks_signals = false;
		return 0;
	}
	if (get_user(length, &from->len))
		return -EFAULT;
	if (length != sizeof(mask))
		return -EINVAL;
	if (copy_from_user(&mask, from->sigset, sizeof(mask)))
		return -EFAULT;
	sigdelsetmask(&mask, sigmask(SIGKILL) | sigmask(SIGSTOP));
	cpu->sigmask = mask;
	cpu->masks_signals = true;
	return 0;
}
