/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An ITS by KVM's ABI, for a guest with the GIC of kvm_gic.h: its tables are in the guest's memory,
 * its commands are the host's, and the guest's vCPU works them off when it runs.
 */
#ifndef SELFTEST_KVM_ITS_H
#define SELFTEST_KVM_ITS_H

#include "kvm_gic.h"

#define KVM_ITS_DEV	5U
#define KVM_ITS_EVENT	3U
#define KVM_ITS_REG(gits)	((gits) - GIC_ITS)

#define kvm_its_read(its, gits)		kvm_gic_reg(its, ITS_REGS, KVM_ITS_REG(gits), u64)
#define kvm_its_write(its, gits, value)	\
	kvm_gic_set_reg(its, ITS_REGS, KVM_ITS_REG(gits), u64, value)

/* One that is initialised, and somewhere */
static inline int kvm_its_make(const struct kvm *kvm)
{
	int its = kvm_device(kvm, KVM_DEV_TYPE_ARM_VGIC_ITS, 0);

	if (its < 0 || kvm_gic_init(its) ||
	    kvm_put_attr(its, ADDR, KVM_VGIC_ITS_ADDR_TYPE, u64, GIC_ITS))
		die("no ITS: %s", strerror(errno));
	return its;
}

static inline void kvm_its_put(const struct kvm *kvm, int its, struct its_command command)
{
	u64 at = kvm_its_read(its, GITS_CWRITER);

	*(struct its_command *)kvm_host(kvm, ITS_QUEUE + at) = command;
	kvm_its_write(its, GITS_CWRITER, (at + sizeof(command)) % ITS_PAGE);
}

/* vCPU 0 has LPIs */
static inline void kvm_lpis_enable(int gic, u64 ptz)
{
	u64 pending = ITS_PENDING(0) | LPI_CACHED | ptz;

	kvm_gic_set_reg(gic, REDIST_REGS, GICR_PROPBASER, u32, ITS_CONFIG | (u32)LPI_CACHED | 13);
	kvm_gic_set_reg(gic, REDIST_REGS, GICR_PROPBASER + 4, u32, 0);
	kvm_gic_set_reg(gic, REDIST_REGS, GICR_PENDBASER, u32, (u32)pending);
	kvm_gic_set_reg(gic, REDIST_REGS, GICR_PENDBASER + 4, u32, pending >> 32);
	kvm_gic_set_reg(gic, REDIST_REGS, GICR_CTLR, u32, GICR_CTLR_LPIS);
}

/* The event of the device is LPI + its number, for vCPU 0, from its next KVM_RUN on */
static inline void kvm_its_map(const struct kvm *kvm, int gic, int its)
{
	((u8 *)kvm_host(kvm, ITS_CONFIG))[KVM_ITS_EVENT] = LPI_ENABLED | 0x80;
	kvm_lpis_enable(gic, GICR_PTZ);
	kvm_its_write(its, GITS_BASER(0), ITS_FLAT);
	kvm_its_write(its, GITS_BASER(1), ITS_VALID | ITS_CACHED | ITS_COLLECTIONS);
	kvm_its_write(its, GITS_CBASER, ITS_VALID | ITS_CACHED | ITS_QUEUE | 0xf);
	kvm_its_write(its, GITS_CTLR, GITS_CTLR_ENABLED);
	kvm_its_put(kvm, its, ITS_MAPC(0, 0));
	kvm_its_put(kvm, its, ITS_MAPD(KVM_ITS_DEV, ITS_ITT, 5));
	kvm_its_put(kvm, its, ITS_MAPTI(KVM_ITS_DEV, KVM_ITS_EVENT, LPI + KVM_ITS_EVENT, 0));
}

static inline int kvm_msi(const struct kvm *kvm, u64 addr, u32 flags, u32 device, u32 data)
{
	struct kvm_msi msi = {
		.address_lo = (u32)addr, .address_hi = addr >> 32, .data = data, .flags = flags,
		.devid = device,
	};

	return vm_ioctl(kvm->fd, KVM_SIGNAL_MSI, &msi);
}

#define kvm_send(kvm) \
	kvm_msi(kvm, GITS_TRANSLATER, KVM_MSI_VALID_DEVID, KVM_ITS_DEV, KVM_ITS_EVENT)

#endif
