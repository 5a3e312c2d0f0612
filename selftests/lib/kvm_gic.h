/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A GICv3 by KVM's ABI: the device, its attributes, and a guest that says what it takes.  The host
 * sets the guest's GIC up, by the attributes that programs restore it with.
 */
#ifndef SELFTEST_KVM_GIC_H
#define SELFTEST_KVM_GIC_H

#include <errno.h>
#include <string.h>
#include "its.h"
#include "kvm.h"

#define KVM_GIC_IRQS	96U	/* 64 of them SPIs */

/* KVM_CREATE_DEVICE: the descriptor, or -errno */
static inline int kvm_device(const struct kvm *kvm, u32 type, u32 flags)
{
	struct kvm_create_device device = { .type = type, .flags = flags };
	int ret = vm_ioctl(kvm->fd, KVM_CREATE_DEVICE, &device);

	return ret ? ret : (int)device.fd;
}

static inline int kvm_attr(int fd, unsigned int command, u32 group, u64 attr, const void *value)
{
	struct kvm_device_attr arg = { .group = group, .attr = attr, .addr = (u64)value };

	return vm_ioctl(fd, command, &arg);
}

#define kvm_has_attr(fd, group, attr) \
	kvm_attr(fd, KVM_HAS_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_##group, attr, NULL)
#define kvm_get_attr(fd, group, attr, value) \
	kvm_attr(fd, KVM_GET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_##group, attr, value)
#define kvm_set_attr(fd, group, attr, value) \
	kvm_attr(fd, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_##group, attr, value)

/* With a value, which can be a constant */
#define kvm_put_attr(fd, group, attr, type, value) \
	kvm_set_attr(fd, group, attr, (&(type) { value }))
#define kvm_put_addr(fd, which, addr) \
	kvm_put_attr(fd, ADDR, KVM_VGIC_V3_ADDR_TYPE_##which, u64, addr)
#define kvm_gic_init(fd) kvm_set_attr(fd, CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, NULL)

/* The register of a vCPU's: the vCPU is one of the first 16 */
#define KVM_GIC_OF(id, reg)	((u64)(id) << 32 | (reg))
#define KVM_ICC(crn, crm, op2)	(3ULL << 14 | (crn) << 7 | (crm) << 3 | (op2))
#define KVM_ICC_PMR	KVM_ICC(4, 6, 0)
#define KVM_ICC_CTLR	KVM_ICC(12, 12, 4)
#define KVM_ICC_SRE	KVM_ICC(12, 12, 5)
#define KVM_ICC_IGRPEN1	KVM_ICC(12, 12, 7)

#define kvm_gic_reg(fd, group, reg, type) ({				\
	type value_ = 0;						\
	int ret_ = kvm_get_attr(fd, group, reg, &value_);		\
	if (ret_)							\
		die("attribute %#llx: %s", (unsigned long long)(reg), strerror(-ret_)); \
	value_;								\
})

#define kvm_gic_set_reg(fd, group, reg, type, value) do {		\
	int ret_ = kvm_put_attr(fd, group, reg, type, value);		\
	if (ret_)							\
		die("attribute %#llx: %s", (unsigned long long)(reg), strerror(-ret_)); \
} while (0)

static inline u32 kvm_dist(int fd, u32 reg)
{
	return kvm_gic_reg(fd, DIST_REGS, reg, u32);
}

static inline void kvm_set_dist(int fd, u32 reg, u32 value)
{
	kvm_gic_set_reg(fd, DIST_REGS, reg, u32, value);
}

/* A GIC for the vCPUs that there are, which is initialised, and somewhere */
static inline int kvm_gic_make(const struct kvm *kvm)
{
	int fd = kvm_device(kvm, KVM_DEV_TYPE_ARM_VGIC_V3, 0);

	if (fd < 0 || kvm_put_attr(fd, NR_IRQS, 0, u32, KVM_GIC_IRQS) || kvm_gic_init(fd) ||
	    kvm_put_addr(fd, REDIST, GIC_REDIST) || kvm_put_addr(fd, DIST, GIC_DIST))
		die("no GIC: %s", strerror(errno));
	return fd;
}

/* All SPIs, SGIs and PPIs are in group 1 and may come */
static inline void kvm_gic_enable(int fd, unsigned int vcpus)
{
	unsigned int i;

	for (i = 1; i < KVM_GIC_IRQS / 32; i++) {
		kvm_set_dist(fd, GIC_IGROUPR + 4 * i, ~0U);
		kvm_set_dist(fd, GIC_ISENABLER + 4 * i, ~0U);
	}
	for (i = 0; i < vcpus; i++) {
		kvm_gic_set_reg(fd, REDIST_REGS, KVM_GIC_OF(i, GIC_SGIS + GIC_IGROUPR), u32, ~0U);
		kvm_gic_set_reg(fd, REDIST_REGS, KVM_GIC_OF(i, GIC_SGIS + GIC_ISENABLER), u32, ~0U);
	}
	kvm_set_dist(fd, GICD_CTLR, 3);
}

static inline void kvm_gic_make_edge(int fd, u32 intid)
{
	u32 reg = GIC_ICFGR + intid / 16 * 4;

	kvm_set_dist(fd, reg, kvm_dist(fd, reg) | 2U << intid % 16 * 2);
}

static inline int kvm_irq(const struct kvm *kvm, u32 type, u32 vcpu, u32 number, u32 level)
{
	struct kvm_irq_level irq = {
		.irq = type << KVM_ARM_IRQ_TYPE_SHIFT | vcpu << KVM_ARM_IRQ_VCPU_SHIFT | number,
		.level = level,
	};

	return vm_ioctl(kvm->fd, KVM_IRQ_LINE, &irq);
}

#define kvm_spi(kvm, intid, level)	kvm_irq(kvm, KVM_ARM_IRQ_TYPE_SPI, 0, intid, level)

/* It tells its INTID, and ends it in the next KVM_RUN */
static void __guest guest_takes(struct guest_frame *frame, u64 vector)
{
	u64 intid = read_sysreg(ICC_IAR1);

	(void)frame;
	(void)vector;
	guest_write32(GUEST_MMIO, (u32)intid);
	write_sysreg(intid, ICC_EOIR1);
}

static u64 __guest guest_sleeps(void)
{
	write_sysreg(0xff, ICC_PMR);
	write_sysreg(1, ICC_IGRPEN1);
	for (;;)
		wfi_take_irq();
	return 0;
}

static inline void *kvm_host(const struct kvm *kvm, u64 gpa)
{
	return (char *)kvm->ram + (gpa - GUEST_RAM);
}

/* From the next KVM_RUN on it takes what comes */
static inline void kvm_gic_listen(const struct kvm *kvm, const struct kvm_vcpu *vcpu)
{
	((u64 *)kvm_host(kvm, GUEST_HANDLERS))[VECTOR_IRQ] = vm_gpa(guest_takes);
	kvm_call(vcpu, guest_sleeps, 0, 0);
}

#endif
