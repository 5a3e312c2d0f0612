// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the host's own page table has.
 *
 * It is the proof of how large a leaf of stage 2 can be: that a page is part of a large folio is
 * none, for the folio may be mapped in part, and the rest isn't the process's.  And it says how the
 * host accesses the memory, whatever its owner has meant.
 */
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/sched.h>

#include <asm/memory.h>

#include "host_leaf.h"
#include "table_level.h"

static enum host_memory memory_of(u64 desc)
{
	switch (desc & PTE_ATTRINDX_MASK) {
	case PTE_ATTRINDX(MT_NORMAL):
	case PTE_ATTRINDX(MT_NORMAL_TAGGED):
		return HOST_WRITE_BACK;
	case PTE_ATTRINDX(MT_NORMAL_NC):
		return HOST_UNCACHED;
	case PTE_ATTRINDX(MT_DEVICE_nGnRnE):
	case PTE_ATTRINDX(MT_DEVICE_nGnRE):
		return HOST_DEVICE;
	}
	return HOST_UNKNOWN;
}

static void found(struct host_leaf *leaf, unsigned int level, u64 desc, unsigned long pfn,
		  unsigned long addr)
{
	leaf->level = level;
	leaf->pfn = pfn + ((addr & (level_size(level) - 1)) >> PAGE_SHIFT);
	leaf->memory = memory_of(desc);
}

/* With interrupts off.  Each entry is read once: another thread's munmap() may clear it. */
static bool walk(struct mm_struct *mm, unsigned long addr, struct host_leaf *leaf)
{
	pgd_t *pgdp = pgd_offset(mm, addr), pgd = READ_ONCE(*pgdp);
	p4d_t *p4dp, p4d;
	pud_t *pudp, pud;
	pmd_t pmd;
	pte_t pte;

	if (pgd_none(pgd))
		return false;
	p4dp = p4d_offset_lockless(pgdp, pgd, addr);
	p4d = READ_ONCE(*p4dp);
	if (p4d_none(p4d))
		return false;
	pudp = pud_offset_lockless(p4dp, p4d, addr);
	pud = READ_ONCE(*pudp);
	if (!pud_present(pud))
		return false;
	if (pud_leaf(pud)) {
		found(leaf, 1, pud_val(pud), pud_pfn(pud), addr);
		return true;
	}
	pmd = READ_ONCE(*pmd_offset_lockless(pudp, pud, addr));
	if (!pmd_present(pmd))
		return false;
	if (pmd_leaf(pmd)) {
		found(leaf, 2, pmd_val(pmd), pmd_pfn(pmd), addr);
		return true;
	}
	pte = READ_ONCE(*pte_offset_kernel(&pmd, addr));
	if (!pte_present(pte))
		return false;
	found(leaf, TABLE_PAGE_LEVEL, pte_val(pte), pte_pfn(pte), addr);
	return true;
}

/**
 * host_leaf_at() - look at what maps an address
 * @user_addr: of the current process
 * @leaf: gets it
 *
 * With interrupts off no table goes away that the walk is in: the kernel sends an interrupt to
 * all CPUs, or waits for a grace period, before it frees one.  What is said holds while no
 * invalidation of the memory has begun.
 *
 * Return: whether anything does.
 */
bool host_leaf_at(unsigned long user_addr, struct host_leaf *leaf)
{
	unsigned long flags;
	bool there;

	local_irq_save(flags);
	there = walk(current->mm, user_addr, leaf);
	local_irq_restore(flags);
	return there;
}

/* What a driver has mapped.  A private mapping is a copy as soon as it is written to. */
static bool is_foreign(const struct vm_area_struct *vma, unsigned long addr)
{
	return vma && vma->vm_start <= addr && vma->vm_flags & (VM_IO | VM_PFNMAP) &&
	       vma->vm_flags & VM_MAYSHARE;
}

/**
 * host_map_foreign() - have what isn't the kernel's to give mapped for the current process
 * @user_addr: of the process
 * @write: the process has to be able to write to it
 *
 * For what get_user_pages() doesn't take: a driver maps it, at once or when it is asked to.  It is
 * asked as by a fault of the process's, without an access: that could be one to a device.  Nobody
 * holds it afterwards: the caller looks at it by host_leaf_at().  By then, and in here when the
 * lock was dropped, it may be another mapping; that has taken an invalidation, which the caller
 * notices.
 *
 * Return: 0, -EFAULT (it isn't such memory, or not the process's to access so), -EINTR, -ENOMEM,
 * -EHWPOISON.
 */
int host_map_foreign(unsigned long user_addr, bool write)
{
	struct mm_struct *mm = current->mm;
	bool unlocked = false;
	int ret = -EFAULT;

	if (mmap_read_lock_killable(mm))
		return -EINTR;
	if (is_foreign(find_vma(mm, user_addr), user_addr))
		ret = fixup_user_fault(mm, user_addr, write ? FAULT_FLAG_WRITE : 0, &unlocked);
	mmap_read_unlock(mm);
	return ret;
}
