/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual GICv3 (IHI 0069): its state, for the files of this wing alone.
 *
 * What a register of the GIC holds for 32 interrupts is a word here, too.  An interrupt never
 * moves between lists: it is pending where its bits are, and in a list register for as long as
 * @listed says so.
 */
#ifndef ARM_VCPU_GIC_H
#define ARM_VCPU_GIC_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/xarray.h>

#include "device.h"
#include "guest/guest.h"

#define GIC_FIRST_PPI		16
#define GIC_MAX_SPIS		988
#define GIC_SPI_WORDS		DIV_ROUND_UP(GIC_MAX_SPIS, 32)
#define GIC_REDIST_REGIONS	ARM_VCPU_GIC_REDISTRIBUTORS

#define GIC_PPI_VTIMER		27
#define GIC_PPI_PTIMER		30
#define GIC_TIMERS		(BIT(GIC_PPI_VTIMER) | BIT(GIC_PPI_PTIMER))

/* GICD_CTLR */
#define GICD_CTLR_GROUP0	BIT(0)
#define GICD_CTLR_GROUP1	BIT(1)
/* GICD_IROUTER<n>: to any vCPU */
#define GIC_ROUTER_IRM		BIT_ULL(31)

/**
 * struct gic_irqs - 32 interrupts, a bit each
 * @group1: in group 1
 * @enabled: may be forwarded
 * @edge: edge-triggered; else the level counts
 * @latch: pending whatever the line does: an edge that came, or GICD_ISPENDR
 * @level: the line is up
 * @active: acknowledged, and not ended
 * @listed: in a list register of a vCPU, where its latch and its being active are then
 * @falls: its line falls when the guest has ended it, and somebody is told: of SPIs only
 * @ended: it has, and nobody was told yet
 * @priority: as GICD_IPRIORITYR
 * @running: what it was when those that are active were acknowledged
 */
struct gic_irqs {
	u32 group1;
	u32 enabled;
	u32 edge;
	u32 latch;
	u32 level;
	u32 active;
	u32 listed;
	u32 falls;
	u32 ended;
	u8 priority[32];
	u8 running[32];
};

#define GIC_LPI_WORDS		BITS_TO_LONGS(GIC_MAX_LPIS)

/**
 * struct gic_lpis - LPIs that are pending for a vCPU; the first one is bit 0
 * @pending: they are, and in no list register
 * @words: of @pending, those in which there are any
 */
struct gic_lpis {
	unsigned long pending[GIC_LPI_WORDS];
	DECLARE_BITMAP(words, GIC_LPI_WORDS);
};

/**
 * struct gic_cpu - a vCPU's part: its redistributor, and its list registers
 * @vcpu: it, or NULL: it is gone; under RCU, and changed with @gic->lock held
 * @gic: of its VM
 * @index: of its redistributor
 * @affinity: as GICR_TYPER has it
 * @post: where it is told what was sent, without the lock
 * @lines: levels of PPIs that the VMM has set, but timers': atomic, for the same reason
 * @sleeps: GICR_WAKER.ProcessorSleep
 * @own: SGIs and PPIs
 * @words: SPI words in which there may be something for this vCPU
 * @arrived: an LPI or SPI that has come, if nothing else is new but what is posted; 0: none
 * @routed: SPIs whose target it is
 * @holds: SPIs that it has acknowledged and not ended
 * @latched: bit n: the pending state in list register n came from a latch
 * @lpis: there when the guest has enabled them
 * @lpis_on: GICR_CTLR.EnableLPIs; changed with the ITS locked, too
 * @lpis_listed: bit n: list register n has an LPI
 * @propbaser: GICR_PROPBASER
 * @pendbaser: GICR_PENDBASER
 * @serves_its: has to work off commands of the ITS before it goes into the guest; its own thread's,
 *	or of who keeps it from running
 */
struct gic_cpu {
	struct vcpu __rcu *vcpu;
	struct gic *gic;
	unsigned int index;
	u32 affinity;
	struct hyp_post *post;
	atomic_t lines;
	bool sleeps;
	struct gic_irqs own;
	u32 words;
	u32 arrived;
	u32 routed[GIC_SPI_WORDS];
	u32 holds[GIC_SPI_WORDS];
	u32 latched;
	struct gic_lpis *lpis;
	bool lpis_on;
	u32 lpis_listed;
	u64 propbaser;
	u64 pendbaser;
	bool serves_its;
};

/**
 * struct gic - a VM's interrupt controller
 * @vm: whose
 * @lock: for all that isn't atomic, of the vCPUs' parts, too.  Raw, for interrupts are sent
 *	with interrupts off; nothing under it takes long.
 * @placed: SET_GIC has said where it is
 * @distributor: guest-physical address
 * @redistributors: the same
 * @list_regs: bit n: there is list register n
 * @spi_words: 32 SPIs each, as many as there are
 * @ctlr: GICD_CTLR: the groups that are enabled
 * @recalls: accesses that wait for what is in list registers: nobody lists anything
 * @recall_wait: vCPUs that would, meanwhile
 * @ends: of an interrupt @ended says something
 * @resamplers: who is told; outside of @lock
 * @resample_lock: for that list
 * @cpus: by the index of their redistributors
 * @nr_cpus: beyond the highest index
 * @by_affinity: the same by affinity
 * @posts: &struct hyp_post, a page for each cluster
 * @spis: 32 SPIs each
 * @router: GICD_IROUTER<n>
 * @its: its ITS, if it has ever had one
 */
struct gic {
	struct vm *vm;
	raw_spinlock_t lock;
	bool placed;
	u64 distributor;
	struct arm_vcpu_gic_region redistributors[GIC_REDIST_REGIONS];
	u32 list_regs;
	unsigned int spi_words;
	u32 ctlr;
	unsigned int recalls;
	wait_queue_head_t recall_wait;
	bool ends;
	struct list_head resamplers;
	struct mutex resample_lock;
	struct gic_cpu *cpus[VM_MAX_VCPUS];
	unsigned int nr_cpus;
	struct xarray by_affinity;
	struct xarray posts;
	struct gic_irqs spis[GIC_SPI_WORDS];
	u64 router[GIC_MAX_SPIS];
	struct gic_its *its;
};

/* A register's bit for SPI @spi, and the word that it is in */
#define GIC_SPI_WORD(spi)	((spi) / 32)
#define GIC_BIT(n)		BIT((n) % 32)

/* state.c: with gic->lock held */
u32 gic_forwarded(const struct gic *gic, const struct gic_irqs *irqs);
void gic_poke(struct gic_cpu *cpu);
void gic_poke_posted(struct gic_cpu *cpu);
void gic_arrived(struct gic_cpu *cpu, unsigned int intid);
void gic_take_posted(struct gic_cpu *cpu);
void gic_own_changed(struct gic_cpu *cpu);
void gic_spis_changed(struct gic *gic, unsigned int word, u32 which);
void gic_hold(struct gic_cpu *cpu, unsigned int word, u32 which);
void gic_all_changed(struct gic *gic);
void gic_route(struct gic *gic, unsigned int spi);
void gic_route_all(struct gic *gic);	/* not locked */
struct gic_cpu *gic_cpu_at(struct gic *gic, u32 affinity);

static inline u32 gic_pending(const struct gic_irqs *irqs)
{
	return irqs->latch | (irqs->level & ~irqs->edge);
}

/* list.c: with gic->lock held */
void gic_fold(struct gic_cpu *cpu);
void gic_fill(struct gic_cpu *cpu);
void gic_fold_one(struct gic_cpu *cpu, unsigned int n);
void gic_list_one(struct gic_cpu *cpu, unsigned int n, unsigned int intid);

/* append.c: the same */
bool gic_append(struct gic_cpu *cpu);

/* The word of an interrupt that isn't an LPI */
static inline struct gic_irqs *gic_irqs_of(struct gic_cpu *cpu, unsigned int intid)
{
	return intid < GIC_FIRST_SPI ? &cpu->own : &cpu->gic->spis[intid / 32 - 1];
}

/* Those of a word that a vCPU may take, if they aren't active */
static inline u32 gic_targeted(const struct gic_cpu *cpu, const struct gic_irqs *irqs)
{
	return irqs == &cpu->own ? ~0 : cpu->routed[irqs - cpu->gic->spis];
}

/* entry.c */
void gic_take_timers(struct gic_irqs *own, u32 timers);

/* post.c */
struct hyp_post *gic_post(struct gic *gic, u32 affinity);
void gic_show_posts(struct gic_cpu *cpu);
void gic_posts_free(struct gic *gic);

/* recall.c */
void gic_lock_recalled(struct gic *gic, const struct gic_irqs *irqs, u32 which);
void gic_lock_recalled_lpis(struct gic *gic);
void gic_unlock_recalled(struct gic *gic);

/* line.c */
void gic_set_spi(struct gic *gic, unsigned int spi, bool level);
void gic_send_sgi(struct vcpu *sender, u64 value, bool group1);

/* icc_state.c */
int gic_access_icc(struct gic_cpu *cpu, u64 encoding, u64 *value, bool write);
u8 gic_running_priority(const struct vcpu *vcpu);

/* resample.c */
void gic_tell_ends(struct gic *gic);

/**
 * gic_ended() - the guest has ended interrupts
 * @gic: locked
 * @irqs: 32 of them
 * @which: of these
 */
static inline void gic_ended(struct gic *gic, struct gic_irqs *irqs, u32 which)
{
	which &= irqs->falls;
	if (likely(!which))
		return;
	irqs->level &= ~which;
	irqs->ended |= which;
	WRITE_ONCE(gic->ends, true);
}

/* Where some may have ended under the lock; in process context */
static inline void gic_unlock(struct gic *gic)
{
	bool ends = gic->ends;

	raw_spin_unlock_irq(&gic->lock);
	if (unlikely(ends))
		gic_tell_ends(gic);
}

/* irqs.c */
unsigned int gic_irqs_at(u32 offset);
u32 gic_irqs_read(struct gic *gic, struct gic_irqs *irqs, u32 offset);
void gic_irqs_write(struct gic *gic, struct gic_irqs *irqs, u32 offset, u32 value, u32 mask,
		    void (*changed)(struct gic *gic, struct gic_irqs *irqs, u32 which));

/* dist.c, redist.c: registers of 32 bits; @mask has the bytes that are written */
struct gic_irqs *gic_dist_irqs(struct gic *gic, u32 offset);
u32 gic_there(const struct gic *gic, const struct gic_irqs *irqs);
u32 gic_dist_read(struct gic *gic, u32 offset);
void gic_dist_write(struct gic *gic, u32 offset, u32 value, u32 mask);
struct gic_irqs *gic_redist_irqs(struct gic_cpu *cpu, u32 offset);
u32 gic_redist_read(struct gic_cpu *cpu, u32 offset);
void gic_redist_write(struct gic_cpu *cpu, u32 offset, u32 value, u32 mask);

/* GICD_PIDR0 and on, GICR_PIDR0 and on; GICD_IIDR and GICR_IIDR: Arm's, product 'v' */
#define GIC_FRAME	0x10000
#define GIC_ISPENDR	0x0200
#define GIC_ICPENDR	0x0280
#define GIC_ICACTIVER	0x0380
#define GIC_PIDR	0xffd0
#define GIC_IIDR	0x7600043b
/* frame.c */
void gic_show(struct gic *gic);
u32 gic_id(u32 offset);

/* Aff3 to Aff0 side by side, as in GICR_TYPER */
static inline u32 gic_affinity(u64 mpidr)
{
	return (u32)(mpidr >> 8 & 0xff000000) | (u32)(mpidr & 0x00ffffff);
}

/* setup.c; gic_priority_mask(): the bits of a priority that there are */
u8 gic_priority_mask(void);
void gic_reset_cpu(struct gic_cpu *cpu);
bool gic_any_runs(struct gic *gic);

/* The timer that a PPI is of, ARM_VCPU_TIMER_*, or 0 */
static inline u32 gic_timer(unsigned int intid)
{
	return intid == GIC_PPI_VTIMER ? ARM_VCPU_TIMER_VIRTUAL :
	       intid == GIC_PPI_PTIMER ? ARM_VCPU_TIMER_PHYSICAL : 0;
}

/* How many of @cpus there are, without the lock */
static inline unsigned int gic_nr_cpus(const struct gic *gic)
{
	/* Pairs with the release in gic_add_vcpu() */
	return smp_load_acquire(&gic->nr_cpus);
}

/* The vCPU, with gic->lock or RCU held */
static inline struct vcpu *gic_vcpu(const struct gic_cpu *cpu)
{
	return rcu_dereference_check(cpu->vcpu, lockdep_is_held(&cpu->gic->lock));
}

#endif /* ARM_VCPU_GIC_H */
