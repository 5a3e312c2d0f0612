/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a vCPU is told of interrupts, by any CPU, at EL2 too, and without a lock.
 *
 * Who posts sets @look, and then looks where the vCPU is; a vCPU says where it is, and then looks
 * at @look.  Both have a barrier in between: so it finds what is posted before it is in the guest,
 * or it is interrupted there.
 */
#ifndef ARM_VCPU_HYP_POST_H
#define ARM_VCPU_HYP_POST_H

#include <linux/bits.h>
#include <linux/cache.h>
#include <linux/types.h>

/* Those of vCPUs that differ in Aff0 alone, and not in its upper half, are side by side */
#define HYP_POSTS	16

/**
 * struct hyp_post - what is posted to one vCPU
 * @posted: SGIs that were sent, and edges on PPIs
 * @group1: its SGIs in group 1
 * @look: its interrupts are to be looked at
 * @kick: &struct hyp_cpu.kick of the CPU on which it is in the guest, or about to be; 0 if there is
 *	none, or that can't be had
 */
struct hyp_post {
	atomic_t posted;
	u32 group1;
	bool look;
	u64 kick;
} ____cacheline_aligned;

/* What is written to ICC_SGI1R_EL1 to send SGI 0 to the CPU of that MPIDR_EL1 (IHI 0069, 12.2) */
static inline u64 hyp_sgi_to(u64 mpidr)
{
	return (mpidr & GENMASK_ULL(39, 32)) << 16 | (mpidr & GENMASK_ULL(23, 16)) << 16 |
	       (mpidr & GENMASK_ULL(15, 8)) << 8 | (mpidr & GENMASK_ULL(7, 4)) << 40 |
	       BIT_ULL(mpidr & 0xf);
}

#endif /* ARM_VCPU_HYP_POST_H */
