/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The two objects, a VM and a vCPU, as every layer above el2.h sees them.
 */
#ifndef ARM_VCPU_GUEST_H
#define ARM_VCPU_GUEST_H

#include <linux/atomic.h>
#include <linux/hrtimer.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/rcupdate.h>
#include <linux/rcuwait.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "hyp/hyp.h"
#include "hyp/post.h"
#include "../../uapi/linux/arm_vcpu.h"

/* The affinity fields of MPIDR_EL1 */
#define MPIDR_AFFINITY	(GENMASK_ULL(39, 32) | GENMASK_ULL(23, 0))

#define VM_MAX_VCPUS	512
#define VM_MAX_REGIONS	512
#define VM_MAX_SMCCC_RANGES	32

/* What gives a guest the CPU interface of a GICv3, of which it has one */
#define VM_GIC_FLAGS	(ARM_VCPU_CONFIG_VGIC | ARM_VCPU_CONFIG_PASSTHROUGH_INTERRUPTS |	\
			 ARM_VCPU_CONFIG_GIC)

/* ARM_VCPU_STAT_* */
#define VCPU_STATS	(ARM_VCPU_STAT_IOEVENTFD + 1)

/* Several invalidations of one address space at once are rare, and more than these rarer */
#define INVALIDATIONS_APART	4

/**
 * struct invalidations - the memory that the host is taking away from a process right now
 * @nr: ranges in @range
 * @range: user addresses, of one invalidation each
 * @others: invalidations for which there was no room
 * @others_start: lowest user address of those
 * @others_end: their end
 */
struct invalidations {
	unsigned int nr;
	struct {
		unsigned long start;
		unsigned long end;
	} range[INVALIDATIONS_APART];
	unsigned int others;
	unsigned long others_start;
	unsigned long others_end;
};

/**
 * struct stage2_tables - the translation tables of a guest-physical address space
 * @hw: what the CPU needs: VTTBR_EL2 and VTCR_EL2
 * @root: the root table (one or more concatenated pages)
 * @ipa_bits: guest-physical address size
 * @start_level: level of @root: 0, 1 or 2
 * @root_pages: host pages that @root takes
 */
struct stage2_tables {
	struct hyp_stage2 hw;
	u64 *root;
	unsigned int ipa_bits;
	unsigned int start_level;
	unsigned int root_pages;
};

struct regions;

/**
 * struct stage2 - a VM's guest-physical address space
 * @tables: its translation tables
 * @vmid: in @tables.hw.vttbr too
 * @regions: changed with vm->setup and @lock held, looked up with @lock or in an RCU section
 * @lock: for all of this.  The innermost of ours, and nothing sleeps under it; what the kernel
 *	does under a page table's lock is allowed.
 * @copies: held to read while a device in the kernel accesses guest memory, and to write where
 *	a region goes
 * @notifier: follows the process's memory
 * @notifier_seq: changes of what is behind guest addresses that have ended
 * @invalidations_ended: invalidations that have, of any memory
 * @invalidations: those under way
 * @notifier_wait: faults wait here for one of them to end
 */
struct stage2 {
	struct stage2_tables tables;
	unsigned int vmid;
	struct regions __rcu *regions;
	spinlock_t lock;
	struct rw_semaphore copies;
	struct mmu_notifier notifier;
	unsigned long notifier_seq;
	unsigned long invalidations_ended;
	struct invalidations invalidations;
	wait_queue_head_t notifier_wait;
};

/**
 * struct smccc_range - function ids of the SMC Calling Convention, and what becomes of them
 * @first: the lowest
 * @last: the highest
 * @action: ARM_VCPU_SMCCC_*
 */
struct smccc_range {
	u32 first;
	u32 last;
	u32 action;
};

/**
 * struct vm - a virtual machine
 * @ref: one for its file, one for each vCPU's
 * @setup: one command at a time that sets up: CONFIGURE, SET_MEMORY, CREATE_VCPU and the like.
 *	These can take long; who only looks takes @lock.
 * @lock: for @vcpus, @nr_vcpus, @stats_gone and changes of @cntvoff, @smccc and @ran; inside
 *	@setup
 * @mm: the address space that it belongs to; NULL until the first command that binds it, and
 *	the same from then on
 * @config_flags: ARM_VCPU_CONFIG_*
 * @smc: functions of firmware that its guests may call; 0 is none
 * @smccc: what SET_SMCCC_FILTER has said, changed with @lock held until @ran
 * @nr_smccc: how many of @smccc
 * @ran: a vCPU has been in RUN; changed with @lock held
 * @psci: the version of PSCI that its guests find, exit/psci_version.c; 0 is the newest
 * @passthrough: HYP_PASS_* by @config_flags
 * @dead: EL2 met what it can't explain, or the address space is gone; no vCPU runs again
 * @cntvoff: what CNTVCT_EL0 of its guests lags the physical counter by; changed with
 *	@lock held, or before there is a vCPU
 * @stage2: its memory, there when @mm is
 * @vcpus: list of them
 * @nr_vcpus: how many there are; more only with @setup held, too
 * @next_id: for the next of them; ids aren't reused
 * @gic: its interrupt controller in the kernel, or NULL; changed with @setup held
 * @gic_first: guest-physical address of its first frame
 * @gic_span: from there to the end of its last one, in bytes
 * @irqfds: its eventfds that signal interrupts, or NULL; with @setup held
 * @ioeventfds: those that stores signal, or NULL; changed with @setup held, and once only
 * @last_ran: per CPU: id of the vCPU of this VM that ran there last; 0: none has
 * @stats_gone: counts of vCPUs that are gone
 * @number: of the VM, in debugfs
 * @all: in the list of all VMs
 * @debugfs: its folder, when it has had a vCPU
 */
struct vm {
	struct kref ref;
	struct mutex setup;
	struct mutex lock;
	struct mm_struct *mm;
	u64 config_flags;
	u32 smc[ARM_VCPU_MAX_SMC];
	struct smccc_range smccc[VM_MAX_SMCCC_RANGES];
	unsigned int nr_smccc;
	bool ran;
	u32 psci;
	u64 passthrough;
	bool dead;
	u64 cntvoff;
	struct stage2 stage2;
	struct list_head vcpus;
	unsigned int nr_vcpus;
	u32 next_id;
	struct gic *gic;
	u64 gic_first;
	u64 gic_span;
	struct irqfds *irqfds;
	struct ioeventfds *ioeventfds;
	u32 __percpu *last_ran;
	u64 stats_gone[VCPU_STATS];
	unsigned int number;
	struct list_head all;
	struct dentry *debugfs;
};

/* What the next RUN does before it enters the guest: struct vcpu.pending */
enum pending {
	PENDING_NONE,
	PENDING_MMIO_READ,	/* put run->mmio.data into the register, step over */
	PENDING_SYSREG_READ,	/* put run->sysreg.value into the register, step over */
	PENDING_STEP,		/* step over the instruction */
};

/* Why RUN can't enter at once: bits of struct vcpu.unready */
#define VCPU_NO_ENTRY	0 /* SET_ENTRY wasn't called */
#define VCPU_OLD_TIME	1 /* the VM's counter has been set since */
#define VCPU_STEPS	2 /* the VMM steps it */
#define VCPU_UNCLEAN	3 /* the caches have to be cleaned of the VM's memory: cachereg.c */
#define VCPU_NEW	4 /* it hasn't been in RUN yet */
#define VCPU_OFF	5 /* its power is off, or was when somebody switched it on */

/**
 * struct power_on - how a vCPU begins that another one has switched on
 * @entry: its pc
 * @context: its x0
 * @big_endian: its data are, as those of who has switched it on
 */
struct power_on {
	u64 entry;
	u64 context;
	bool big_endian;
};

/**
 * struct debugger - what the VMM debugs the guest with: SET_DEBUG
 * @flags: ARM_VCPU_DEBUG_*
 * @regs: in the CPU as long as @flags isn't 0, in the place of the guest's
 * @step_done: the step has been made, and no exit DEBUG has told so yet
 * @vmm_can_do: the last exit was of an instruction that the VMM may do instead, in a step
 * @guest_ss: PSTATE.SS as the VMM's RUN has it: the guest's own
 */
struct debugger {
	u64 flags;
	struct hyp_debug regs;
	bool step_done;
	bool vmm_can_do;
	bool guest_ss;
};

/**
 * struct vcpu - a virtual CPU
 * @hyp: its state as hyp/ sees it; pages of its own, shared with EL2 on nVHE
 * @run: its run page
 * @vm: its VM, on which it holds a reference
 * @node: in @vm->vcpus
 * @id: unique in the VM, not 0
 * @lock: a bit lock, held by RUN and whatever else changes the vCPU; it is only tried
 * @unready: bits VCPU_NO_ENTRY, VCPU_OLD_TIME, ...; changed by atomic operations
 * @clean_from: with VCPU_UNCLEAN: the guest-physical address that the cleaning has come to
 * @power: ARM_VCPU_POWER_*, see exit/power.c
 * @begin: as long as @power is ON_PENDING; changed with vm->lock held
 * @pending: what RUN has to finish.  What the access was, @hyp->esr says: the VMM can rewrite
 *	the run page
 * @kicked: somebody used KICK and no RUN has returned KICKED since
 * @in_guest: between the last look at @kicked and the exit
 * @wait: where RUN sleeps for WFI
 * @runner: the task in RUN
 * @ptimer_soft: forces an exit when the emulated physical timer expires (nVHE)
 * @timers_seen: ARM_VCPU_TIMER_* that the VMM knows to be up, or the GIC
 * @timers_held: those whose interrupts are in its list registers, or active: so they are on the
 *	CPU that it is on
 * @gic: its part of the GIC in the kernel, or NULL
 * @post: where it is told of interrupts, with @gic
 * @look_at_all: not only at what is posted: gic_poke()
 * @rcu: for who finds it by the GIC
 * @rcu_told: jiffies when RCU was told of a stay
 * @active_ppis: timers' interrupts that the guest, which takes them itself, hasn't ended:
 *	ppi_deactivate()
 * @fp_flushed: this RUN has flushed the host's FP registers, when @fp_switches was counted
 * @fp_switches: context switches of the task in RUN by then
 * @csselr: CSSELR_EL1
 * @debug: its debug registers as the guest reads them; what is in force is in @hyp->debug
 * @oslock: OSLSR_EL1.OSLK
 * @debugger: the VMM's
 * @stats: ARM_VCPU_STAT_*; written with @lock held, read by anybody
 * @debugfs: its folder
 */
struct vcpu {
	struct hyp_vcpu *hyp;
	struct arm_vcpu_run *run;
	struct vm *vm;
	struct list_head node;
	u32 id;
	unsigned long lock;
	unsigned long unready;
	u64 clean_from;
	u32 power;
	struct power_on begin;
	enum pending pending;
	atomic_t kicked;
	bool in_guest;
	struct rcuwait wait;
	struct task_struct *runner;
	struct hrtimer ptimer_soft;
	u32 timers_seen;
	u32 timers_held;
	struct gic_cpu *gic;
	struct hyp_post *post;
	bool look_at_all;
	struct rcu_head rcu;
	unsigned long rcu_told;
	unsigned int active_ppis;
	bool fp_flushed;
	unsigned long fp_switches;
	u64 csselr;
	struct hyp_debug debug;
	bool oslock;
	struct debugger debugger;
	u64 stats[VCPU_STATS];
	struct dentry *debugfs;
};

/* x<n> as an instruction names it: 31 is XZR */
static inline u64 vcpu_get_x(const struct vcpu *vcpu, unsigned int n)
{
	return n < 31 ? READ_ONCE(vcpu->run->x[n]) : 0;
}

static inline void vcpu_set_x(struct vcpu *vcpu, unsigned int n, u64 value)
{
	if (n < 31)
		WRITE_ONCE(vcpu->run->x[n], value);
}

/* Its interrupts are to be looked at */
static inline bool vcpu_must_look(const struct vcpu *vcpu)
{
	return vcpu->post && READ_ONCE(vcpu->post->look);
}

/* EL0t of either state: PSTATE.M[3:0] is 0 (C5.2.19) */
static inline bool vcpu_at_el0(const struct vcpu *vcpu)
{
	return !(vcpu->hyp->pstate & HYP_PSR_M_MASK);
}

static inline bool vcpu_is_aarch32(const struct vcpu *vcpu)
{
	return vcpu->hyp->pstate & HYP_PSR_nRW;
}

#endif /* ARM_VCPU_GUEST_H */
