// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage 2 of a VM: what the host can do, the shape that follows from it, and its life.
 */
#include <linux/bitfield.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sched/signal.h>

#include <asm/cpufeature.h>
#include <asm/sysreg.h>

#include "guest/stat.h"
#include "host/cache.h"
#include "host/el2.h"
#include "host/features.h"
#include "compat.h"
#include "notifier.h"
#include "region.h"
#include "stage2.h"
#include "table.h"
#include "vmid.h"

/* VTCR_EL2 */
#define STAGE2_VTCR_T0SZ(ipa_bits)	(64ULL - (ipa_bits))
#define STAGE2_VTCR_SL0(sl0)		((u64)(sl0) << 6)
#define STAGE2_VTCR_IRGN0_WBWA		BIT_ULL(8)
#define STAGE2_VTCR_ORGN0_WBWA		BIT_ULL(10)
#define STAGE2_VTCR_SH0_INNER		(3ULL << 12)
#define STAGE2_VTCR_TG0(granule)	((u64)(granule) << 14)
#define STAGE2_TG0_4K			0
#define STAGE2_TG0_64K			1
#define STAGE2_TG0_16K			2
#define STAGE2_VTCR_PS(parange)		((u64)(parange) << 16)
#define STAGE2_VTCR_VS			BIT_ULL(19)
#define STAGE2_VTCR_HA			BIT_ULL(21)
#define STAGE2_VTCR_RES1		BIT_ULL(31)
#define STAGE2_VTCR_DS			BIT_ULL(32) /* descriptors with 52 bits of address */

/* Bits 51:48 of the root's address are in 5:2: it is aligned to a page at least */
#define STAGE2_VTTBR_BADDR(pa)		(((pa) & GENMASK_ULL(47, 0)) | ((pa) >> 48 << 2))
#define STAGE2_VTTBR_VMID(vmid)		((u64)(vmid) << 48)

/* SL0 that names level 0; it counts down to deeper levels */
#define STAGE2_SL0_LEVEL0	(PAGE_SHIFT == 12 ? 2 : 3)

#define STAGE2_MAX_CONCATENATED	16
#define STAGE2_DEEPEST_START	2
#define STAGE2_IPA_BITS_MIN	32
#define STAGE2_IPA_BITS_USUAL	40
/* With pages of 16K the 52nd bit would take level 0, which no CPU at hand shows right */
#define STAGE2_IPA_BITS_MAX	(PAGE_SHIFT == 14 ? 51U : 52U)

/* Physical address bits by PARange */
static const u8 stage2_pa_bits[] = { 32, 36, 40, 42, 44, 48, 52 };

static unsigned int stage2_parange __ro_after_init;

/**
 * stage2_setup - learn what the host's CPUs can do; at load
 *
 * Return: 0, or -EOPNOTSUPP when they have no stage 2 with the host's page size.
 */
int __init stage2_setup(void)
{
	u64 mmfr0 = read_sanitised_ftr_reg(SYS_ID_AA64MMFR0_EL1);

	if (!features_granule(mmfr0)) {
		pr_err("no second translation stage with pages of %lu KB on these CPUs\n",
		       PAGE_SIZE / 1024);
		return -EOPNOTSUPP;
	}

	stage2_parange = features_parange(mmfr0);
	table_setup(stage2_ipa_bits_max());
	cache_init();
	vmid_init();
	return 0;
}

/**
 * stage2_ipa_bits_min - smallest guest-physical address size
 *
 * Return: bits.
 */
unsigned int stage2_ipa_bits_min(void)
{
	return STAGE2_IPA_BITS_MIN;
}

/**
 * stage2_ipa_bits_max - largest guest-physical address size
 *
 * Return: bits; no more than physical addresses have (D8.2).
 */
unsigned int stage2_ipa_bits_max(void)
{
	return min_t(unsigned int, stage2_pa_bits[stage2_parange], STAGE2_IPA_BITS_MAX);
}

/**
 * stage2_ipa_bits_default - guest-physical address size of a VM that isn't configured
 *
 * Return: bits.
 */
unsigned int stage2_ipa_bits_default(void)
{
	return min_t(unsigned int, STAGE2_IPA_BITS_USUAL, stage2_ipa_bits_max());
}

/* A table of @level resolves so many bits of address */
static unsigned int resolves(unsigned int level)
{
	return table_level_shift(level) + TABLE_INDEX_BITS;
}

/*
 * Walks begin as deep as possible: up to 16 tables side by side save a level (D8.2), and so no
 * size takes level -1.
 * Every size from the smallest on has more bits than a page of the start level resolves.
 */
static void set_shape(struct stage2_tables *t)
{
	unsigned int level = STAGE2_DEEPEST_START;
	u64 tables;

	while (t->ipa_bits > resolves(level) + ilog2(STAGE2_MAX_CONCATENATED))
		level--;

	tables = t->ipa_bits > resolves(level) ? 1ULL << (t->ipa_bits - resolves(level)) : 1;
	t->start_level = level;
	t->root_pages = tables;
}

static u64 vtcr(const struct stage2_tables *t)
{
	/*
	 * A CPU without FEAT_HAFDBS ignores HA, and its guest's accesses are faults (D8.5.1).
	 * HD stays 0: who has written is the host's to know, and the log's.
	 */
	return STAGE2_VTCR_RES1 | STAGE2_VTCR_T0SZ(t->ipa_bits) |
	       STAGE2_VTCR_SL0(STAGE2_SL0_LEVEL0 - t->start_level) |
	       STAGE2_VTCR_IRGN0_WBWA | STAGE2_VTCR_ORGN0_WBWA | STAGE2_VTCR_SH0_INNER |
	       STAGE2_VTCR_TG0(PAGE_SHIFT == 16 ? STAGE2_TG0_64K :
			       PAGE_SHIFT == 14 ? STAGE2_TG0_16K : STAGE2_TG0_4K) |
	       STAGE2_VTCR_PS(stage2_parange) |
	       (vmid_is_16bit() ? STAGE2_VTCR_VS : 0) | (compat_may_age() ? STAGE2_VTCR_HA : 0) |
	       (stage2_ipa_bits_max() > 48 && PAGE_SHIFT != 16 ? STAGE2_VTCR_DS : 0);
}

/* Empty tables of the right shape for @ipa_bits, with what the CPU needs to know of them */
static int tables_create(struct stage2_tables *t, unsigned int ipa_bits, unsigned int vmid)
{
	int ret;

	t->ipa_bits = ipa_bits;
	set_shape(t);
	ret = table_create(t);
	if (ret)
		return ret;
	t->hw.vttbr = STAGE2_VTTBR_BADDR(virt_to_phys(t->root)) | STAGE2_VTTBR_VMID(vmid);
	t->hw.vtcr = vtcr(t);
	return 0;
}

/*
 * First no TLB holds anything of the tables, and none can get it: a CPU may have the VMID still
 * (VHE), but not while EL1&0 translates (HCR_EL2.TGE).  Then they are freed.
 */
static void tables_destroy(struct stage2_tables *t)
{
	el2_tlb_flush_vmid(&t->hw);
	table_destroy(t);
}

/**
 * stage2_create - give a VM memory, with nothing in it, that follows the current process's
 * @s2: zero
 * @ipa_bits: guest-physical address size; stage2_shape() can change it
 *
 * The notifier comes last: from then on the address space knows of @s2, until
 * stage2_destroy().
 *
 * Return: as vmid_alloc(), and -ENOMEM, -EINTR.
 */
int stage2_create(struct stage2 *s2, unsigned int ipa_bits)
{
	int ret = vmid_alloc();

	if (ret < 0)
		return ret;
	s2->vmid = ret;
	spin_lock_init(&s2->lock);
	init_rwsem(&s2->copies);
	init_waitqueue_head(&s2->notifier_wait);
	ret = tables_create(&s2->tables, ipa_bits, s2->vmid);
	if (ret)
		goto free_vmid;
	ret = notifier_register(s2);
	if (ret)
		goto destroy_tables;
	return 0;

destroy_tables:
	table_destroy(&s2->tables);
free_vmid:
	vmid_free(s2->vmid);
	return ret;
}

/**
 * stage2_shape - have guest-physical addresses of another size
 * @s2: of a VM without regions and vCPUs, into whose tables nobody looks
 * @ipa_bits: the size
 *
 * Return: 0, or -ENOMEM with nothing changed.
 */
int stage2_shape(struct stage2 *s2, unsigned int ipa_bits)
{
	struct stage2_tables shaped;
	int ret;

	if (ipa_bits == s2->tables.ipa_bits)
		return 0;
	ret = tables_create(&shaped, ipa_bits, s2->vmid);
	if (ret)
		return ret;
	swap(s2->tables, shaped);
	tables_destroy(&shaped);
	return 0;
}

/**
 * stage2_destroy - undo stage2_create()
 * @s2: of a VM none of whose vCPUs runs, nor is loaded in a CPU, nor ever will be again
 * @mm: the address space
 *
 * The order is: nobody looks into the tables any more; they are freed; the next VM may
 * have the VMID.
 */
void stage2_destroy(struct stage2 *s2, struct mm_struct *mm)
{
	mmu_notifier_unregister(&s2->notifier, mm);
	tables_destroy(&s2->tables);
	vmid_free(s2->vmid);
	region_free_all(s2);
}

/**
 * stage2_clean - make all that is mapped coherent with accesses past the caches
 * @vcpu: VCPU_UNCLEAN is set; the current task RUNs it
 *
 * For a guest that switches its caches on or off, or cleans them by set and way, which
 * reach only one CPU's caches; and for one that begins anew, perhaps with other code where it
 * could execute before.  May sleep.
 *
 * It can take long, and vCPUs that do it at once wait for each other.  So a signal ends it, and
 * the next one goes on from there, before the guest does: one that began anew each time would
 * never be done under a timer's signals.  What is mapped meanwhile is cleaned then.
 *
 * Return: 0 and VCPU_UNCLEAN is clear, or -EINTR.
 */
int stage2_clean(struct vcpu *vcpu)
{
	struct stage2 *s2 = &vcpu->vm->stage2;
	struct give_way way = { };
	struct region *region;
	u64 end;

	spin_lock(&s2->lock);
	/* By address and not along the tree, which may change while the lock is dropped */
	while ((region = region_next(s2, vcpu->clean_from)) && !signal_pending(current)) {
		end = region->guest_addr + region->length;
		vcpu->clean_from = table_flush_caches(s2, max(vcpu->clean_from, region->guest_addr),
						      end, &way);
	}
	spin_unlock(&s2->lock);

	if (region) {
		stat_count(vcpu, ARM_VCPU_STAT_SIGNAL);
		return -EINTR;
	}
	cache_inval_icache_all();
	clear_bit(VCPU_UNCLEAN, &vcpu->unready);
	return 0;
}
