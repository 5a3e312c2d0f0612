// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands of /dev/arm_vcpu for the fuzzer, and plausible arguments for them.
 */
#include <errno.h>
#include <unistd.h>
#include "fuzz_native.h"

static u64 some_flags(struct fuzz *f, u64 all)
{
	return fuzz_one_in(f, 2) ? 0 : fuzz_next(f) & all;
}

u64 native_config(struct fuzz *f)
{
	static const u64 usual[] = {
		0, ARM_VCPU_CONFIG_PSCI, ARM_VCPU_CONFIG_GIC,
		ARM_VCPU_CONFIG_GIC | ARM_VCPU_CONFIG_PSCI,
		ARM_VCPU_CONFIG_GIC | ARM_VCPU_CONFIG_PSCI | ARM_VCPU_CONFIG_NO_PAUTH,
		ARM_VCPU_CONFIG_GIC | ARM_VCPU_CONFIG_SYSREG_EXITS,
		ARM_VCPU_CONFIG_VGIC | ARM_VCPU_CONFIG_SGI_EXITS,
		ARM_VCPU_CONFIG_SYSREG_EXITS | ARM_VCPU_CONFIG_SMCCC,
	};

	return fuzz_pick(f, usual);
}

static void make_config(struct fuzz *f, void *arg)
{
	struct arm_vcpu_config *config = arg;

	config->flags = fuzz_one_in(f, 4) ? fuzz_next(f) & 0x1e7 : native_config(f);
	config->ipa_bits = fuzz_one_in(f, 2) ? 0 : 32 + (u32)fuzz_below(f, 9);
}

static void make_memory(struct fuzz *f, void *arg)
{
	struct arm_vcpu_memory *memory = arg;
	u64 page = fuzz_page(f);

	memory->flags = some_flags(f, ARM_VCPU_MEMORY_READONLY | ARM_VCPU_MEMORY_LOG_DIRTY);
	memory->guest_addr = fuzz_one_in(f, 8) ? fuzz_gpa(f) : FUZZ_RAM + page * page_size();
	memory->user_addr = fuzz_one_in(f, 8) ? fuzz_user(f) : FUZZ_MEMORY + page * page_size();
	if (!fuzz_one_in(f, 4))
		memory->length = page_size() << fuzz_below(f, 7);
}

static void make_dirty(struct fuzz *f, void *arg)
{
	struct arm_vcpu_dirty *dirty = arg;

	dirty->flags = fuzz_below(f, 3);
	dirty->guest_addr = fuzz_one_in(f, 2) ? FUZZ_RAM : fuzz_gpa(f) & -page_size();
	dirty->length = page_size() << (fuzz_one_in(f, 2) ? 6 : fuzz_below(f, 7));
	dirty->bitmap = fuzz_user(f);
}

static void make_filter(struct fuzz *f, void *arg)
{
	struct arm_vcpu_smccc_filter *filter = arg;

	filter->first = (fuzz_one_in(f, 2) ? 0x84000000 : 0xc4000000) + (u32)fuzz_below(f, 32);
	filter->count = 1 + (u32)fuzz_below(f, 4);
	filter->action = fuzz_below(f, 3);
}

static void make_create(struct fuzz *f, void *arg)
{
	struct arm_vcpu_create *create = arg;

	create->mpidr = fuzz_below(f, 8) << (fuzz_one_in(f, 4) ? 8 : 0);
}

static void make_gic(struct fuzz *f, void *arg)
{
	struct arm_vcpu_gic_setup *setup = arg;

	setup->spis = 32 * (u32)fuzz_below(f, 4);
	setup->flags = some_flags(f, ARM_VCPU_GIC_ITS | ARM_VCPU_GIC_KEEP);
	setup->distributor = fuzz_one_in(f, 8) ? ARM_VCPU_GIC_NOWHERE : FUZZ_DIST;
	setup->redistributors[0].addr = FUZZ_REDIST;
	setup->redistributors[0].count = (u32)fuzz_below(f, 8);
	if (setup->flags & ARM_VCPU_GIC_ITS)
		setup->its = FUZZ_ITS;
}

static void make_irq(struct fuzz *f, void *arg)
{
	struct arm_vcpu_irq *irq = arg;

	irq->intid = 16 + (u32)fuzz_below(f, 80);
	irq->level = (u32)fuzz_below(f, 2);
	irq->mpidr = irq->intid < 32 ? fuzz_below(f, 4) : 0;
}

static void make_msi(struct fuzz *f, void *arg)
{
	struct arm_vcpu_msi *msi = arg;

	msi->device = (u32)fuzz_below(f, 4);
	msi->addr = FUZZ_ITS + 0x10040;
	msi->data = (u32)fuzz_below(f, 16);
}

static void make_irqfd(struct fuzz *f, void *arg)
{
	struct arm_vcpu_irqfd *irqfd = arg;

	irqfd->flags = some_flags(f, 7);
	irqfd->fd = fuzz_event(f);
	if (irqfd->flags & ARM_VCPU_IRQFD_MSI) {
		irqfd->addr = FUZZ_ITS + 0x10040;
		irqfd->device = (u32)fuzz_below(f, 4);
	} else {
		irqfd->intid = 32 + (u32)fuzz_below(f, 4);
	}
	if (irqfd->flags & ARM_VCPU_IRQFD_RESAMPLE)
		irqfd->resample_fd = fuzz_event(f);
}

static void make_ioeventfd(struct fuzz *f, void *arg)
{
	struct arm_vcpu_ioeventfd *ioeventfd = arg;

	ioeventfd->flags = some_flags(f, 3);
	ioeventfd->guest_addr = GUEST_MMIO + 8 * fuzz_below(f, 4);
	ioeventfd->length = (u32)(1 << fuzz_below(f, 4));
	ioeventfd->fd = fuzz_event(f);
}

/* Tables and commands of the ITS lie anywhere in memory, with anything in them */
static void make_its_state(struct fuzz *f, struct arm_vcpu_gic_state *state)
{
	static const u64 registers[] = { 0x0, 0x80, 0x84, 0x88, 0x90, 0x100, 0x104, 0x108, 0x10c };

	state->offset = fuzz_pick(f, registers);
	state->value = state->offset == 0 ? fuzz_below(f, 2) :
		       state->offset & 4 ? 1U << 31 : (u32)fuzz_gpa(f);
}

static void make_gic_state(struct fuzz *f, void *arg)
{
	static const u32 distributor[] = { 0x0, 0x80, 0x100, 0x180, 0x200, 0x300, 0x400, 0xc00 };
	static const u32 icc[] = { 0xc230, 0xc643, 0xc663, 0xc664, 0xc665, 0xc666, 0xc667 };
	struct arm_vcpu_gic_state *state = arg;

	state->group = (u32)fuzz_below(f, 6);
	state->value = fuzz_value(f);
	switch (state->group) {
	case ARM_VCPU_GIC_ITS_REGISTERS:
		make_its_state(f, state);
		break;
	case ARM_VCPU_GIC_DISTRIBUTOR:
		state->offset = fuzz_pick(f, distributor) + 4 * fuzz_below(f, 4);
		state->value = (u32)state->value;
		break;
	case ARM_VCPU_GIC_CPU_INTERFACE:
		state->offset = fuzz_pick(f, icc);
		state->mpidr = fuzz_below(f, 4);
		break;
	case ARM_VCPU_GIC_REDISTRIBUTOR:
		state->offset = fuzz_one_in(f, 2) ? 4 * fuzz_below(f, 32) :
						    0x10000 + fuzz_pick(f, distributor);
		state->value = (u32)state->value;
		state->mpidr = fuzz_below(f, 4);
		break;
	default:
		state->offset = 32 * fuzz_below(f, 4);
	}
}

static void make_entry(struct fuzz *f, void *arg)
{
	static const u64 devices[] = { GUEST_MMIO, FUZZ_DIST, FUZZ_REDIST, FUZZ_ITS };
	struct arm_vcpu_entry *entry = arg;

	entry->pc = FUZZ_RAM + fuzz_below(f, FUZZ_CODE) * page_size();
	entry->x[0] = FUZZ_RAM + fuzz_page(f) * page_size();
	entry->x[1] = fuzz_pick(f, devices) + 4 * fuzz_below(f, 256);
	entry->x[2] = fuzz_value(f);
}

static void make_reg(struct fuzz *f, void *arg)
{
	static const u64 ids[] = {
		ARM_VCPU_REG_SP_EL1, ARM_VCPU_REG_ELR_EL1, ARM_VCPU_REG_SPSR_EL1,
		ARM_VCPU_REG_V(3), ARM_VCPU_REG_FPSR, ARM_VCPU_REG_PSCI_VERSION,
		ARM_VCPU_REG_SYSREG(3, 3, 14, 3, 1), ARM_VCPU_REG_SYSREG(3, 3, 14, 3, 2),
		ARM_VCPU_REG_SYSREG(3, 0, 1, 0, 0), ARM_VCPU_REG_SYSREG(3, 0, 12, 0, 0),
	};
	struct arm_vcpu_reg *reg = arg;

	reg->id = fuzz_one_in(f, 2) ? fuzz_pick(f, ids) :
		  ARM_VCPU_REG_SYSREG(2, 0, 0, 0, 0) + (fuzz_next(f) & 0x7fff);
	if (fuzz_one_in(f, 2))
		reg->value[0] = fuzz_value(f);
}

static void make_list(struct fuzz *f, void *arg)
{
	struct arm_vcpu_reg_list *list = arg;

	list->count = (u32)fuzz_below(f, 512);
	list->ids = fuzz_user(f);
}

static void make_inject(struct fuzz *f, void *arg)
{
	struct arm_vcpu_inject *inject = arg;

	inject->flags = fuzz_below(f, 2);
	if (!inject->flags)
		inject->esr = fuzz_next(f) & 0xffffffff;
}

static void make_debug(struct fuzz *f, void *arg)
{
	struct arm_vcpu_debug *debug = arg;

	debug->flags = fuzz_below(f, 8);
	if (debug->flags & ARM_VCPU_DEBUG_POINTS) {
		debug->breakpoints[0].value = FUZZ_RAM + 4 * fuzz_below(f, 32);
		debug->breakpoints[0].control = 0x1e7;
		debug->watchpoints[0].value = fuzz_gpa(f) & ~7UL;
		debug->watchpoints[0].control = 0x1fff;
	}
}

static void make_stats(struct fuzz *f, void *arg)
{
	struct arm_vcpu_stats *stats = arg;

	stats->count = (u32)fuzz_below(f, 64);
	stats->values = fuzz_user(f);
}

static void make_power(struct fuzz *f, void *arg)
{
	struct arm_vcpu_power *power = arg;

	power->state = fuzz_below(f, 2);
}

/* What any command may return that needs the VM to be its own */
#define OWNED(...)	FUZZ_ERRORS(EIO, ##__VA_ARGS__)
#define SETS_UP(...)	OWNED(EINTR, ENOMEM, ENOSPC, __VA_ARGS__)
#define AT_REST(...)	OWNED(EBUSY, ENOEXEC, ##__VA_ARGS__)

#define STRUCT(command, type)	\
	.name = #command, .number = ARM_VCPU_##command, .size = sizeof(struct arm_vcpu_##type), \
	.sized = true
#define PLAIN(command)		.name = #command, .number = ARM_VCPU_##command

const struct fuzz_command native_commands[NATIVE_COMMANDS] = {
	[GET_INFO] = { STRUCT(GET_INFO, info), .on = FUZZ_VM },
	[CONFIGURE] = { STRUCT(CONFIGURE, config), .on = FUZZ_VM, .make = make_config,
		.errors = SETS_UP(EBUSY, EOPNOTSUPP, EPERM) },
	[SET_MEMORY] = { STRUCT(SET_MEMORY, memory), .on = FUZZ_VM, .make = make_memory,
		.address = offsetof(struct arm_vcpu_memory, user_addr),
		.errors = SETS_UP(EEXIST, ENOENT, EOPNOTSUPP) },
	[GET_DIRTY] = { STRUCT(GET_DIRTY, dirty), .on = FUZZ_VM, .make = make_dirty,
		.address = offsetof(struct arm_vcpu_dirty, bitmap),
		.errors = OWNED(EINTR, ENOENT, EOPNOTSUPP) },
	[SET_SMCCC_FILTER] = { STRUCT(SET_SMCCC_FILTER, smccc_filter), .on = FUZZ_VM,
		.make = make_filter, .errors = OWNED(EBUSY, EEXIST, ENODEV, ENOSPC) },
	[CREATE_VCPU] = { STRUCT(CREATE_VCPU, create), .on = FUZZ_VM, .gives = FUZZ_VCPU,
		.make = make_create, .errors = SETS_UP(EEXIST, EOPNOTSUPP) },
	[ADD_GIC] = { PLAIN(ADD_GIC), .on = FUZZ_VM, .gic = true,
		.errors = SETS_UP(EBUSY, EEXIST, EOPNOTSUPP) },
	[SET_GIC] = { STRUCT(SET_GIC, gic_setup), .on = FUZZ_VM, .gic = true, .make = make_gic,
		.errors = OWNED(EBUSY, EEXIST, ENODEV, ENOMEM, EOPNOTSUPP) },
	[SET_IRQ] = { STRUCT(SET_IRQ, irq), .on = FUZZ_VM, .gic = true, .make = make_irq,
		.errors = OWNED(ENODEV, ENOENT) },
	[SEND_MSI] = { STRUCT(SEND_MSI, msi), .on = FUZZ_VM, .gic = true, .make = make_msi,
		.errors = OWNED(ENODEV, ENOENT, EOPNOTSUPP) },
	[IRQFD] = { STRUCT(IRQFD, irqfd), .on = FUZZ_VM, .gic = true, .make = make_irqfd,
		.errors = OWNED(EEXIST, ENODEV, ENOENT, ENOMEM, ENOSPC, EOPNOTSUPP) },
	[IOEVENTFD] = { STRUCT(IOEVENTFD, ioeventfd), .on = FUZZ_VM, .make = make_ioeventfd,
		.errors = SETS_UP(EEXIST, ENOENT, EOPNOTSUPP) },
	[GET_GIC_STATE] = { STRUCT(GET_GIC_STATE, gic_state), .on = FUZZ_VM, .gic = true,
		.make = make_gic_state, .errors = OWNED(EBUSY, ENODEV, ENOENT) },
	[SET_GIC_STATE] = { STRUCT(SET_GIC_STATE, gic_state), .on = FUZZ_VM, .gic = true,
		.make = make_gic_state, .errors = OWNED(EBUSY, ENODEV, ENOENT) },
	[SAVE_ITS] = { PLAIN(SAVE_ITS), .on = FUZZ_VM, .gic = true,
		.errors = OWNED(EBUSY, EFAULT, ENODEV) },
	[RESTORE_ITS] = { PLAIN(RESTORE_ITS), .on = FUZZ_VM, .gic = true,
		.errors = OWNED(EBUSY, EFAULT, ENODEV, ENOMEM, ENOSPC) },
	[KICK] = { PLAIN(KICK), .on = FUZZ_VCPU },
	[KICK_VM] = { .name = "KICK of a VM", .number = ARM_VCPU_KICK, .on = FUZZ_VM },
	[SET_ENTRY] = { STRUCT(SET_ENTRY, entry), .on = FUZZ_VCPU, .make = make_entry,
		.errors = OWNED(EBUSY, EOPNOTSUPP) },
	[RUN] = { PLAIN(RUN), .on = FUZZ_VCPU, .errors = AT_REST(EINTR) },
	[GET_REG] = { STRUCT(GET_REG, reg), .on = FUZZ_VCPU, .make = make_reg,
		.errors = AT_REST(ENOENT) },
	[SET_REG] = { STRUCT(SET_REG, reg), .on = FUZZ_VCPU, .make = make_reg,
		.errors = AT_REST(ENOENT) },
	[LIST_REGS] = { STRUCT(LIST_REGS, reg_list), .on = FUZZ_VCPU, .make = make_list,
		.address = offsetof(struct arm_vcpu_reg_list, ids), .errors = AT_REST() },
	[INJECT] = { STRUCT(INJECT, inject), .on = FUZZ_VCPU, .make = make_inject,
		.errors = AT_REST(EOPNOTSUPP) },
	[SET_DEBUG] = { STRUCT(SET_DEBUG, debug), .on = FUZZ_VCPU, .make = make_debug,
		.errors = OWNED(EBUSY, EOPNOTSUPP) },
	[GET_STATS] = { STRUCT(GET_STATS, stats), .on = FUZZ_VCPU, .make = make_stats,
		.address = offsetof(struct arm_vcpu_stats, values), .errors = OWNED() },
	[GET_POWER] = { STRUCT(GET_POWER, power), .on = FUZZ_VCPU, .make = make_power,
		.errors = OWNED(ENODEV) },
	[SET_POWER] = { STRUCT(SET_POWER, power), .on = FUZZ_VCPU, .make = make_power,
		.errors = AT_REST(ENODEV) },
};

bool native_has_gic(void)
{
	return vm_flags() & ARM_VCPU_CONFIG_GIC;
}

void native_set_gic(struct fuzz *f, int vm)
{
	native_call(f, SET_GIC, vm, gic_setup, .spis = 64, .flags = ARM_VCPU_GIC_ITS,
		    .distributor = FUZZ_DIST, .redistributors = { { FUZZ_REDIST, 8 } },
		    .its = FUZZ_ITS);
}
