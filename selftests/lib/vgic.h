/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest of a virtual GICv3, for the tests that are its distributor: it says what it
 * takes, and waits for the next.
 */
#ifndef SELFTEST_VGIC_H
#define SELFTEST_VGIC_H

#include "gic.h"
#include "vm.h"

#define NO_VGIC		"hardware: the host has no GICv3 with list registers"

#define CALL_IDLE	0x2001	/* no interrupt is left that the guest could take */
#define CALL_TAKEN	0x2002	/* x0: INTID, x1: vector, x2: running priority */
#define CALL_DROPPED	0x2003	/* EOImode 1: ended, not deactivated yet; as above */
#define CALL_ENDED	0x2004	/* the same */

/* What a guest enables: guest_listens() */
#define GROUP0		1UL
#define GROUP1		2UL

/* How the guest's handler goes about it */
struct vgic_shared {
	u64 nests;	/* it can be interrupted */
	u64 quiet;	/* it counts only */
	u64 taken;
};

#define VGIC_SHARED	((struct vgic_shared *)GUEST_SHARED)

static void __guest guest_interrupt(struct guest_frame *frame, u64 vector)
{
	u64 group0 = (vector & 3) == (VECTOR_FIQ & 3), split, id;

	(void)frame;
	id = group0 ? read_sysreg(ICC_IAR0) : read_sysreg(ICC_IAR1);
	VGIC_SHARED->taken++;
	if (!VGIC_SHARED->quiet) {
		if (VGIC_SHARED->nests)
			asm volatile("msr daifclr, #3" : : : "memory");
		guest_call(CALL_TAKEN, id, vector, read_sysreg(ICC_RPR), 0);
		asm volatile("isb\n msr daifset, #3" : : : "memory");
	}
	if (group0)
		write_sysreg(id, ICC_EOIR0);
	else
		write_sysreg(id, ICC_EOIR1);
	split = read_sysreg(ICC_CTLR) & ICC_CTLR_EOIMODE;
	if (split) {
		guest_call(CALL_DROPPED, id, vector, read_sysreg(ICC_RPR), 0);
		write_sysreg(id, ICC_DIR);
	}
	if (!VGIC_SHARED->quiet)
		guest_call(CALL_ENDED, id, vector, read_sysreg(ICC_RPR), 0);
}

/* Its CPU interface is as the VMM has set it up */
static u64 __guest guest_waits(void)
{
	asm volatile("msr daifclr, #3" : : : "memory");
	for (;;) {
		isb();
		guest_call(CALL_IDLE, 0, 0, read_sysreg(ICC_RPR), 0);
	}
	return 0;
}

static u64 __guest guest_listens(u64 mask, u64 groups)
{
	write_sysreg(mask, ICC_PMR);
	write_sysreg(groups & 1, ICC_IGRPEN0);
	write_sysreg(groups >> 1, ICC_IGRPEN1);
	return guest_waits();
}

/* ICH_VTR_EL2, or 0 */
static inline u64 vgic_vtr(void)
{
	struct arm_vcpu_info info;
	int fd = vm_open();

	if (vm_info(fd, &info))
		die("GET_INFO failed");
	close(fd);
	return info.ich_vtr;
}

static inline u32 vgic_lrs(void)
{
	return (u32)ICH_VTR_LRS(vgic_vtr());
}

/* A VM whose guests have the handler */
static inline void vgic_vm(struct vm *vm, u64 flags)
{
	vm_create(vm);
	vm_replace(vm, 0, ARM_VCPU_CONFIG_VGIC | flags);
	vm_handler(vm, VECTOR_IRQ, guest_interrupt);
	vm_handler(vm, VECTOR_FIQ, guest_interrupt);
}

/* The guest up to where it waits, with both groups and all priorities */
static inline void vgic_listen(struct vcpu *vcpu)
{
	vcpu_call(vcpu, guest_listens, 0xff, GROUP0 | GROUP1);
	vcpu_expect_call(vcpu, CALL_IDLE);
}

static inline u64 vgic_pending(u64 id, u64 priority, u64 group)
{
	return id | ICH_LR_PRIORITY(priority) | (group == GROUP1 ? ICH_LR_GROUP1 : 0) |
		ICH_LR_PENDING;
}

/* Of ICH_VMCR_EL2 */
static inline u64 vgic_enable(u64 group)
{
	return group == GROUP1 ? ICH_VMCR_VENG1 : ICH_VMCR_VENG0;
}

/* Where a group's interrupts are taken from EL1 */
static inline u64 vgic_vector(u64 group)
{
	return group == GROUP1 ? VECTOR_IRQ : VECTOR_FIQ;
}

/* Whether a priority is active in an array of ICH_AP<n>R_EL2 */
static inline bool vgic_active(const __u32 *ap, u64 priority)
{
	u64 level = priority >> (8 - ICH_VTR_PRE_BITS(vgic_vtr()));

	return ap[level / 32] >> level % 32 & 1;
}

static inline bool vgic_idle(const struct arm_vcpu_gic *gic)
{
	u64 any = 0;
	int i;

	for (i = 0; i < 4; i++)
		any |= gic->ap0r[i] | gic->ap1r[i];
	return !any;
}

/* The guest takes an interrupt at a vector, and is in its handler then, or at its end */
static inline void vgic_expect_at(struct vcpu *vcpu, u16 call, u64 id, u64 vector, u64 priority,
				  const char *file, int line)
{
	const struct arm_vcpu_run *run = vcpu->run;

	vcpu_expect_call_at(vcpu, call, file, line);
	if (run->x[0] != id || run->x[1] != vector || run->x[2] != priority)
		die("%s:%d: INTID %llu vector %llu priority %#llx instead of %lu, %lu, %#lx", file,
		    line, run->x[0], run->x[1], run->x[2], id, vector, priority);
}

#define vgic_expect(vcpu, call, id, vector, priority) \
	vgic_expect_at(vcpu, call, id, vector, priority, __FILE__, __LINE__)

#endif
