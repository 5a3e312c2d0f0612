/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest with the kernel's GICv3, for the tests of it: the guest does what the host asks for to
 * the GIC's frames, one access at a time, and says what it takes, as that of vgic.h.
 */
#ifndef SELFTEST_GIC_VM_H
#define SELFTEST_GIC_VM_H

#include <errno.h>
#include <string.h>
#include "vgic.h"

#define GIC_DIST	0x08000000UL
#define GIC_REDIST	0x08100000UL
#define GIC_REDIST_SIZE	0x20000UL
#define GIC_SGIS	0x10000UL /* the second frame of a redistributor */
#define GIC_SPIS	64U
#define GIC_SPI		32U	/* the first one */

/* The distributor's, and from GIC_SGIS on a redistributor's */
#define GICD_CTLR	0x0000UL
#define GICD_TYPER	0x0004UL
#define GICD_IIDR	0x0008UL
#define GIC_IGROUPR	0x0080UL
#define GIC_ISENABLER	0x0100UL
#define GIC_ICENABLER	0x0180UL
#define GIC_ISPENDR	0x0200UL
#define GIC_ICPENDR	0x0280UL
#define GIC_ISACTIVER	0x0300UL
#define GIC_ICACTIVER	0x0380UL
#define GIC_IPRIORITYR	0x0400UL
#define GIC_ICFGR	0x0c00UL
#define GICD_IROUTER	0x6000UL
#define GIC_PIDR2	0xffe8UL
#define GICR_IIDR	0x0004UL
#define GICR_TYPER	0x0008UL
#define GICR_WAKER	0x0014UL

#define GICD_CTLR_ARE	(1U << 4)
#define GICD_CTLR_DS	(1U << 6)

/* An access that the host asks a vCPU for */
struct gic_access {
	u64 addr;
	u64 value;
	u64 width;	/* 0, with write: DIR of the INTID that is value */
	u64 write;
};

#define GIC_ACCESSES	((struct gic_access *)(GUEST_SHARED + 0x1000))

static void __guest guest_access(struct gic_access *access)
{
	u64 addr = access->addr, value = access->value;

	switch (access->write << 4 | access->width) {
	case 1:
		asm volatile("ldrb %w0, [%1]" : "=r" (value) : "r" (addr) : "memory");
		break;
	case 2:
		asm volatile("ldrh %w0, [%1]" : "=r" (value) : "r" (addr) : "memory");
		break;
	case 4:
		asm volatile("ldr %w0, [%1]" : "=r" (value) : "r" (addr) : "memory");
		break;
	case 8:
		asm volatile("ldr %0, [%1]" : "=r" (value) : "r" (addr) : "memory");
		break;
	case 0x10:
		write_sysreg(value, ICC_DIR);
		break;
	case 0x11:
		asm volatile("strb %w0, [%1]" : : "r" (value), "r" (addr) : "memory");
		break;
	case 0x12:
		asm volatile("strh %w0, [%1]" : : "r" (value), "r" (addr) : "memory");
		break;
	case 0x14:
		asm volatile("str %w0, [%1]" : : "r" (value), "r" (addr) : "memory");
		break;
	case 0x18:
		asm volatile("str %0, [%1]" : : "r" (value), "r" (addr) : "memory");
		break;
	}
	access->value = value;
}

/* As guest_listens(), and one access at each CALL_IDLE */
static u64 __guest guest_serves(u64 mask, u64 groups)
{
	u64 cpu = read_sysreg(mpidr_el1) % 256;

	write_sysreg(mask, ICC_PMR);
	write_sysreg(groups & 1, ICC_IGRPEN0);
	write_sysreg(groups >> 1, ICC_IGRPEN1);
	asm volatile("msr daifclr, #3" : : : "memory");
	for (;;) {
		isb();
		guest_call(CALL_IDLE, 0, 0, read_sysreg(ICC_RPR), 0);
		guest_access(&GIC_ACCESSES[cpu]);
	}
	return 0;
}

static inline struct gic_access *gic_access_of(struct vcpu *vcpu)
{
	return (struct gic_access *)vm_host(vcpu->vm, (u64)(GIC_ACCESSES + vcpu->index));
}

/* What the vCPU, which is at CALL_IDLE, does next */
static inline void gic_ask(struct vcpu *vcpu, u64 addr, u64 width, bool write, u64 value)
{
	*gic_access_of(vcpu) = (struct gic_access) { addr, value, width, write };
}

/* An access from CALL_IDLE to CALL_IDLE */
static inline u64 gic_do(struct vcpu *vcpu, u64 addr, u64 width, bool write, u64 value,
			 const char *file, int line)
{
	u64 result;

	gic_ask(vcpu, addr, width, write, value);
	vcpu_expect_call_at(vcpu, CALL_IDLE, file, line);
	result = gic_access_of(vcpu)->value;
	gic_ask(vcpu, 0, 0, false, 0);
	return result;
}

#define gic_read(vcpu, addr, width)	gic_do(vcpu, addr, width, false, 0, __FILE__, __LINE__)
#define gic_write(vcpu, addr, width, value) \
	((void)gic_do(vcpu, addr, width, true, value, __FILE__, __LINE__))
#define gic_read32(vcpu, addr)		((u32)gic_read(vcpu, addr, 4))
#define gic_write32(vcpu, addr, value)	gic_write(vcpu, addr, 4, value)

/* With EOImode 1 */
#define gic_dir(vcpu, intid)	gic_write(vcpu, 0, 0, intid)

/* A register of a bit an interrupt, and its bit: SGIs and PPIs of the vCPU's own, and SPIs */
static inline u64 gic_frame(struct vcpu *vcpu, u32 intid)
{
	return intid < GIC_SPI ? GIC_REDIST + vcpu->index * GIC_REDIST_SIZE + GIC_SGIS : GIC_DIST;
}

static inline u64 gic_word(struct vcpu *vcpu, u64 reg, u32 intid)
{
	return gic_frame(vcpu, intid) + reg + intid / 32 * 4;
}

#define gic_set(vcpu, reg, intid) \
	gic_write32(vcpu, gic_word(vcpu, reg, intid), 1U << (intid) % 32)
#define gic_get(vcpu, reg, intid) \
	(gic_read32(vcpu, gic_word(vcpu, reg, intid)) >> (intid) % 32 & 1)
#define gic_prioritize(vcpu, intid, priority) \
	gic_write(vcpu, gic_frame(vcpu, intid) + GIC_IPRIORITYR + (intid), 1, priority)

/* An SPI or PPI of group 1 that may come */
static inline void gic_enable(struct vcpu *vcpu, u32 intid, u64 priority)
{
	u64 group = gic_word(vcpu, GIC_IGROUPR, intid);

	gic_write32(vcpu, group, gic_read32(vcpu, group) | 1U << intid % 32);
	gic_prioritize(vcpu, intid, priority);
	gic_set(vcpu, GIC_ISENABLER, intid);
}

static inline void gic_make_edge(struct vcpu *vcpu, u32 intid)
{
	u64 config = gic_frame(vcpu, intid) + GIC_ICFGR + intid / 16 * 4;

	gic_write32(vcpu, config, gic_read32(vcpu, config) | 2U << intid % 16 * 2);
}

static inline void gic_route(struct vcpu *vcpu, u32 intid, u64 affinity)
{
	gic_write(vcpu, GIC_DIST + GICD_IROUTER + 8UL * intid, 8, affinity);
}

/* As SET_GIC takes it: distributor, and a region of redistributors */
static inline struct arm_vcpu_gic_setup gic_setup(u32 spis, u32 redistributors)
{
	return (struct arm_vcpu_gic_setup) {
		.size = sizeof(struct arm_vcpu_gic_setup), .spis = spis, .distributor = GIC_DIST,
		.redistributors = { { .addr = GIC_REDIST, .count = redistributors } },
	};
}

static inline int gic_place(struct vm *vm, const struct arm_vcpu_gic_setup *setup)
{
	return vm_ioctl(vm->fd, ARM_VCPU_SET_GIC, setup);
}

static inline int gic_set_irq(struct vm *vm, u32 intid, u32 level, u64 mpidr)
{
	struct arm_vcpu_irq irq = {
		.size = sizeof(irq), .intid = intid, .level = level, .mpidr = mpidr,
	};

	return vm_ioctl(vm->fd, ARM_VCPU_SET_IRQ, &irq);
}

static inline void gic_line(struct vm *vm, u32 intid, u32 level)
{
	int ret = gic_set_irq(vm, intid, level, 0);

	if (ret)
		die("SET_IRQ %u: %s", intid, strerror(-ret));
}

/* A VM with a GIC, whose guests have the handler of vgic.h */
static inline void gic_vm(struct vm *vm)
{
	struct arm_vcpu_gic_setup setup = gic_setup(GIC_SPIS, MAX_VCPUS);
	int ret;

	vm_create(vm);
	vm_replace(vm, 0, ARM_VCPU_CONFIG_GIC);
	vm_handler(vm, VECTOR_IRQ, guest_interrupt);
	vm_handler(vm, VECTOR_FIQ, guest_interrupt);
	ret = gic_place(vm, &setup);
	if (ret)
		die("SET_GIC: %s", strerror(-ret));
}

/* The guest up to where it serves, with both groups and all priorities */
static inline void gic_serve(struct vcpu *vcpu)
{
	gic_ask(vcpu, 0, 0, false, 0);
	vcpu_call(vcpu, guest_serves, 0xff, GROUP0 | GROUP1);
	vcpu_expect_call(vcpu, CALL_IDLE);
}

static inline void gic_add_vcpus(struct vm *vm, struct vcpu **vcpu, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		vcpu[i] = vcpu_create(vm);
		gic_serve(vcpu[i]);
	}
}

static u64 __guest guest_waits_for_one(void)
{
	write_sysreg(0xff, ICC_PMR);
	write_sysreg(1, ICC_IGRPEN1);
	while (!READ_ONCE(VGIC_SHARED->taken))
		wfi_take_irq();
	return 0;
}

/* The guest sleeps until it has taken an interrupt, of which it says nothing */
static inline void gic_sleep(struct vcpu *vcpu)
{
	((struct vgic_shared *)vm_host(vcpu->vm, GUEST_SHARED))->quiet = 1;
	vcpu_call(vcpu, guest_waits_for_one, 0, 0);
	vcpu_start(vcpu);
	wait_for(vcpu_stat(vcpu, ARM_VCPU_STAT_SLEEP));
	sleep_ms(20);
}

#define gic_taken(vcpu, id, priority) vgic_expect(vcpu, CALL_TAKEN, id, VECTOR_IRQ, priority)
#define gic_ended(vcpu, id, priority) vgic_expect(vcpu, CALL_ENDED, id, VECTOR_IRQ, priority)
#define gic_comes(vcpu, id, priority) do {				\
	gic_taken(vcpu, id, priority);					\
	gic_ended(vcpu, id, RPR_IDLE);					\
} while (0)
#define gic_idle(vcpu)		vcpu_expect_call(vcpu, CALL_IDLE)

#endif
