// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ITS: its registers (IHI 0069, 12.18 and 12.19), its command queue, and MSIs.
 *
 * Commands are worked off by the vCPU that has written GITS_CWRITER, before it goes into the guest
 * again: so they are done when the store is.  It takes a few at a time, and looks at signals and
 * kicks in between; the rest is done in the next RUN.
 */
#include <linux/slab.h>

#include "memory/copy.h"
#include "device.h"
#include "its.h"

#define GITS_CTLR		0x0000
#define GITS_IIDR		0x0004
#define GITS_TYPER		0x0008
#define GITS_CBASER		0x0080
#define GITS_CWRITER		0x0088
#define GITS_CREADR		0x0090
#define GITS_BASER		0x0100
#define GITS_BASER_END		0x0140
#define GITS_TRANSLATER		0x10040

#define CTLR_ENABLED		BIT(0)
#define CTLR_QUIESCENT		BIT(31)

/* Physical LPIs; targets are numbers of redistributors (PTA is 0); all collections are in memory */
#define TYPER_PHYSICAL		BIT_ULL(0)
#define TYPER_ITT_ENTRY_SIZE	((u64)(ITS_ENTRY_SIZE - 1) << 4)
#define TYPER_ID_BITS		((u64)(ITS_EVENT_ID_BITS - 1) << 8)
#define TYPER_DEVBITS		((u64)(GIC_DEVICE_ID_BITS - 1) << 13)
#define TYPER_CIDBITS		((u64)(ITS_COLLECTION_ID_BITS - 1) << 32)
#define TYPER_CIL		BIT_ULL(36)

#define CBASER_BITS		(ITS_VALID | GENMASK_ULL(61, 59) | CBASER_ADDR | GENMASK_ULL(7, 0))
#define CBASER_ADDR		GENMASK_ULL(51, 12)
#define CBASER_BYTES(cbaser)	((u32)(((cbaser) & 0xff) + 1) * SZ_4K)
#define QUEUE_OFFSET		GENMASK(19, 5)
#define CREADR_STALLED		BIT(0)
#define CWRITER_RETRY		BIT(0)

/* Where GITS_CBASER and GITS_BASER<n> have InnerCache */
#define INNER_CACHE		59

/* Type and Entry_Size are fixed */
#define BASER_BITS		(GENMASK_ULL(63, 59) | GENMASK_ULL(47, 12) | GENMASK_ULL(9, 0))
#define BASER_TYPE(type)	((u64)(type) << 56)
#define BASER_ENTRY_SIZE	((u64)(ITS_ENTRY_SIZE - 1) << 48)

#define COMMAND_SIZE		32

/* What a vCPU works off before it looks at signals again; most commands cost 1 */
#define COSTS_AT_A_TIME		64

static const u64 baser_fixed[ITS_BASERS] = {
	[ITS_BASER_DEVICES] = BASER_TYPE(1) | BASER_ENTRY_SIZE,
	[ITS_BASER_COLLECTIONS] = BASER_TYPE(4) | BASER_ENTRY_SIZE,
};

/**
 * its_create() - give a GIC an ITS, which isn't placed yet
 * @gic: with vm->setup held; may have one
 *
 * Return: 0 or -ENOMEM.
 */
int its_create(struct gic *gic)
{
	struct gic_its *its;

	if (gic->its)
		return 0;
	its = kvzalloc(sizeof(*its), GFP_KERNEL_ACCOUNT);
	if (!its)
		return -ENOMEM;
	its->gic = gic;
	mutex_init(&its->lock);
	xa_init_flags(&its->devices, XA_FLAGS_ACCOUNT);
	xa_init_flags(&its->events, XA_FLAGS_ACCOUNT);
	xa_init_flags(&its->collections, XA_FLAGS_ACCOUNT);
	/* Whole before another thread's SEND_MSI looks whether it is placed */
	smp_store_release(&gic->its, its);
	return 0;
}

/**
 * its_destroy() - undo its_create()
 * @gic: nobody else can reach it
 */
void its_destroy(struct gic *gic)
{
	struct gic_its *its = gic->its;

	if (!its)
		return;
	its_forget_table(its, ITS_BASER_DEVICES);
	its_forget_table(its, ITS_BASER_COLLECTIONS);
	kvfree(its);
}

/**
 * its_remove() - a GIC that is placed anew has no ITS before its_place()
 * @gic: with vm->setup held; may have none
 */
void its_remove(struct gic *gic)
{
	if (gic->its)
		WRITE_ONCE(gic->its->placed, false);
}

/**
 * its_place() - the guest has an ITS, as after power-on
 * @its: with vm->setup held, and of a GIC whose redistributors have been reset
 * @addr: guest-physical address
 */
void its_place(struct gic_its *its, u64 addr)
{
	mutex_lock(&its->lock);
	raw_spin_lock_irq(&its->gic->lock);
	WRITE_ONCE(its->enabled, false);
	memset(its->lpi_enabled, 0, sizeof(its->lpi_enabled));
	raw_spin_unlock_irq(&its->gic->lock);
	its->stalled = false;
	its->cbaser = its_attributes(0, INNER_CACHE);
	its->cwriter = 0;
	its->creadr = 0;
	its->baser[ITS_BASER_DEVICES] = 0;
	its->baser[ITS_BASER_COLLECTIONS] = 0;
	its_forget_table(its, ITS_BASER_DEVICES);
	its_forget_table(its, ITS_BASER_COLLECTIONS);
	its->addr = addr;
	/* Whole before others find it */
	smp_store_release(&its->placed, true);
	raw_spin_lock_irq(&its->gic->lock);
	gic_show(its->gic);
	raw_spin_unlock_irq(&its->gic->lock);
	mutex_unlock(&its->lock);
}

/* The table whose GITS_BASER<n> has a half at @offset, or -1 */
static int baser_at(u32 offset)
{
	unsigned int n = (offset - GITS_BASER) / 8;

	return offset >= GITS_BASER && offset < GITS_BASER_END && n < ITS_BASERS ? (int)n : -1;
}

static u64 read64(const struct gic_its *its, u32 offset)
{
	int table = baser_at(offset);

	if (table >= 0)
		return READ_ONCE(its->baser[table]) | baser_fixed[table];
	switch (offset) {
	case GITS_TYPER:
		return TYPER_PHYSICAL | TYPER_ITT_ENTRY_SIZE | TYPER_ID_BITS | TYPER_DEVBITS |
		       TYPER_CIDBITS | TYPER_CIL;
	case GITS_CBASER:
		return READ_ONCE(its->cbaser);
	case GITS_CWRITER:
		return READ_ONCE(its->cwriter);
	case GITS_CREADR:
		return READ_ONCE(its->creadr) | (READ_ONCE(its->stalled) ? CREADR_STALLED : 0);
	}
	return 0;
}

/**
 * its_read() - read a register of the ITS
 * @its: not locked
 * @offset: a multiple of 4
 *
 * Return: its value.
 */
u32 its_read(struct gic_its *its, u32 offset)
{
	switch (offset) {
	case GITS_CTLR:
		return READ_ONCE(its->enabled) ? CTLR_ENABLED : CTLR_QUIESCENT;
	case GITS_IIDR:
		return GIC_IIDR;
	}
	if (offset >= GIC_PIDR && offset < GIC_FRAME)
		return gic_id(offset);
	return offset & 4 ? read64(its, offset - 4) >> 32 : (u32)read64(its, offset);
}

/* There is a command that can be worked off */
static bool has_commands(const struct gic_its *its)
{
	return its->enabled && its->cbaser & ITS_VALID && !its->stalled &&
	       its->creadr != its->cwriter;
}

/* Another place for the queue; both ends of it are at its beginning */
static void set_cbaser(struct gic_its *its, u32 offset, u32 value)
{
	u64 cbaser = its_set_half(its->cbaser, offset, value) & CBASER_BITS;

	if (its->enabled)
		return;
	WRITE_ONCE(its->cbaser, its_attributes(cbaser, INNER_CACHE));
	WRITE_ONCE(its->creadr, 0);
	WRITE_ONCE(its->cwriter, 0);
	WRITE_ONCE(its->stalled, false);
}

static void set_cwriter(struct gic_its *its, u32 value)
{
	u32 at = value & QUEUE_OFFSET;

	/* No command would ever be the last one */
	if (at >= CBASER_BYTES(its->cbaser))
		return;
	WRITE_ONCE(its->cwriter, at);
	if (value & CWRITER_RETRY)
		WRITE_ONCE(its->stalled, false);
}

/* What we keep of a table goes when another takes its place */
static void set_baser(struct gic_its *its, unsigned int table, u32 offset, u32 value)
{
	u64 baser = its_set_half(its->baser[table], offset, value) & BASER_BITS;

	baser = its_attributes(baser, INNER_CACHE);
	if (its->enabled || baser == its->baser[table])
		return;
	WRITE_ONCE(its->baser[table], baser);
	its_forget_table(its, table);
}

static void write_locked(struct gic_its *its, u32 offset, u32 value)
{
	int table = baser_at(offset & ~4U);

	if (table >= 0) {
		set_baser(its, table, offset, value);
		return;
	}
	switch (offset) {
	case GITS_CTLR:
		/* No MSI of before comes behind this */
		raw_spin_lock_irq(&its->gic->lock);
		WRITE_ONCE(its->enabled, value & CTLR_ENABLED);
		raw_spin_unlock_irq(&its->gic->lock);
		break;
	case GITS_CBASER:
	case GITS_CBASER + 4:
		set_cbaser(its, offset, value);
		break;
	case GITS_CWRITER:
		set_cwriter(its, value);
		break;
	}
}

/* What a device writes; a vCPU is the device 0 */
static void translate(struct gic_its *its, u32 value)
{
	raw_spin_lock_irq(&its->gic->lock);
	its_signal(its, 0, value);
	raw_spin_unlock_irq(&its->gic->lock);
}

/**
 * its_write() - write a register of the ITS
 * @its: not locked
 * @by: the vCPU that does; it works off the commands that there are then
 * @offset: a multiple of 4
 * @value: in the bits of @mask
 * @mask: bytes that are written
 */
void its_write(struct gic_its *its, struct gic_cpu *by, u32 offset, u32 value, u32 mask)
{
	if (offset == GITS_TRANSLATER) {
		/* 16 or 32 bits */
		if (mask == ~0U || mask == 0xffff)
			translate(its, value);
		return;
	}
	if (mask != ~0U || mutex_lock_killable(&its->lock))
		return;
	write_locked(its, offset, value);
	if (has_commands(its)) {
		by->serves_its = true;
		gic_poke(by);
	}
	mutex_unlock(&its->lock);
}

/* For a VMM that restores it, and looks after it that there is such a command */
static void set_creadr(struct gic_its *its, u32 value)
{
	u32 at = value & QUEUE_OFFSET;

	if (at >= CBASER_BYTES(its->cbaser))
		return;
	WRITE_ONCE(its->creadr, at);
	WRITE_ONCE(its->stalled, value & CREADR_STALLED);
}

/**
 * its_restore_reg() - write a register of the ITS as a VMM may
 * @its: not locked; of a VM none of whose vCPUs runs
 * @offset: a multiple of 4, in the first frame
 * @value: of it
 *
 * Nobody knows who had commands to work off: it is the first one that runs.
 */
void its_restore_reg(struct gic_its *its, u32 offset, u32 value)
{
	struct gic *gic = its->gic;
	unsigned int i;

	mutex_lock(&its->lock);
	if (offset == GITS_CREADR)
		set_creadr(its, value);
	else
		write_locked(its, offset, value);
	for (i = 0; has_commands(its) && i < gic->nr_cpus; i++) {
		gic->cpus[i]->serves_its = true;
		gic_poke(gic->cpus[i]);
	}
	mutex_unlock(&its->lock);
}

/* The next command, of which the return value is the cost */
static unsigned int serve_one(struct gic_its *its)
{
	u64 from = (its->cbaser & CBASER_ADDR) + its->creadr, words[COMMAND_SIZE / sizeof(u64)];
	unsigned int cost, i;

	if (copy_guest_read(its->gic->vm, from, words, sizeof(words))) {
		WRITE_ONCE(its->stalled, true);
		return 1;
	}
	for (i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = le64_to_cpu((__force __le64)words[i]);
	cost = its_command(its, words);
	WRITE_ONCE(its->creadr, (its->creadr + COMMAND_SIZE) % CBASER_BYTES(its->cbaser));
	return cost;
}

/**
 * its_serve() - work off some commands
 * @cpu: the vCPU that has to, in whose thread we are
 *
 * Returns when there are no more, after a piece of work, or with a signal pending.
 */
void its_serve(struct gic_cpu *cpu)
{
	struct gic_its *its = cpu->gic->its;
	unsigned int costs = 0;

	if (mutex_lock_interruptible(&its->lock))
		return;
	while (has_commands(its) && costs < COSTS_AT_A_TIME)
		costs += serve_one(its);
	cpu->serves_its = has_commands(its);
	mutex_unlock(&its->lock);
}

/**
 * its_signal() - an event of a device
 * @its: its GIC locked
 * @device: DeviceID
 * @event: EventID
 *
 * Return: whether it is an LPI for anybody.
 */
bool its_signal(struct gic_its *its, u32 device, u32 event)
{
	struct its_event to;
	struct gic_cpu *cpu;

	if (!its->placed || !its->enabled || !its_find_event(its, device, event, &to))
		return false;
	cpu = its_find_collection(its, to.collection);
	if (cpu)
		lpi_send(cpu, to.intid);
	return cpu;
}

/**
 * gic_check_msi() - does anything take such an MSI
 * @vm: any
 * @msi: from user space
 *
 * Context: any, hard interrupts too.
 *
 * Return: 0, -EINVAL, -ENOENT, -ENODEV.
 */
int gic_check_msi(const struct vm *vm, const struct arm_vcpu_msi *msi)
{
	/* Pairs with gic_create() */
	struct gic *gic = smp_load_acquire(&vm->gic);
	struct gic_its *its;

	if (msi->device >= GIC_MAX_MSI_DEVICES)
		return -EINVAL;
	if (!gic || !READ_ONCE(gic->placed))
		return -ENODEV;
	its = its_of(gic);
	if (!its || msi->addr != READ_ONCE(its->addr) + GITS_TRANSLATER)
		return -ENOENT;
	return 0;
}

/**
 * gic_send_msi() - the command SEND_MSI: write to GITS_TRANSLATER as a device does
 * @vm: any
 * @msi: from user space
 *
 * Context: any, hard interrupts too.
 *
 * Return: 1; 0: the guest hasn't mapped it; or as gic_check_msi().
 */
int gic_send_msi(struct vm *vm, const struct arm_vcpu_msi *msi)
{
	int ret = gic_check_msi(vm, msi);
	struct gic *gic = vm->gic;
	unsigned long flags;

	if (ret)
		return ret;
	raw_spin_lock_irqsave(&gic->lock, flags);
	ret = its_signal(gic->its, msi->device, msi->data);
	raw_spin_unlock_irqrestore(&gic->lock, flags);
	return ret;
}
