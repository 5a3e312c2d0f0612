// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registers of a vCPU's CPU interface, for a VMM that saves and restores them.
 *
 * They are the CPU's own, and here as ICH_VMCR_EL2 and ICH_AP<x>R<n>_EL2 while the vCPU rests.
 */
#include <linux/bitfield.h>

#include "guest/sysreg_row.h"
#include "gic.h"
#include "vgic.h"

#define ICC_PMR_EL1	SYSREG(3, 0, 4, 6, 0)
#define ICC_BPR0_EL1	SYSREG(3, 0, 12, 8, 3)
#define ICC_AP0R0_EL1	SYSREG(3, 0, 12, 8, 4)
#define ICC_AP1R0_EL1	SYSREG(3, 0, 12, 9, 0)
#define ICC_BPR1_EL1	SYSREG(3, 0, 12, 12, 3)
#define ICC_CTLR_EL1	SYSREG(3, 0, 12, 12, 4)
#define ICC_SRE_EL1	SYSREG(3, 0, 12, 12, 5)
#define ICC_IGRPEN0_EL1	SYSREG(3, 0, 12, 12, 6)
#define ICC_IGRPEN1_EL1	SYSREG(3, 0, 12, 12, 7)

/* ICC_CTLR_EL1 */
#define CTLR_CBPR	BIT(0)
#define CTLR_EOIMODE	BIT(1)
#define CTLR_PRIBITS	GENMASK(10, 8)
#define CTLR_IDBITS	GENMASK(13, 11)
#define CTLR_SEIS	BIT(14)
#define CTLR_A3V	BIT(15)

/* What it says of the CPU */
static u64 ctlr_fixed(void)
{
	u64 vtr = vgic_vtr();

	return FIELD_PREP(CTLR_PRIBITS, HYP_ICH_VTR_PRIBITS(vtr)) |
	       FIELD_PREP(CTLR_IDBITS, HYP_ICH_VTR_IDBITS(vtr) > 16) |
	       (vtr & HYP_ICH_VTR_SEIS ? CTLR_SEIS : 0) | (vtr & HYP_ICH_VTR_A3V ? CTLR_A3V : 0);
}

/* A field of ICH_VMCR_EL2 that is a register, or 0 */
static u64 vmcr_field(u64 encoding)
{
	switch (encoding) {
	case ICC_PMR_EL1:
		return HYP_ICH_VMCR_VPMR;
	case ICC_BPR0_EL1:
		return HYP_ICH_VMCR_VBPR0;
	case ICC_BPR1_EL1:
		return HYP_ICH_VMCR_VBPR1;
	case ICC_IGRPEN0_EL1:
		return HYP_ICH_VMCR_VENG0;
	case ICC_IGRPEN1_EL1:
		return HYP_ICH_VMCR_VENG1;
	}
	return 0;
}

/* ICC_AP0R<n>_EL1 or ICC_AP1R<n>_EL1, or NULL: the CPU hasn't got it */
static u32 *priorities(struct hyp_vgic *vgic, u64 encoding)
{
	/* 5, 6 or 7 bits of preemption, less one: 1, 2 or 4 registers */
	unsigned int count = 1 << (HYP_ICH_VTR_PREBITS(vgic_vtr()) - 4);

	if (encoding >= ICC_AP0R0_EL1 && encoding - ICC_AP0R0_EL1 < count)
		return &vgic->ap0r[encoding - ICC_AP0R0_EL1];
	if (encoding >= ICC_AP1R0_EL1 && encoding - ICC_AP1R0_EL1 < count)
		return &vgic->ap1r[encoding - ICC_AP1R0_EL1];
	return NULL;
}

/**
 * gic_running_priority() - ICC_RPR_EL1
 * @vcpu: isn't in the guest
 *
 * Return: the most urgent of the priorities that are active; 0xff if none is.
 */
u8 gic_running_priority(const struct vcpu *vcpu)
{
	const struct hyp_vgic *vgic = &vcpu->hyp->vgic;
	unsigned int n;
	u32 active;

	for (n = 0; n < HYP_APRS; n++) {
		active = vgic->ap0r[n] | vgic->ap1r[n];
		if (active)
			return (32 * n + __ffs(active)) << (7 - HYP_ICH_VTR_PREBITS(vgic_vtr()));
	}
	return 0xff;
}

static int get(struct hyp_vgic *vgic, u64 encoding, u64 *value)
{
	u64 field = vmcr_field(encoding);
	const u32 *apr = priorities(vgic, encoding);

	if (field)
		*value = (vgic->vmcr & field) >> __ffs(field);
	else if (apr)
		*value = *apr;
	else if (encoding == ICC_SRE_EL1)
		*value = HYP_ICC_SRE_GUEST;
	else if (encoding == ICC_CTLR_EL1)
		*value = ctlr_fixed() | (vgic->vmcr & HYP_ICH_VMCR_VCBPR ? CTLR_CBPR : 0) |
			 (vgic->vmcr & HYP_ICH_VMCR_VEOIM ? CTLR_EOIMODE : 0);
	else
		return -ENOENT;
	return 0;
}

static int set_ctlr(struct hyp_vgic *vgic, u64 value)
{
	if ((value & ~(u64)(CTLR_CBPR | CTLR_EOIMODE)) != ctlr_fixed())
		return -EINVAL;
	vgic->vmcr &= ~(HYP_ICH_VMCR_VCBPR | HYP_ICH_VMCR_VEOIM);
	vgic->vmcr |= (value & CTLR_CBPR ? HYP_ICH_VMCR_VCBPR : 0) |
		      (value & CTLR_EOIMODE ? HYP_ICH_VMCR_VEOIM : 0);
	return 0;
}

static int set(struct hyp_vgic *vgic, u64 encoding, u64 value)
{
	u64 field = vmcr_field(encoding);
	u32 *apr = priorities(vgic, encoding);

	if (encoding == ICC_CTLR_EL1)
		return set_ctlr(vgic, value);
	if (encoding == ICC_SRE_EL1)
		return value == HYP_ICC_SRE_GUEST ? 0 : -EINVAL;
	if (!field && !apr)
		return -ENOENT;
	if (field ? value > field >> __ffs(field) : upper_32_bits(value))
		return -EINVAL;
	if (field)
		vgic->vmcr = (vgic->vmcr & ~field) | value << __ffs(field);
	else
		*apr = value;
	return 0;
}

/**
 * gic_access_icc() - read or write a register of a CPU interface
 * @cpu: whose; it rests
 * @encoding: SYSREG() of the register
 * @value: of it
 * @write: which of the two
 *
 * Return: 0, -ENOENT, -EINVAL.
 */
int gic_access_icc(struct gic_cpu *cpu, u64 encoding, u64 *value, bool write)
{
	struct vcpu *vcpu;
	int ret = -ENOENT;

	raw_spin_lock_irq(&cpu->gic->lock);
	vcpu = gic_vcpu(cpu);
	if (vcpu)
		ret = write ? set(&vcpu->hyp->vgic, encoding, *value) :
			      get(&vcpu->hyp->vgic, encoding, value);
	/* What is in list registers depends on the groups */
	gic_poke(cpu);
	raw_spin_unlock_irq(&cpu->gic->lock);
	return ret;
}
