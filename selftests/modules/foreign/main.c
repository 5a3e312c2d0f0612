// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the test host_foreign: a driver that maps what isn't the process's RAM.
 *
 * /proc/foreign is mapped, a page of it.  What is written are two u64: which memory it is, and how
 * it is mapped (enum type), from the next access on.  The memory is a physical address, or 0 or 1
 * for one of two pages of the driver's own.  A read has the first word of each of these, and how
 * often arm_vcpu cleaned what was written here last or before that, which it then doesn't.
 */
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

enum type { NOTHING, STRICT_DEVICE, DEVICE, UNCACHED, WRITE_BACK };

static struct page *pages[2];
/* What isn't cached for one isn't for the other either */
static u64 *own;

static DEFINE_MUTEX(lock);
static unsigned long pfn, pfn_before;
static enum type type = UNCACHED;

static atomic_t cleaned;

static bool is_at(unsigned long address, unsigned long frame)
{
	return (address & PAGE_MASK) == (unsigned long)phys_to_virt(PFN_PHYS(frame));
}

static int look(struct kprobe *probe, struct pt_regs *regs)
{
	if (!is_at(regs->regs[0], READ_ONCE(pfn)) && !is_at(regs->regs[0], READ_ONCE(pfn_before)))
		return 0;
	atomic_inc(&cleaned);
	regs->pc = regs->regs[30];
	return 1;
}

static struct kprobe probe = { .symbol_name = "cache_clean_inval", .pre_handler = look };

/* It is the mapping's own, for mprotect() has it in what is mapped already */
static void set_type(struct vm_area_struct *vma)
{
	pgprot_t *prot = &vma->vm_page_prot;

	switch (type) {
	case STRICT_DEVICE:
		*prot = pgprot_noncached(*prot);
		break;
	case DEVICE:
		*prot = pgprot_device(*prot);
		break;
	case UNCACHED:
		*prot = pgprot_writecombine(*prot);
		break;
	default:
		*prot = __pgprot_modify(*prot, PTE_ATTRINDX_MASK, PTE_ATTRINDX(MT_NORMAL));
	}
}

static vm_fault_t foreign_fault(struct vm_fault *vmf)
{
	vm_fault_t ret = VM_FAULT_SIGBUS;

	mutex_lock(&lock);
	/* Into a private mapping the kernel inserts nothing: it has what mmap() gave it */
	if (type != NOTHING && vmf->vma->vm_flags & VM_SHARED) {
		set_type(vmf->vma);
		ret = vmf_insert_pfn(vmf->vma, vmf->address, pfn);
	}
	mutex_unlock(&lock);
	return ret;
}

static const struct vm_operations_struct vm_ops = { .fault = foreign_fault };

/* At once, as most drivers do; after a write(), by a fault */
static int foreign_mmap(struct file *file, struct vm_area_struct *vma)
{
	int ret;

	if (vma->vm_end - vma->vm_start != PAGE_SIZE)
		return -EINVAL;
	vma->vm_ops = &vm_ops;
	mutex_lock(&lock);
	set_type(vma);
	ret = remap_pfn_range(vma, vma->vm_start, pfn, PAGE_SIZE, vma->vm_page_prot);
	mutex_unlock(&lock);
	return ret;
}

static ssize_t foreign_write(struct file *file, const char __user *user, size_t size, loff_t *pos)
{
	u64 what[2];

	if (size != sizeof(what))
		return -EINVAL;
	if (copy_from_user(what, user, sizeof(what)))
		return -EFAULT;
	mutex_lock(&lock);
	pfn_before = pfn;
	pfn = what[0] < ARRAY_SIZE(pages) ? page_to_pfn(pages[what[0]]) : PHYS_PFN(what[0]);
	type = what[1];
	mutex_unlock(&lock);
	unmap_mapping_range(file->f_mapping, 0, 0, 1);
	return size;
}

static ssize_t foreign_read(struct file *file, char __user *user, size_t size, loff_t *pos)
{
	u64 words[3] = { READ_ONCE(own[0]), READ_ONCE(own[PAGE_SIZE / sizeof(*own)]),
			 atomic_read(&cleaned) };

	if (size != sizeof(words))
		return -EINVAL;
	return copy_to_user(user, words, sizeof(words)) ? -EFAULT : sizeof(words);
}

static const struct proc_ops ops = {
	.proc_read = foreign_read,
	.proc_write = foreign_write,
	.proc_mmap = foreign_mmap,
};

static void free_own(void)
{
	unsigned int i;

	vunmap(own);
	for (i = 0; i < ARRAY_SIZE(pages); i++)
		if (pages[i])
			__free_page(pages[i]);
}

static int __init foreign_init(void)
{
	int ret = -ENOMEM;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		pages[i] = alloc_page(GFP_KERNEL);
		if (!pages[i])
			goto fail;
	}
	own = vmap(pages, ARRAY_SIZE(pages), VM_MAP, pgprot_writecombine(PAGE_KERNEL));
	if (!own)
		goto fail;
	memset(own, 0, ARRAY_SIZE(pages) * PAGE_SIZE);
	pfn = page_to_pfn(pages[0]);
	pfn_before = pfn;
	ret = register_kprobe(&probe);
	if (ret)
		goto fail;
	if (proc_create("foreign", 0600, NULL, &ops))
		return 0;
	ret = -ENOMEM;
	unregister_kprobe(&probe);
fail:
	free_own();
	return ret;
}

static void __exit foreign_exit(void)
{
	remove_proc_entry("foreign", NULL);
	unregister_kprobe(&probe);
	free_own();
}

module_init(foreign_init);
module_exit(foreign_exit);
MODULE_DESCRIPTION("Maps what isn't RAM, for a test of arm_vcpu");
MODULE_LICENSE("GPL");
