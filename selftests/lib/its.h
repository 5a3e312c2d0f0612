/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM whose GIC has an ITS, with tables in the guest's memory: a device table, collections, a
 * command queue, and the tables of LPIs.  Commands are written by the host, and GITS_CWRITER by the
 * guest.
 */
#ifndef SELFTEST_ITS_H
#define SELFTEST_ITS_H

#include "gic_vm.h"

#define GIC_ITS		0x08080000UL
#define GIC_ITS_SIZE	0x20000UL

#define GITS_CTLR	(GIC_ITS + 0x0000)
#define GITS_IIDR	(GIC_ITS + 0x0004)
#define GITS_TYPER	(GIC_ITS + 0x0008)
#define GITS_CBASER	(GIC_ITS + 0x0080)
#define GITS_CWRITER	(GIC_ITS + 0x0088)
#define GITS_CREADR	(GIC_ITS + 0x0090)
#define GITS_BASER(n)	(GIC_ITS + 0x0100 + 8 * (n))
#define GITS_PIDR2	(GIC_ITS + GIC_PIDR2)
#define GITS_TRANSLATER	(GIC_ITS + 0x10040)

#define GITS_CTLR_ENABLED	1U
#define GITS_CTLR_QUIESCENT	(1U << 31)
#define GITS_CREADR_STALLED	1U
#define GITS_CWRITER_RETRY	1U

#define TYPER_LPIS	(1U << 17) /* of GICD_TYPER */
#define GICR_CTLR	0x0000UL
#define GICR_PROPBASER	0x0070UL
#define GICR_PENDBASER	0x0078UL
#define GICR_INVLPIR	0x00a0UL
#define GICR_INVALLR	0x00b0UL
#define GICR_SYNCR	0x00c0UL
#define GICR_CTLR_LPIS	1U
#define GICR_PTZ	(1UL << 62)

/* Of an address register: it counts; a table of two levels; shareable, read and write allocate */
#define ITS_VALID	(1UL << 63)
#define ITS_INDIRECT	(1UL << 62)
#define ITS_CACHED	(7UL << 59 | 1UL << 10)
#define LPI_CACHED	(7UL << 7 | 1UL << 10)

/* Pages of 64 KiB in the guest's memory */
#define ITS_MEMORY	0x40300000UL
#define ITS_PAGE	0x10000UL
#define ITS_QUEUE	(ITS_MEMORY + 0 * ITS_PAGE)
#define ITS_DEVICES	(ITS_MEMORY + 1 * ITS_PAGE)
#define ITS_COLLECTIONS	(ITS_MEMORY + 2 * ITS_PAGE)
#define ITS_LEVEL2	(ITS_MEMORY + 3 * ITS_PAGE)
#define ITS_CONFIG	(ITS_MEMORY + 4 * ITS_PAGE)
#define ITS_PENDING(n)	(ITS_MEMORY + (5 + (n)) * ITS_PAGE)
#define ITS_ITT		(ITS_MEMORY + 9 * ITS_PAGE)
#define ITS_MAX_VCPUS	4

#define LPI		8192U
#define LPI_ENABLED	1U	/* with a priority, what the configuration table has of an LPI */

struct its_command {
	u64 word[4];
};

#define ITS_COMMAND(code, device, w1, w2, w3) ((struct its_command)		\
	{ { (code) | (u64)(device) << 32, w1, w2, w3 } })
#define ITS_RDBASE(n)		((u64)(n) << 16)
#define ITS_MAPD(device, itt, bits) \
	ITS_COMMAND(0x08, device, (bits) - 1, (itt) | ITS_VALID, 0)
#define ITS_UNMAPD(device)	ITS_COMMAND(0x08, device, 0, 0, 0)
#define ITS_MAPC(icid, n)	ITS_COMMAND(0x09, 0, 0, (icid) | ITS_RDBASE(n) | ITS_VALID, 0)
#define ITS_UNMAPC(icid)	ITS_COMMAND(0x09, 0, 0, icid, 0)
#define ITS_MAPTI(device, event, intid, icid) \
	ITS_COMMAND(0x0a, device, (event) | (u64)(intid) << 32, icid, 0)
#define ITS_MAPI(device, event, icid)	ITS_COMMAND(0x0b, device, event, icid, 0)
#define ITS_MOVI(device, event, icid)	ITS_COMMAND(0x01, device, event, icid, 0)
#define ITS_INT(device, event)		ITS_COMMAND(0x03, device, event, 0, 0)
#define ITS_CLEAR(device, event)	ITS_COMMAND(0x04, device, event, 0, 0)
#define ITS_SYNC(n)			ITS_COMMAND(0x05, 0, 0, ITS_RDBASE(n), 0)
#define ITS_INV(device, event)		ITS_COMMAND(0x0c, device, event, 0, 0)
#define ITS_INVALL(icid)		ITS_COMMAND(0x0d, 0, 0, icid, 0)
#define ITS_MOVALL(from, to)	ITS_COMMAND(0x0e, 0, 0, ITS_RDBASE(from), ITS_RDBASE(to))
#define ITS_DISCARD(device, event)	ITS_COMMAND(0x0f, device, event, 0, 0)

static inline struct arm_vcpu_gic_setup its_setup(void)
{
	struct arm_vcpu_gic_setup setup = gic_setup(GIC_SPIS, MAX_VCPUS);

	setup.flags = ARM_VCPU_GIC_ITS;
	setup.its = GIC_ITS;
	return setup;
}

static inline void its_place(struct vm *vm)
{
	struct arm_vcpu_gic_setup setup = its_setup();
	int ret = gic_place(vm, &setup);

	if (ret)
		die("SET_GIC with an ITS: %s", strerror(-ret));
}

static inline void its_vm(struct vm *vm)
{
	gic_vm(vm);
	its_place(vm);
}

static inline u64 its_redist(unsigned int n)
{
	return GIC_REDIST + n * GIC_REDIST_SIZE;
}

/* The next command of the queue, and how GITS_CWRITER is to be then */
static inline u32 its_put(struct vm *vm, u32 at, struct its_command command)
{
	*(struct its_command *)vm_host(vm, ITS_QUEUE + at) = command;
	return (at + sizeof(command)) % ITS_PAGE;
}

/* A command, which is done by the vCPU's next RUN; or a row of them, which are done */
static inline void its_ask(struct vcpu *vcpu, struct its_command command)
{
	u32 at = its_put(vcpu->vm, gic_read32(vcpu, GITS_CWRITER), command);

	gic_ask(vcpu, GITS_CWRITER, 4, true, at);
}

static inline void its_do_all(struct vcpu *vcpu, const struct its_command *commands, u32 nr,
			      const char *file, int line)
{
	u32 at = gic_read32(vcpu, GITS_CWRITER), i;

	for (i = 0; i < nr; i++)
		at = its_put(vcpu->vm, at, commands[i]);
	gic_do(vcpu, GITS_CWRITER, 4, true, at, file, line);
	if (gic_read32(vcpu, GITS_CREADR) != at)
		die("%s:%d: commands were left", file, line);
}

#define its_do(vcpu, ...) do {							\
	const struct its_command commands_[] = { __VA_ARGS__ };			\
	its_do_all(vcpu, commands_, ARRAY_SIZE(commands_), __FILE__, __LINE__);	\
} while (0)

/* An LPI's configuration, which the guest's GIC doesn't know of yet */
static inline void its_configure(struct vm *vm, u32 intid, u8 property)
{
	*((volatile u8 *)vm_host(vm, ITS_CONFIG) + intid - LPI) = property;
}

static inline void its_tables(struct vcpu *vcpu, u64 devices)
{
	gic_write(vcpu, GITS_BASER(0), 8, devices);
	gic_write(vcpu, GITS_BASER(1), 8, ITS_VALID | ITS_CACHED | ITS_COLLECTIONS);
	gic_write(vcpu, GITS_CBASER, 8, ITS_VALID | ITS_CACHED | ITS_QUEUE | 0xf);
}

/* Pages of 64 KiB: 8192 devices */
#define ITS_FLAT	(ITS_VALID | ITS_CACHED | ITS_DEVICES | 2 << 8)

static inline void its_enable_lpis(struct vcpu *vcpu, unsigned int n, u64 ptz)
{
	gic_write(vcpu, its_redist(n) + GICR_PROPBASER, 8, ITS_CONFIG | LPI_CACHED | 13);
	gic_write(vcpu, its_redist(n) + GICR_PENDBASER, 8, ITS_PENDING(n) | LPI_CACHED | ptz);
	gic_write32(vcpu, its_redist(n) + GICR_CTLR, GICR_CTLR_LPIS);
}

/* All of it as an operating system does, each vCPU the collection of its number */
static inline void its_enable(struct vcpu *vcpu, u64 devices)
{
	unsigned int n;

	gic_write32(vcpu, GIC_DIST + GICD_CTLR, 3);
	its_tables(vcpu, devices);
	gic_write32(vcpu, GITS_CTLR, GITS_CTLR_ENABLED);
	for (n = 0; n < vcpu->vm->nr_vcpus; n++) {
		its_enable_lpis(vcpu, n, GICR_PTZ);
		its_do(vcpu, ITS_MAPC(n, n), ITS_SYNC(n));
	}
}

/* A new GIC, whose registers are as before, but which has mapped nothing */
static inline void its_reset(struct vcpu *vcpu, u64 devices)
{
	unsigned int n;

	its_place(vcpu->vm);
	gic_write32(vcpu, GIC_DIST + GICD_CTLR, 3);
	its_tables(vcpu, devices);
	gic_write32(vcpu, GITS_CTLR, GITS_CTLR_ENABLED);
	for (n = 0; n < vcpu->vm->nr_vcpus; n++)
		its_enable_lpis(vcpu, n, 0);
}

/* By the host; they have no argument */
static inline int its_save(struct vm *vm)
{
	return vm_ioctl(vm->fd, ARM_VCPU_SAVE_ITS, NULL);
}

static inline int its_restore(struct vm *vm)
{
	return vm_ioctl(vm->fd, ARM_VCPU_RESTORE_ITS, NULL);
}

static inline int its_send(struct vm *vm, u64 addr, u32 device, u32 event)
{
	struct arm_vcpu_msi msi = {
		.size = sizeof(msi), .addr = addr, .device = device, .data = event,
	};

	return vm_ioctl(vm->fd, ARM_VCPU_SEND_MSI, &msi);
}

static inline void its_msi(struct vm *vm, u32 device, u32 event)
{
	int ret = its_send(vm, GITS_TRANSLATER, device, event);

	if (ret)
		die("SEND_MSI: %s", strerror(-ret));
}

/* An eventfd that sends it */
static inline struct arm_vcpu_irqfd its_irqfd(int fd, u32 device, u32 event)
{
	return (struct arm_vcpu_irqfd) {
		.size = sizeof(struct arm_vcpu_irqfd), .flags = ARM_VCPU_IRQFD_MSI, .fd = fd,
		.addr = GITS_TRANSLATER, .device = device, .data = event,
	};
}

#endif
