// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state of a GIC, piece by piece, for a VMM that saves and restores it: GET_GIC_STATE and
 * SET_GIC_STATE.  Its vCPUs rest meanwhile, so what is in list registers comes back at once.
 *
 * Most pieces are registers as the guest has them.  What is different: that an interrupt is
 * pending is its latch here, and its line stands for itself.
 */
#include "device.h"
#include "gic.h"
#include "its.h"

#define KIND(offset)	((offset) & 0xff80)

/* GICD_, and GICR_ISPENDR<n> of a redistributor's second frame */
static bool pends(u32 offset, bool redistributor)
{
	u32 kind = KIND(offset);

	return (kind == GIC_ISPENDR || kind == GIC_ICPENDR) &&
	       (offset >= GIC_FRAME) == redistributor;
}

/* Reads @latch into @value, or writes it */
static void access_latch(struct gic *gic, struct gic_cpu *cpu, u32 offset, u64 *value, bool set)
{
	struct gic_irqs *irqs = cpu ? gic_redist_irqs(cpu, offset) : gic_dist_irqs(gic, offset);

	if (!set)
		*value = 0;
	if (!irqs || KIND(offset) == GIC_ICPENDR)
		return;
	gic_lock_recalled(gic, irqs, ~0);
	if (!set) {
		*value = irqs->latch;
	} else {
		irqs->latch = *value & gic_there(gic, irqs);
		if (cpu)
			gic_own_changed(cpu);
		else
			gic_spis_changed(gic, irqs - gic->spis, ~0);
	}
	gic_unlock_recalled(gic);
}

static int access_frame(struct gic *gic, struct gic_cpu *cpu, u64 offset, u64 *value, bool set)
{
	u64 size = cpu ? 2 * GIC_FRAME : GIC_FRAME;

	if (offset % 4 || offset >= size || (set && upper_32_bits(*value)))
		return -EINVAL;
	if (pends(offset, cpu))
		access_latch(gic, cpu, offset, value, set);
	else if (!set)
		*value = cpu ? gic_redist_read(cpu, offset) : gic_dist_read(gic, offset);
	else if (cpu)
		gic_redist_write(cpu, offset, *value, ~0U);
	else
		gic_dist_write(gic, offset, *value, ~0U);
	return 0;
}

static int access_its(struct gic *gic, u64 offset, u64 *value, bool set)
{
	struct gic_its *its = its_of(gic);

	if (!its)
		return -ENODEV;
	if (offset % 4 || offset >= GIC_FRAME || (set && upper_32_bits(*value)))
		return -EINVAL;
	if (set)
		its_restore_reg(its, offset, *value);
	else
		*value = its_read(its, offset);
	return 0;
}

/* A rise here is no edge */
static int access_spi_lines(struct gic *gic, u64 intid, u64 *value, bool set)
{
	u64 word = intid / 32 - 1;
	struct gic_irqs *irqs;

	if (word >= gic->spi_words)
		return -EINVAL;
	irqs = &gic->spis[word];
	gic_lock_recalled(gic, irqs, set ? ~0 : 0);
	if (set) {
		irqs->level = *value & gic_there(gic, irqs);
		gic_spis_changed(gic, word, ~0);
	} else {
		*value = irqs->level;
	}
	gic_unlock_recalled(gic);
	return 0;
}

/* Those of timers follow these */
static int access_ppi_lines(struct gic_cpu *cpu, u64 *value, bool set)
{
	u32 ppis = GENMASK(31, GIC_FIRST_PPI) & ~GIC_TIMERS;

	if (set) {
		atomic_set(&cpu->lines, *value & ppis);
		gic_poke(cpu);
	} else {
		*value = (u32)atomic_read(&cpu->lines);
	}
	return 0;
}

/* They are in no list register when it is asked: all vCPUs rest */
static int access_held(struct gic *gic, struct gic_cpu *cpu, u64 intid, u64 *value, bool set)
{
	u64 word = intid / 32 - 1;
	struct gic_irqs *irqs;
	unsigned int i;
	int ret = 0;

	if (intid % 32 || word >= gic->spi_words)
		return -EINVAL;
	irqs = &gic->spis[word];
	gic_lock_recalled(gic, irqs, ~0);
	if (!set) {
		*value = cpu->holds[word];
	} else if (*value & ~(u64)irqs->active) {
		ret = -EINVAL;
	} else {
		for (i = 0; i < gic->nr_cpus; i++)
			gic->cpus[i]->holds[word] &= ~(u32)*value;
		cpu->holds[word] = 0;
		gic_hold(cpu, word, *value);
	}
	gic_unlock_recalled(gic);
	return ret;
}

static int access_lines(struct gic *gic, struct gic_cpu *cpu, u64 intid, u64 *value, bool set)
{
	if (intid % 32 || (set && upper_32_bits(*value)))
		return -EINVAL;
	return intid ? access_spi_lines(gic, intid, value, set) : access_ppi_lines(cpu, value, set);
}

/* Whether a vCPU is meant, or none */
static bool has_vcpu(const struct arm_vcpu_gic_state *state)
{
	return state->group == ARM_VCPU_GIC_REDISTRIBUTOR ||
	       state->group == ARM_VCPU_GIC_CPU_INTERFACE ||
	       state->group == ARM_VCPU_GIC_HELD ||
	       (state->group == ARM_VCPU_GIC_LINES && !state->offset);
}

/**
 * gic_access_state() - the commands GET_GIC_STATE and SET_GIC_STATE
 * @vm: none of its vCPUs runs, or is going to
 * @state: from user space, or with its value for it
 * @set: which of the two
 *
 * Return: 0, -EINVAL, -ENOENT, -ENODEV.
 */
int gic_access_state(struct vm *vm, struct arm_vcpu_gic_state *state, bool set)
{
	struct gic *gic = vm->gic;
	struct gic_cpu *cpu = NULL;

	if (!gic || !gic->placed)
		return -ENODEV;
	if (has_vcpu(state)) {
		cpu = gic_cpu_at(gic, gic_affinity(state->mpidr));
		if (!cpu)
			return -ENOENT;
	} else if (state->mpidr) {
		return -EINVAL;
	}
	switch (state->group) {
	case ARM_VCPU_GIC_DISTRIBUTOR:
	case ARM_VCPU_GIC_REDISTRIBUTOR:
		return access_frame(gic, cpu, state->offset, &state->value, set);
	case ARM_VCPU_GIC_CPU_INTERFACE:
		return gic_access_icc(cpu, state->offset, &state->value, set);
	case ARM_VCPU_GIC_ITS_REGISTERS:
		return access_its(gic, state->offset, &state->value, set);
	case ARM_VCPU_GIC_LINES:
		return access_lines(gic, cpu, state->offset, &state->value, set);
	case ARM_VCPU_GIC_HELD:
		return access_held(gic, cpu, state->offset, &state->value, set);
	}
	return -EINVAL;
}
