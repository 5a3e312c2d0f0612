// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where vCPUs are told of interrupts (hyp/post.h): a page for each cluster, which stays as long as
 * the GIC does, for other vCPUs at EL2 may be about to post.
 */
#include <linux/gfp.h>

#include "host/el2.h"
#include "gic.h"

#define CLUSTER(affinity)	((affinity) / HYP_POSTS)

static struct hyp_post *new_cluster(struct gic *gic, unsigned long cluster)
{
	struct hyp_post *posts = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);

	BUILD_BUG_ON(HYP_POSTS * sizeof(*posts) > PAGE_SIZE);
	if (!posts)
		return NULL;
	if (el2_share(posts, PAGE_SIZE))
		goto free;
	if (xa_err(xa_store(&gic->posts, cluster, posts, GFP_KERNEL_ACCOUNT)))
		goto unshare;
	return posts;

unshare:
	el2_unshare(posts, PAGE_SIZE);
free:
	free_page((unsigned long)posts);
	return NULL;
}

/**
 * gic_post() - where the vCPU of an affinity is told
 * @gic: whose vm->setup is held
 * @affinity: as GICR_TYPER has it
 *
 * Return: there, or NULL: there is no memory.
 */
struct hyp_post *gic_post(struct gic *gic, u32 affinity)
{
	struct hyp_post *posts = xa_load(&gic->posts, CLUSTER(affinity));

	if (!posts)
		posts = new_cluster(gic, CLUSTER(affinity));
	return posts ? posts + affinity % HYP_POSTS : NULL;
}

/**
 * gic_show_posts() - have a vCPU find those of its own cluster at EL2
 * @cpu: whose; it isn't in the guest
 */
void gic_show_posts(struct gic_cpu *cpu)
{
	struct hyp_vgic *vgic = &gic_vcpu(cpu)->hyp->vgic;

	vgic->cluster = vgic->to_itself & ~HYP_ICC_SGI_LIST;
	vgic->posts = el2_addr(cpu->post - cpu->affinity % HYP_POSTS);
}

/**
 * gic_posts_free() - nobody posts any more
 * @gic: of which there is no vCPU
 */
void gic_posts_free(struct gic *gic)
{
	struct hyp_post *posts;
	unsigned long cluster;

	xa_for_each(&gic->posts, cluster, posts) {
		el2_unshare(posts, PAGE_SIZE);
		free_page((unsigned long)posts);
	}
	xa_destroy(&gic->posts);
}

/**
 * gic_wake_late() - tell those that have been posted something as they left the guest
 * @vcpu: that has sent it; just out of the guest
 *
 * Context: interrupts are off.
 */
void gic_wake_late(struct vcpu *vcpu)
{
	struct hyp_vgic *vgic = &vcpu->hyp->vgic;
	u32 cluster = vcpu->gic->affinity & ~(HYP_POSTS - 1);
	unsigned long late = vgic->late;
	struct gic_cpu *cpu;
	unsigned int n;

	vgic->late = 0;
	for_each_set_bit(n, &late, HYP_POSTS) {
		cpu = gic_cpu_at(vcpu->vm->gic, cluster | n);
		if (cpu)
			gic_poke_posted(cpu);
	}
}
