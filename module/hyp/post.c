// SPDX-License-Identifier: GPL-2.0-only
/*
 * SGIs for other vCPUs that are in the guest: the sender stays there.
 *
 * It is done as the kernel does it (gic/line.c), which does the rest: what goes to all, or to
 * another cluster, and what is for one that isn't in the guest.
 */
#include "access.h"
#include "post.h"

static __hyp_inline struct hyp_post *post_of(const struct hyp_vgic *vgic, unsigned int n)
{
	return (__force struct hyp_post *)vgic->posts + n;
}

/* Where the group that the sender names isn't the receiver's, there is no interrupt */
static __hyp_inline bool all_here(const struct hyp_vgic *vgic, u32 targets, u32 bit)
{
	for (; targets; targets &= targets - 1) {
		const struct hyp_post *post = post_of(vgic, __builtin_ctz(targets));

		if (!(READ_ONCE(post->group1) & bit) || !READ_ONCE(post->kick))
			return false;
	}
	return true;
}

/* The kernel's own would have to be patched here, for CPUs with FEAT_LSE */
static __hyp_inline void or_in(atomic_t *to, u32 bits)
{
	u32 value, failed;

	asm volatile("1:	ldxr	%w0, %2\n"
		     "	orr	%w0, %w0, %w3\n"
		     "	stxr	%w1, %w0, %2\n"
		     "	cbnz	%w1, 1b\n"
		     : "=&r" (value), "=&r" (failed), "+Q" (to->counter)
		     : "r" (bits));
}

/*
 * What the guest has written to ICC_SGI1R_EL1; true: all are told.  Of those that have left the
 * guest meanwhile, the host is to wake whoever sleeps: @late.
 */
bool __hyp post_sgi(struct hyp_vgic *vgic, u64 value)
{
	u32 targets = value & HYP_ICC_SGI_LIST, left;
	u32 bit = BIT(HYP_ICC_SGI_INTID(value));

	if (!vgic->posts || (value & ~(HYP_ICC_SGI_INTIDS | HYP_ICC_SGI_LIST)) != vgic->cluster ||
	    !all_here(vgic, targets, bit))
		return false;
	for (left = targets; left; left &= left - 1) {
		struct hyp_post *post = post_of(vgic, __builtin_ctz(left));

		or_in(&post->posted, bit);
		/* Who sees @look clears it, and takes what is posted */
		smp_store_release(&post->look, true);
	}
	/* Before the look at where they are, and before the interrupt (see post.h) */
	dsb(ish);
	for (left = targets; left; left &= left - 1) {
		unsigned int n = __builtin_ctz(left);
		u64 kick = READ_ONCE(post_of(vgic, n)->kick);

		if (kick)
			hyp_write(HYP_ICC_SGI1R_EL1, kick);
		else
			vgic->late |= BIT(n);
	}
	return true;
}
