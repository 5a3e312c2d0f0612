// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest's virtual CPU interface of a GICv3 for one stay.
 *
 * While the host runs, it is off (ICH_HCR_EL2.En), and the list registers are zero: two with
 * one INTID, be it another guest's, are UNPREDICTABLE.
 */
#include "access.h"
#include "sgi.h"

#define LIST_REGS(X)							\
	X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7)				\
	X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)

static void __hyp list_reg_write(unsigned int n, u64 value)
{
	switch (n) {
#define X(n)	case n: hyp_write(HYP_ICH_LR_EL2(n), value); break;
	LIST_REGS(X)
#undef X
	}
}

static u64 __hyp list_reg_read(unsigned int n)
{
	u64 value = 0;

	switch (n) {
#define X(n)	case n: value = hyp_read(HYP_ICH_LR_EL2(n)); break;
	LIST_REGS(X)
#undef X
	}
	return value;
}

static void __hyp list_regs_load(const struct hyp_vgic *vgic)
{
	u32 left;

	for (left = vgic->used; left; left &= left - 1) {
		unsigned int n = __builtin_ctz(left);

		list_reg_write(n, vgic->lr[n]);
	}
}

static void __hyp list_regs_save(struct hyp_vgic *vgic)
{
	u32 left;

	for (left = vgic->used; left; left &= left - 1) {
		unsigned int n = __builtin_ctz(left);

		vgic->lr[n] = list_reg_read(n);
		list_reg_write(n, 0);
	}
	hyp_forget_sgis(vgic);
}

/* Group 0's priorities are written first (IHI 0069, 12.4: another order is UNPREDICTABLE) */
void __hyp vgic_load(const struct hyp_cpu *cpu, const struct hyp_vgic *vgic)
{
	unsigned int bits = HYP_ICH_VTR_PREBITS(cpu->ich_vtr);

	hyp_write(HYP_ICH_VMCR_EL2, vgic->vmcr);
	hyp_write_aprs(HYP_ICH_AP0R_EL2, bits, vgic->ap0r);
	hyp_write_aprs(HYP_ICH_AP1R_EL2, bits, vgic->ap1r);
}

/*
 * Of 32 bits: AP1R0.NMI, which a guest of a CPU with FEAT_GICv3_NMI can write, is of what it
 * hasn't got.
 */
void __hyp vgic_put(const struct hyp_cpu *cpu, struct hyp_vgic *vgic)
{
	unsigned int bits = HYP_ICH_VTR_PREBITS(cpu->ich_vtr);

	hyp_read_aprs(HYP_ICH_AP0R_EL2, bits, vgic->ap0r);
	hyp_read_aprs(HYP_ICH_AP1R_EL2, bits, vgic->ap1r);
}

static __hyp_inline bool stays(const struct hyp_vgic *vgic)
{
	return hyp_is_vhe() && vgic->stays;
}

/* After traps_enter(), whose traps of the CPU interface it takes off; ERET synchronises it */
void __hyp vgic_enter(const struct hyp_cpu *cpu, const struct hyp_vcpu *vcpu)
{
	if (!stays(&vcpu->vgic))
		vgic_load(cpu, &vcpu->vgic);
	list_regs_load(&vcpu->vgic);
	hyp_write(HYP_ICH_HCR_EL2, vcpu->vgic.hcr | HYP_ICH_HCR_EN);
}

/*
 * Before traps_leave().  With En clear the maintenance interrupt goes down, which the host
 * may have taken for pending already: its handler has nothing to do.
 */
void __hyp vgic_leave(const struct hyp_cpu *cpu, struct hyp_vcpu *vcpu)
{
	struct hyp_vgic *vgic = &vcpu->vgic;

	vgic->misr = hyp_read(HYP_ICH_MISR_EL2);
	vgic->hcr &= ~HYP_ICH_HCR_EOICOUNT;
	vgic->hcr |= hyp_read(HYP_ICH_HCR_EL2) & HYP_ICH_HCR_EOICOUNT;
	hyp_close_cpu_interface();
	/* What a vCPU looks at before each stay: which groups are on, and what EOI does */
	vgic->vmcr = hyp_read(HYP_ICH_VMCR_EL2);
	if (!stays(vgic))
		vgic_put(cpu, vgic);
	list_regs_save(vgic);
}

static u32 __hyp all_list_regs(const struct hyp_cpu *cpu)
{
	return HYP_ICH_VTR_ALL_LISTREGS(cpu->ich_vtr);
}

/* What the guest has written to ICC_SGI1R_EL1; true: that was all */
bool __hyp vgic_sgi(const struct hyp_cpu *cpu, struct hyp_vcpu *vcpu, u64 value)
{
	struct hyp_vgic *vgic = &vcpu->vgic;
	u32 empty = hyp_read(HYP_ICH_ELRSR_EL2) & all_list_regs(cpu);
	int n;

	if ((value & ~HYP_ICC_SGI_INTIDS) != vgic->to_itself)
		return false;
	n = hyp_sgi_at(vgic, HYP_ICC_SGI_INTID(value), empty);
	if (n < 0)
		return false;
	if (!(empty & BIT(n)))
		vgic->lr[n] = list_reg_read(n);
	list_reg_write(n, vgic->lr[n] | HYP_ICH_LR_STATE_PENDING);
	return true;
}

/* The vCPU isn't to be looked at any more: what it has left in the list registers goes */
void __hyp vgic_abandon(const struct hyp_cpu *cpu)
{
	u32 left;

	if (!(cpu->features & HYP_CPU_GICV3))
		return;
	for (left = all_list_regs(cpu); left; left &= left - 1)
		list_reg_write(__builtin_ctz(left), 0);
}

/* What there is, and as it was found when EL2 was taken; and back */
void __hyp vgic_keep(struct hyp_cpu *cpu, struct hyp_vgic *found)
{
	cpu->ich_vtr = hyp_read(HYP_ICH_VTR_EL2);
	found->hcr = hyp_read(HYP_ICH_HCR_EL2);
	found->used = all_list_regs(cpu);
	found->vmcr = hyp_read(HYP_ICH_VMCR_EL2);
	vgic_put(cpu, found);
	list_regs_save(found);
}

void __hyp vgic_return(const struct hyp_cpu *cpu, const struct hyp_vgic *found)
{
	vgic_load(cpu, found);
	list_regs_load(found);
	hyp_write(HYP_ICH_HCR_EL2, found->hcr);
}
