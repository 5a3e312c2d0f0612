// SPDX-License-Identifier: MIT
/*
 * KVM's in-kernel GICv3 with its ITS, and interrupts into it.
 */
#include <linux/kvm.h>
#include <unistd.h>

#include "bench.h"
#include "kvm.h"

static void set(int device, __u32 group, __u64 attr, __u64 *value)
{
	struct kvm_device_attr set = {
		.group = group,
		.attr = attr,
		.addr = (uintptr_t)value,
	};

	kvm_command(device, KVM_SET_DEVICE_ATTR, &set, "the GIC's KVM_SET_DEVICE_ATTR");
}

static int make(struct guest *guest, __u32 type)
{
	struct kvm_create_device device = { .type = type };

	kvm_command(guest->kvm.vm, KVM_CREATE_DEVICE, &device, "KVM_CREATE_DEVICE");
	return device.fd;
}

/**
 * kvm_make_gic() - give a VM a GIC and an ITS
 * @guest: with all its vCPUs
 */
void kvm_make_gic(struct guest *guest)
{
	__u64 dist = GIC_DIST, redist = GIC_REDIST, its = GIC_ITS;
	__u32 irqs = INTID_SPI + GIC_SPIS;
	int gic = make(guest, KVM_DEV_TYPE_ARM_VGIC_V3);
	int its_device;

	set(gic, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_DIST, &dist);
	set(gic, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_REDIST, &redist);
	set(gic, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, (void *)&irqs);
	set(gic, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, NULL);
	its_device = make(guest, KVM_DEV_TYPE_ARM_VGIC_ITS);
	set(its_device, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_ITS_ADDR_TYPE, &its);
	set(its_device, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, NULL);
	close(its_device);
	close(gic);
}

/* GSI n is SPI n, unless the VMM routes it elsewhere */
void kvm_irqfd(struct guest *guest, int fd)
{
	struct kvm_irqfd irqfd = { .fd = fd, .gsi = INTID_SPI - 32 };

	kvm_command(guest->kvm.vm, KVM_IRQFD, &irqfd, "KVM_IRQFD");
}

void kvm_set_spi(struct guest *guest, bool level)
{
	struct kvm_irq_level line = {
		.irq = KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT | INTID_SPI,
		.level = level,
	};

	kvm_command(guest->kvm.vm, KVM_IRQ_LINE, &line, "KVM_IRQ_LINE");
}

void kvm_send_msi(struct guest *guest)
{
	struct kvm_msi msi = { .address_lo = GITS_TRANSLATER, .flags = KVM_MSI_VALID_DEVID };

	kvm_command(guest->kvm.vm, KVM_SIGNAL_MSI, &msi, "KVM_SIGNAL_MSI");
}
