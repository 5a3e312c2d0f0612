// SPDX-License-Identifier: GPL-2.0-only
/*
 * EL2 on nVHE hosts: our image is put there through the kernel's stub, and called by HVC.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/string.h>
#include <asm/virt.h>

#include "hyp/nvhe/nvhe.h"
#include "cache.h"
#include "el2.h"
#include "el2_map.h"
#include "features.h"
#include "../../uapi/linux/arm_vcpu.h"

/* el2_image.S: the linked image */
extern const char el2_image_start[], el2_image_end[];

#define SCTLR_EL2_OURS	(HYP_SCTLR_EL2_RES1 | HYP_SCTLR_EIS | HYP_SCTLR_EOS | HYP_SCTLR_M | \
			 HYP_SCTLR_C | HYP_SCTLR_I | HYP_SCTLR_SA | HYP_SCTLR_WXN)

/* No call of the stub's, nor of the SMC calling convention */
#define STUB_UNKNOWN	0xabc

static void *image;
static const struct nvhe_image *header;

/* A CPU's page, and its stack: two pages, of which only the upper one is mapped at EL2 */
static DEFINE_PER_CPU(struct nvhe_cpu *, nvhe_cpu);
static DEFINE_PER_CPU(void *, nvhe_stack);

/* Where EL2 broke down, x19 to x28 are what they were there: they aren't counted on */
static __always_inline u64 hvc(u64 function, u64 a1, u64 a2, u64 a3)
{
	register u64 x0 asm("x0") = function;
	register u64 x1 asm("x1") = a1;
	register u64 x2 asm("x2") = a2;
	register u64 x3 asm("x3") = a3;

	asm volatile("hvc #0"
		     : "+r" (x0), "+r" (x1), "+r" (x2), "+r" (x3)
		     : : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14",
		     "x15", "x16", "x17", "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26",
		     "x27", "x28", "cc", "memory");
	return x0;
}

static void nvhe_report(void)
{
	struct nvhe_panic *panic = &this_cpu_read(nvhe_cpu)->panic;

	pr_err("EL2 broke down on CPU %u: ESR %llx at image offset %llx, FAR %llx, SPSR %llx\n",
	       smp_processor_id(), panic->esr, panic->elr - virt_to_phys(image), panic->far,
	       panic->spsr);
	panic->happened = 0;
}

/* TLB maintenance that wasn't done leaves a guest what isn't its own any more */
static void must(u64 function, u64 a1, u64 a2, u64 a3)
{
	if (WARN_ON_ONCE(hvc(function, a1, a2, a3) == NVHE_PANIC))
		nvhe_report();
}

static hyp_addr_t nvhe_addr(void *va)
{
	return (__force hyp_addr_t)virt_to_phys(va);
}

static int nvhe_share(void *page, size_t size)
{
	return el2_map(virt_to_phys(page), size, EL2_DATA);
}

static void unmap(void *data)
{
	const u64 *range = data;

	must(NVHE_UNMAP, range[0], range[1], 0);
}

static void nvhe_unshare(void *page, size_t size)
{
	u64 range[2] = { virt_to_phys(page), size };

	el2_map_invalidate(range[0], range[1]);
	el2_call_once(unmap, range);
}

static void cpu_free(unsigned int cpu)
{
	free_page((unsigned long)per_cpu(nvhe_cpu, cpu));
	free_pages((unsigned long)per_cpu(nvhe_stack, cpu), 1);
	per_cpu(nvhe_cpu, cpu) = NULL;
	per_cpu(nvhe_stack, cpu) = NULL;
	per_cpu(el2_cpu, cpu) = NULL;
}

static int cpu_alloc(unsigned int cpu)
{
	struct nvhe_cpu *page = (void *)get_zeroed_page(GFP_KERNEL);
	void *stack = (void *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, 1);
	int ret;

	BUILD_BUG_ON(sizeof(*page) > PAGE_SIZE);
	per_cpu(nvhe_cpu, cpu) = page;
	per_cpu(nvhe_stack, cpu) = stack;
	if (!page || !stack)
		return -ENOMEM;
	per_cpu(el2_cpu, cpu) = &page->hyp;

	ret = el2_map(virt_to_phys(page), PAGE_SIZE, EL2_DATA);
	if (ret)
		return ret;
	return el2_map(virt_to_phys(stack) + PAGE_SIZE, PAGE_SIZE, EL2_DATA);
}

static int image_map(size_t size)
{
	phys_addr_t pa = virt_to_phys(image);
	int ret;

	ret = el2_map(pa, header->rodata, EL2_CODE);
	if (ret)
		return ret;
	return el2_map(pa + header->rodata, size - header->rodata, EL2_RODATA);
}

static size_t image_size(void)
{
	return PAGE_ALIGN(el2_image_end - el2_image_start);
}

static void nvhe_exit(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		cpu_free(cpu);
	if (image)
		free_pages_exact(image, image_size());
	image = NULL;
	el2_map_exit();
}

static int nvhe_init(void)
{
	size_t size = image_size();
	unsigned int cpu;
	int ret;

	ret = el2_map_init();
	if (ret)
		return ret;

	/* Physically contiguous, for it runs by physical addresses */
	ret = -ENOMEM;
	image = alloc_pages_exact(size, GFP_KERNEL | __GFP_ZERO);
	if (!image)
		goto fail;
	memcpy(image, el2_image_start, el2_image_end - el2_image_start);
	header = image;
	/*
	 * Its first instructions run with the MMU and caches off: clean to the point of
	 * coherency, then no CPU may have old instructions for these addresses (B2.7.4).
	 */
	cache_clean_inval(image, size);
	cache_inval_icache(image, size);

	ret = image_map(size);
	for_each_possible_cpu(cpu) {
		if (!ret)
			ret = cpu_alloc(cpu);
	}
	if (!ret)
		return 0;
fail:
	if (ret == -ERANGE)
		pr_err("memory beyond 48 physical address bits can't be mapped at EL2\n");
	nvhe_exit();
	return ret;
}

static int nvhe_take(struct hyp_cpu *hyp)
{
	struct nvhe_cpu *cpu = this_cpu_read(nvhe_cpu);
	phys_addr_t base = virt_to_phys(image);
	u64 ret;

	if (hvc(STUB_UNKNOWN, 0, 0, 0) != HVC_STUB_ERR) {
		pr_err("EL2 is not free: its vectors aren't the kernel's stub\n");
		return -EBUSY;
	}

	hyp->vectors = (__force hyp_addr_t)(base + header->guest_vectors[hyp->spectre]);
	cpu->sp = virt_to_phys(this_cpu_read(nvhe_stack)) + 2 * PAGE_SIZE;
	cpu->sctlr = SCTLR_EL2_OURS;
	cpu->tcr = el2_map_tcr();
	cpu->ttbr0 = el2_map_ttbr0();
	cpu->mair = el2_map_mair();
	cpu->vbar = base + header->host_vectors;
	cpu->hyp.host_away = false;
	memset(&cpu->panic, 0, sizeof(cpu->panic));
	/* The trampoline reads it with caches off, and must find no dirty line later */
	cache_clean_inval(cpu, PAGE_SIZE);

	ret = hvc(HVC_SOFT_RESTART, base + header->trampoline, virt_to_phys(cpu), 0);
	if (ret == NVHE_IS_E2H) {
		pr_err("HCR_EL2.E2H is fixed to one on this CPU: it needs a VHE kernel\n");
		return -EOPNOTSUPP;
	}
	return 0;
}

static void nvhe_release(struct hyp_cpu *hyp)
{
	hvc(NVHE_RELEASE, 0, 0, 0);
}

static noinstr long nvhe_run(struct hyp_cpu *cpu, struct hyp_vcpu *vcpu)
{
	u64 code = hvc(NVHE_RUN, virt_to_phys(vcpu), 0, 0);

	if (likely(code != NVHE_PANIC))
		return code;
	vcpu->esr = __this_cpu_read(nvhe_cpu)->panic.esr;
	vcpu->far = __this_cpu_read(nvhe_cpu)->panic.far;
	if (__this_cpu_read(nvhe_cpu)->panic.serror)
		vcpu->serror = __this_cpu_read(nvhe_cpu)->panic.serror;
	return -EIO;
}

static void nvhe_flush_ipa(struct hyp_cpu *cpu, const struct hyp_stage2 *s2, u64 ipa)
{
	must(NVHE_TLB_IPA, s2->vttbr, s2->vtcr, ipa);
}

static void nvhe_flush_vmid(struct hyp_cpu *cpu, const struct hyp_stage2 *s2)
{
	must(NVHE_TLB_VMID, s2->vttbr, s2->vtcr, 0);
}

static void nvhe_flush_local(struct hyp_cpu *cpu, const struct hyp_stage2 *s2)
{
	must(NVHE_TLB_LOCAL, s2->vttbr, s2->vtcr, 0);
}

const struct el2_ops el2_nvhe_ops = {
	.mode = ARM_VCPU_EL2_NVHE,
	.init = nvhe_init,
	.exit = nvhe_exit,
	.take = nvhe_take,
	.release = nvhe_release,
	.share = nvhe_share,
	.unshare = nvhe_unshare,
	.addr = nvhe_addr,
	.run = nvhe_run,
	.report = nvhe_report,
	.flush_ipa = nvhe_flush_ipa,
	.flush_vmid = nvhe_flush_vmid,
	.flush_local = nvhe_flush_local,
};
