/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual GICv3, as the rest of the module sees it.
 */
#ifndef ARM_VCPU_GIC_DEVICE_H
#define ARM_VCPU_GIC_DEVICE_H

#include "guest/sysreg_row.h"

#define GIC_FIRST_SPI		32

/* The SET_GIC flags that there are, and limits that GET_INFO tells */
#define GIC_FLAGS		(ARM_VCPU_GIC_ITS | ARM_VCPU_GIC_KEEP)
#define GIC_LPI_ID_BITS		14
#define GIC_FIRST_LPI		8192
#define GIC_MAX_LPIS		(BIT(GIC_LPI_ID_BITS) - GIC_FIRST_LPI)
#define GIC_DEVICE_ID_BITS	16
#define GIC_MAX_MSI_DEVICES	BIT(GIC_DEVICE_ID_BITS)
#define GIC_MAX_MSI_EVENTS	GIC_MAX_LPIS

/* setup.c */
u64 gic_config_flags(void);
int gic_create(struct vm *vm);
void gic_remove(struct vm *vm);
void gic_destroy(struct vm *vm);
int gic_add_vcpu(struct vcpu *vcpu);
int gic_add(struct vm *vm);
void gic_remove_vcpu(struct vcpu *vcpu);
void gic_reset_vcpu(struct vcpu *vcpu);

/* place.c */
int gic_check(const struct arm_vcpu_gic_setup *setup, unsigned int ipa_bits);
int gic_place(struct vm *vm, const struct arm_vcpu_gic_setup *setup);
bool gic_overlaps(const struct vm *vm, u64 addr, u64 length);

/* frame.c; no frame is where gic_spans() denies it */
bool gic_access(struct vcpu *vcpu, u64 addr, unsigned int width, bool is_write, u64 *value);

static inline bool gic_spans(const struct vm *vm, u64 addr)
{
	return addr - READ_ONCE(vm->gic_first) < READ_ONCE(vm->gic_span);
}

/* redist.c */
void gic_power_off(struct vcpu *vcpu);

/* line.c */
int gic_check_line(const struct vm *vm, u32 intid, u64 mpidr);
int gic_set_irq(struct vm *vm, const struct arm_vcpu_irq *irq);
void gic_pulse(struct vm *vm, u32 intid, u64 mpidr);
void gic_signal_spi(struct vm *vm, u32 intid);

/* access.c */
int gic_access_state(struct vm *vm, struct arm_vcpu_gic_state *state, bool set);

/* icc.c */
bool gic_trapped(struct vcpu *vcpu, struct sysreg_access *access);

/**
 * struct gic_resampler - who is told when the guest has ended an SPI, whose line falls then
 * @node: in the GIC's list
 * @intid: of the SPI
 * @eventfd: is signalled
 */
struct gic_resampler {
	struct list_head node;
	u32 intid;
	struct eventfd_ctx *eventfd;
};

/* resample.c */
void gic_add_resampler(struct vm *vm, struct gic_resampler *resampler);
void gic_remove_resampler(struct vm *vm, struct gic_resampler *resampler);

/* its.c */
int gic_check_msi(const struct vm *vm, const struct arm_vcpu_msi *msi);
int gic_send_msi(struct vm *vm, const struct arm_vcpu_msi *msi);

/* its_save.c */
int gic_save_its(struct vm *vm);
int gic_restore_its(struct vm *vm);

/* entry.c */
bool gic_enter_slowly(struct vcpu *vcpu, u32 timers);
void gic_leave_holding(struct vcpu *vcpu);
void gic_wait(struct vcpu *vcpu);

/* post.c */
void gic_wake_late(struct vcpu *vcpu);

/**
 * gic_enter() - have the list registers tell what there is
 * @vcpu: about to be entered; its in_guest is set, and it has a part of a GIC in the kernel
 * @timers: levels of its timers
 *
 * They do if nobody has said otherwise, if the timers are as they were, and if nothing has
 * come to an end whose end was waited for (ICH_MISR_EL2).
 *
 * Context: interrupts are off.
 *
 * Return: whether it can be entered; if not, gic_wait().
 */
static inline bool gic_enter(struct vcpu *vcpu, u32 timers)
{
	if (likely(!READ_ONCE(vcpu->post->look) && timers == vcpu->timers_seen &&
		   !vcpu->hyp->vgic.misr))
		return true;
	return gic_enter_slowly(vcpu, timers);
}

/* What has come of the stay, if it has: gic_leave_holding(), gic_wake_late() */
static inline void gic_leave(struct vcpu *vcpu)
{
	if (unlikely(vcpu->timers_held))
		gic_leave_holding(vcpu);
	if (unlikely(vcpu->hyp->vgic.late))
		gic_wake_late(vcpu);
}

#endif /* ARM_VCPU_GIC_DEVICE_H */
