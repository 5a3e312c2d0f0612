/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest whose timer interrupts it, by way of the kernel's GIC: it says, if it is asked to, at
 * each step that the interrupt is at.
 */
#ifndef SELFTEST_GIC_TICKS_H
#define SELFTEST_GIC_TICKS_H

#include "gic_vm.h"

#define INTID_PTIMER	30
#define CTL_ISTATUS	4UL
#define PRIORITY	0x80

/* What the guest's handler does */
struct ticks {
	u64 physical;
	u64 interval;	/* from the handler to the next, in ticks of the counter */
	u64 left;
	u64 tells;	/* the host: bit n: step n */
	u64 lingers;	/* in the handler, until the output is up again */
	u64 splits;	/* EOImode 1 */
	u64 wrong;
};

#define EACH_STEP	~0UL
#define TICKS		((struct ticks *)(GUEST_SHARED + 0x2000))

__guest_inline void guest_timer(u64 control, u64 interval)
{
	if (TICKS->physical) {
		write_sysreg(interval, cntp_tval_el0);
		write_sysreg(control, cntp_ctl_el0);
	} else {
		write_sysreg(interval, cntv_tval_el0);
		write_sysreg(control, cntv_ctl_el0);
	}
}

__guest_inline u64 guest_timer_is_up(void)
{
	u64 control = TICKS->physical ? read_sysreg(cntp_ctl_el0) : read_sysreg(cntv_ctl_el0);

	return control & CTL_ISTATUS;
}

__guest_inline void guest_tells(u64 where)
{
	if (TICKS->tells >> where & 1)
		guest_sync(where);
}

static void __guest guest_ticked(struct guest_frame *frame, u64 vector)
{
	u64 id = read_sysreg(ICC_IAR1);

	(void)frame;
	(void)vector;
	if (id != (TICKS->physical ? INTID_PTIMER : INTID_VTIMER) || !guest_timer_is_up()) {
		TICKS->wrong++;
		return;
	}
	guest_tells(1);		/* active, and up */
	guest_timer(--TICKS->left ? 1 : 0, TICKS->interval);
	guest_tells(2);		/* active, and down */
	while (TICKS->left && TICKS->lingers && !guest_timer_is_up())
		barrier();
	write_sysreg(id, ICC_EOIR1);
	if (TICKS->splits) {
		guest_tells(3);	/* dropped */
		write_sysreg(id, ICC_DIR);
	}
	guest_tells(4);		/* inactive */
}

/* Between two of them, IRQs are on; or masked until the host has been told of the next */
static u64 __guest guest_ticks(void)
{
	write_sysreg(0xff, ICC_PMR);
	write_sysreg(1, ICC_IGRPEN1);
	write_sysreg(TICKS->splits ? ICC_CTLR_EOIMODE : 0, ICC_CTLR);
	guest_timer(1, TICKS->interval);
	while (READ_ONCE(TICKS->left)) {
		if (TICKS->tells >> 5 & 3) {
			while (!guest_timer_is_up())
				barrier();
			guest_tells(5);	/* up, and perhaps pending */
			guest_tells(6);	/* pending */
		}
		asm volatile("msr daifclr, #2\n isb\n nop\n msr daifset, #2" : : : "memory");
	}
	return 0;
}

/* A VM with such a guest */
static inline struct vcpu *ticks_vm(struct vm *vm, u64 physical, u64 splits)
{
	struct vcpu *vcpu;

	gic_vm(vm);
	vm_handler(vm, VECTOR_IRQ, guest_ticked);
	vcpu = vcpu_create(vm);
	gic_serve(vcpu);
	gic_write32(vcpu, GIC_DIST + GICD_CTLR, 3);
	gic_enable(vcpu, physical ? INTID_PTIMER : INTID_VTIMER, PRIORITY);
	*(struct ticks *)vm_host(vm, (u64)TICKS) = (struct ticks) {
		.physical = physical, .splits = splits,
		.interval = read_sysreg(cntfrq_el0) / 5000 * slowness(),
	};
	return vcpu;
}

static inline struct ticks *ticks_of(struct vcpu *vcpu)
{
	return vm_host(vcpu->vm, (u64)TICKS);
}

static inline void ticks_start(struct vcpu *vcpu, u64 left, u64 tells)
{
	ticks_of(vcpu)->left = left;
	ticks_of(vcpu)->tells = tells;
	vcpu_call(vcpu, guest_ticks, 0, 0);
}

/* To its next word: whether it isn't the last */
static inline bool ticks_go_on(struct vcpu *vcpu)
{
	vcpu_expect(vcpu, HYPERCALL);
	if (vcpu->run->call.immediate == CALL_SYNC)
		return true;
	if (vcpu->run->call.immediate != CALL_DONE || ticks_of(vcpu)->left ||
	    ticks_of(vcpu)->wrong)
		die("a timer's interrupts: call %#x, %lu left, %lu wrong",
		    vcpu->run->call.immediate, ticks_of(vcpu)->left, ticks_of(vcpu)->wrong);
	return false;
}

#endif
