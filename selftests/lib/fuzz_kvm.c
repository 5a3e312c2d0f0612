// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands of /dev/kvm for the fuzzer, and plausible arguments for them.
 */
#include <errno.h>
#include <signal.h>
#include "fuzz_kvm.h"
#include "kvm.h"

#define ROUTES		8
#define REGISTERS	400	/* more than there are */

static void make_extension(struct fuzz *f, void *arg)
{
	*(u64 *)arg = fuzz_below(f, 256);
}

static void make_vm(struct fuzz *f, void *arg)
{
	*(u64 *)arg = fuzz_one_in(f, 2) ? 0 : 32 + fuzz_below(f, 9);
}

static void make_vcpu(struct fuzz *f, void *arg)
{
	*(u64 *)arg = fuzz_below(f, 6);
}

/* That which a VM begins with, mostly */
static u32 slot(struct fuzz *f)
{
	return fuzz_one_in(f, 2) ? 0 : (u32)fuzz_below(f, 4);
}

static void make_memory(struct fuzz *f, void *arg)
{
	struct kvm_userspace_memory_region *memory = arg;
	u64 page = fuzz_page(f);

	memory->slot = (u32)fuzz_below(f, 4);
	memory->flags = fuzz_one_in(f, 2) ? 0 : (u32)fuzz_below(f, 4);
	memory->guest_phys_addr = FUZZ_RAM + page * page_size();
	memory->userspace_addr = FUZZ_MEMORY + page * page_size();
	if (!fuzz_one_in(f, 4))
		memory->memory_size = page_size() << fuzz_below(f, 7);
}

static void make_log(struct fuzz *f, void *arg)
{
	struct kvm_dirty_log *log = arg;

	log->slot = slot(f);
	log->dirty_bitmap = (void *)fuzz_user(f);
}

static void make_clear(struct fuzz *f, void *arg)
{
	struct kvm_clear_dirty_log *log = arg;

	log->slot = slot(f);
	log->num_pages = (u32)(fuzz_one_in(f, 2) ? FUZZ_PAGES : fuzz_below(f, FUZZ_PAGES));
	log->dirty_bitmap = (void *)fuzz_user(f);
}

static void make_cap(struct fuzz *f, void *arg)
{
	struct kvm_enable_cap *cap = arg;

	cap->cap = fuzz_one_in(f, 2) ? KVM_CAP_ARM_NISV_TO_USER : KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2;
	cap->args[0] = fuzz_below(f, 2);
}

static void make_line(struct fuzz *f, void *arg)
{
	struct kvm_irq_level *line = arg;
	u32 type = (u32)fuzz_below(f, 3), vcpu = (u32)fuzz_below(f, 4);

	line->irq = type << KVM_ARM_IRQ_TYPE_SHIFT | vcpu << KVM_ARM_IRQ_VCPU_SHIFT |
		    (u32)fuzz_below(f, type ? 64 : 2);
	line->level = (u32)fuzz_below(f, 2);
}

static void make_ioeventfd(struct fuzz *f, void *arg)
{
	struct kvm_ioeventfd *ioeventfd = arg;

	ioeventfd->flags = fuzz_one_in(f, 2) ? 0 : KVM_IOEVENTFD_FLAG_DEASSIGN;
	ioeventfd->addr = GUEST_MMIO + 8 * fuzz_below(f, 4);
	ioeventfd->len = (u32)(1 << fuzz_below(f, 4));
	ioeventfd->fd = fuzz_event(f);
}

static void make_irqfd(struct fuzz *f, void *arg)
{
	struct kvm_irqfd *irqfd = arg;

	irqfd->flags = (u32)fuzz_below(f, 3);	/* none, DEASSIGN, RESAMPLE */
	irqfd->gsi = (u32)fuzz_below(f, ROUTES);
	irqfd->fd = (u32)fuzz_event(f);
	if (irqfd->flags & KVM_IRQFD_FLAG_RESAMPLE)
		irqfd->resamplefd = (u32)fuzz_event(f);
}

struct routing {
	struct kvm_irq_routing head;
	struct kvm_irq_routing_entry entries[ROUTES];
};

static void make_routing(struct fuzz *f, void *arg)
{
	struct routing *routing = arg;
	u32 i;

	routing->head.nr = (u32)fuzz_below(f, ROUTES + 1);
	for (i = 0; i < ROUTES; i++) {
		struct kvm_irq_routing_entry *entry = &routing->entries[i];

		entry->gsi = i;
		entry->type = KVM_IRQ_ROUTING_IRQCHIP;
		entry->u.irqchip.pin = (u32)fuzz_below(f, 64);
		if (fuzz_one_in(f, 2))
			continue;
		entry->type = KVM_IRQ_ROUTING_MSI;
		entry->flags = KVM_MSI_VALID_DEVID;
		entry->u.msi.address_lo = FUZZ_ITS + 0x10040;
		entry->u.msi.data = (u32)fuzz_below(f, 16);
		entry->u.msi.devid = (u32)fuzz_below(f, 4);
	}
}

static void make_msi(struct fuzz *f, void *arg)
{
	struct kvm_msi *msi = arg;

	msi->flags = KVM_MSI_VALID_DEVID;
	msi->address_lo = FUZZ_ITS + 0x10040;
	msi->data = (u32)fuzz_below(f, 16);
	msi->devid = (u32)fuzz_below(f, 4);
}

static void make_device(struct fuzz *f, void *arg)
{
	struct kvm_create_device *device = arg;

	device->type = fuzz_one_in(f, 2) ? KVM_DEV_TYPE_ARM_VGIC_V3 : KVM_DEV_TYPE_ARM_VGIC_ITS;
	device->flags = fuzz_one_in(f, 8) ? KVM_CREATE_DEVICE_TEST : 0;
}

static int given_device(const void *arg)
{
	const struct kvm_create_device *device = arg;

	return device->flags & KVM_CREATE_DEVICE_TEST ? -1 : (int)device->fd;
}

/* Where is it, by type, of which there is none that is 1 */
static u64 place(u64 type)
{
	static const u64 places[] = {
		0, 0, FUZZ_DIST, FUZZ_REDIST, FUZZ_ITS, FUZZ_REDIST | 4UL << 52,
	};

	return places[type % ARRAY_SIZE(places)];
}

static void make_attr(struct fuzz *f, void *arg)
{
	static const u32 groups[] = { 0, 0, 1, 3, 4, 4, 5, 6, 7, 8 };
	static const u32 registers[] = { 0x0, 0x80, 0x84, 0x88, 0x90, 0x100, 0x108, 0x200, 0x300 };
	static const u32 icc[] = { 0xc230, 0xc643, 0xc663, 0xc664, 0xc665, 0xc666, 0xc667 };
	struct kvm_device_attr *attr = arg;
	u64 value = fuzz_value(f), mpidr = fuzz_below(f, 4) << 32;

	attr->group = fuzz_pick(f, groups);
	switch (attr->group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR:
		attr->attr = fuzz_below(f, 6);
		value = place(attr->attr);
		break;
	case KVM_DEV_ARM_VGIC_GRP_NR_IRQS:
		value = 64 + 32 * fuzz_below(f, 4);
		break;
	case KVM_DEV_ARM_VGIC_GRP_CTRL:
		attr->attr = fuzz_below(f, 5);
		break;
	case KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS:
		attr->attr = mpidr | fuzz_pick(f, icc);
		break;
	case KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO:
		attr->attr = mpidr | fuzz_below(f, 2) << 10 | 32 * fuzz_below(f, 4);
		break;
	default:
		attr->attr = mpidr | (fuzz_one_in(f, 4) ? 0x10000 : 0) | fuzz_pick(f, registers);
	}
	attr->addr = fuzz_word(f, value);
}

static void make_init(struct fuzz *f, void *arg)
{
	struct kvm_vcpu_init *init = arg;

	init->target = KVM_ARM_TARGET_GENERIC_V8;
	if (!fuzz_one_in(f, 8))
		init->features[0] = 1 << KVM_ARM_VCPU_PSCI_0_2;
	if (fuzz_one_in(f, 8))
		init->features[0] |= 1 << KVM_ARM_VCPU_POWER_OFF;
}

/* pc and x0 to x3 lead somewhere */
static void make_reg(struct fuzz *f, void *arg)
{
	static const u64 known[] = {
		KVM_REG_ARM_PSCI_VERSION, KVM_REG_ARM_TIMER_CNT, KVM_REG_ARM_TIMER_CVAL,
		KVM_REG_ARM_STD_BMAP, KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1, KVM_CORE(sp_el1),
		KVM_CORE(fp_regs.fpsr), KVM_PSTATE, ARM64_SYS_REG(3, 0, 1, 0, 0),
	};
	struct kvm_one_reg *reg = arg;
	u64 value = fuzz_value(f);

	switch (fuzz_below(f, 4)) {
	case 0:
		reg->id = fuzz_pick(f, known);
		break;
	case 1:
		reg->id = ARM64_SYS_REG(2, 0, 0, 0, 0) + (fuzz_next(f) & 0x7fff);
		break;
	case 2:
		reg->id = KVM_PC;
		value = FUZZ_RAM + fuzz_below(f, FUZZ_CODE) * page_size();
		break;
	default:
		reg->id = KVM_X(fuzz_below(f, 4));
		value = fuzz_gpa(f);
	}
	reg->addr = fuzz_word(f, value);
}

static void make_list(struct fuzz *f, void *arg)
{
	struct kvm_reg_list *list = arg;

	list->n = fuzz_one_in(f, 4) ? fuzz_below(f, REGISTERS) : REGISTERS;
}

static void make_mp(struct fuzz *f, void *arg)
{
	struct kvm_mp_state *state = arg;

	state->mp_state = fuzz_one_in(f, 4) ? KVM_MP_STATE_STOPPED : KVM_MP_STATE_RUNNABLE;
}

static void make_events(struct fuzz *f, void *arg)
{
	struct kvm_vcpu_events *events = arg;

	events->exception.serror_pending = (u8)fuzz_below(f, 2);
	events->exception.ext_dabt_pending = (u8)fuzz_below(f, 2);
}

static void make_debug(struct fuzz *f, void *arg)
{
	static const u32 controls[] = {
		0, KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP,
		KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_SW_BP,
		KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW,
	};
	struct kvm_guest_debug *debug = arg;
	unsigned int i;

	debug->control = fuzz_pick(f, controls);
	for (i = 0; i < KVM_ARM_MAX_DBG_REGS; i++) {
		debug->arch.dbg_bcr[i] = fuzz_next(f);
		debug->arch.dbg_bvr[i] = FUZZ_RAM + 4 * fuzz_below(f, 32);
		debug->arch.dbg_wcr[i] = fuzz_next(f);
		debug->arch.dbg_wvr[i] = fuzz_gpa(f);
	}
}

struct signals {
	u32 length;
	u64 mask;
} __attribute__((packed));

static void make_signals(struct fuzz *f, void *arg)
{
	struct signals *signals = arg;

	signals->length = sizeof(signals->mask);
	signals->mask = fuzz_next(f);
}

/* What ends a RUN does so: SIGUSR1, and the SIGALRM of who waits too long */
static void tame_signals(void *arg)
{
	struct signals *signals = arg;

	signals->mask &= ~(1UL << (SIGUSR1 - 1) | 1UL << (SIGALRM - 1));
}

static void make_timer(struct fuzz *f, void *arg)
{
	struct kvm_device_attr *attr = arg;

	attr->group = KVM_ARM_VCPU_TIMER_CTRL;
	attr->attr = fuzz_below(f, 3);
	attr->addr = fuzz_word(f, fuzz_one_in(f, 2) ? 27 : 30);
}

/* What any command of a VM's or a vCPU's may return: it is another process's */
#define OWNED(...)	FUZZ_ERRORS(EIO, EINTR, ##__VA_ARGS__)
#define GIC_STATE(...)	OWNED(EBUSY, ENOENT, ENXIO, ##__VA_ARGS__)
/* Also those of what an attribute sets off */
#define ATTRIBUTE	GIC_STATE(E2BIG, EEXIST, EFAULT, ENODEV, ENOMEM, ENOSPC)

#define STRUCT(command)	\
	.name = #command, .number = KVM_##command, .size = _IOC_SIZE(KVM_##command)
#define PLAIN(command)	.name = #command, .number = KVM_##command
#define ADDRESS(type, field)	.address = offsetof(struct type, field)

const struct fuzz_command kvm_commands[KVM_COMMANDS] = {
	[API_VERSION] = { PLAIN(GET_API_VERSION), .on = FUZZ_SYSTEM },
	[CREATE_VM] = { PLAIN(CREATE_VM), .on = FUZZ_SYSTEM, .gives = FUZZ_VM, .make = make_vm,
		.errors = FUZZ_ERRORS(EINTR, ENOMEM, ENOSPC) },
	[CHECK_EXTENSION] = { PLAIN(CHECK_EXTENSION), .on = FUZZ_SYSTEM, .make = make_extension,
		.always = true },
	[MMAP_SIZE] = { PLAIN(GET_VCPU_MMAP_SIZE), .on = FUZZ_SYSTEM },
	[VM_CHECK_EXTENSION] = { .name = "CHECK_EXTENSION of a VM", .number = KVM_CHECK_EXTENSION,
		.on = FUZZ_VM, .make = make_extension, .always = true },
	[VCPU] = { PLAIN(CREATE_VCPU), .on = FUZZ_VM, .gives = FUZZ_VCPU, .make = make_vcpu,
		.errors = OWNED(EBUSY, EEXIST, ENOMEM, ENOSPC) },
	[MEMORY] = { STRUCT(SET_USER_MEMORY_REGION), .on = FUZZ_VM, .make = make_memory,
		ADDRESS(kvm_userspace_memory_region, userspace_addr),
		.errors = OWNED(EEXIST, ENOMEM, ENOSPC) },
	[GET_LOG] = { STRUCT(GET_DIRTY_LOG), .on = FUZZ_VM, .make = make_log,
		ADDRESS(kvm_dirty_log, dirty_bitmap), .errors = OWNED(ENOENT) },
	[CLEAR_LOG] = { STRUCT(CLEAR_DIRTY_LOG), .on = FUZZ_VM, .make = make_clear,
		ADDRESS(kvm_clear_dirty_log, dirty_bitmap), .errors = OWNED(ENOENT) },
	[TARGET] = { STRUCT(ARM_PREFERRED_TARGET), .on = FUZZ_VM },
	[ENABLE_CAP] = { STRUCT(ENABLE_CAP), .on = FUZZ_VM, .make = make_cap },
	[IRQ_LINE] = { STRUCT(IRQ_LINE), .on = FUZZ_VM, .make = make_line,
		.errors = OWNED(EBUSY, ENXIO) },
	[IOEVENTFD] = { STRUCT(IOEVENTFD), .on = FUZZ_VM, .make = make_ioeventfd,
		.errors = OWNED(EEXIST, ENOENT, ENOSPC) },
	[IRQFD] = { STRUCT(IRQFD), .on = FUZZ_VM, .gic = true, .make = make_irqfd,
		.errors = OWNED(EAGAIN, EBUSY, ENOMEM, ENOSPC) },
	[ROUTING] = { PLAIN(SET_GSI_ROUTING), .size = sizeof(struct routing), .on = FUZZ_VM,
		.gic = true, .make = make_routing, .errors = OWNED(ENOMEM) },
	[MSI] = { STRUCT(SIGNAL_MSI), .on = FUZZ_VM, .gic = true, .make = make_msi,
		.errors = OWNED(ENODEV) },
	[MAKE_DEVICE] = { STRUCT(CREATE_DEVICE), .on = FUZZ_VM, .gives = FUZZ_DEVICE, .gic = true,
		.make = make_device, .given = given_device,
		.errors = OWNED(EBUSY, EEXIST, ENODEV, ENOMEM) },
	[SET_ATTR] = { STRUCT(SET_DEVICE_ATTR), .on = FUZZ_DEVICE, .gic = true, .make = make_attr,
		ADDRESS(kvm_device_attr, addr), .errors = ATTRIBUTE },
	[GET_ATTR] = { STRUCT(GET_DEVICE_ATTR), .on = FUZZ_DEVICE, .gic = true, .make = make_attr,
		ADDRESS(kvm_device_attr, addr), .errors = ATTRIBUTE },
	[HAS_ATTR] = { STRUCT(HAS_DEVICE_ATTR), .on = FUZZ_DEVICE, .gic = true, .make = make_attr,
		ADDRESS(kvm_device_attr, addr), .errors = ATTRIBUTE },
	[RUN] = { PLAIN(RUN), .on = FUZZ_VCPU,
		.errors = OWNED(EBUSY, EFAULT, ENOEXEC, ENOSYS, ENXIO) },
	[INIT] = { STRUCT(ARM_VCPU_INIT), .on = FUZZ_VCPU, .make = make_init,
		.errors = OWNED(ENOENT) },
	[GET_ONE] = { STRUCT(GET_ONE_REG), .on = FUZZ_VCPU, .make = make_reg,
		ADDRESS(kvm_one_reg, addr), .errors = OWNED(ENOENT, ENOEXEC) },
	[SET_ONE] = { STRUCT(SET_ONE_REG), .on = FUZZ_VCPU, .make = make_reg,
		ADDRESS(kvm_one_reg, addr), .errors = OWNED(EBUSY, ENOENT, ENOEXEC) },
	[REG_LIST] = { PLAIN(GET_REG_LIST), .size = sizeof(u64) * (1 + REGISTERS), .on = FUZZ_VCPU,
		.make = make_list, .errors = OWNED(E2BIG, ENOEXEC) },
	[GET_MP] = { STRUCT(GET_MP_STATE), .on = FUZZ_VCPU, .errors = OWNED() },
	[SET_MP] = { STRUCT(SET_MP_STATE), .on = FUZZ_VCPU, .make = make_mp,
		.errors = OWNED(ENOEXEC) },
	[GET_EVENTS] = { STRUCT(GET_VCPU_EVENTS), .on = FUZZ_VCPU, .errors = OWNED(ENOEXEC) },
	[SET_EVENTS] = { STRUCT(SET_VCPU_EVENTS), .on = FUZZ_VCPU, .make = make_events,
		.errors = OWNED(ENOEXEC) },
	[DEBUG] = { STRUCT(SET_GUEST_DEBUG), .on = FUZZ_VCPU, .make = make_debug,
		.errors = OWNED() },
	[SIGNALS] = { PLAIN(SET_SIGNAL_MASK), .size = sizeof(struct signals), .on = FUZZ_VCPU,
		.make = make_signals, .tame = tame_signals, .errors = OWNED() },
	/* By mistake, of a device's */
	[VCPU_SET_ATTR] = { .name = "SET_DEVICE_ATTR of a vCPU", .number = KVM_SET_DEVICE_ATTR,
		.size = sizeof(struct kvm_device_attr), .on = FUZZ_VCPU, .gic = true,
		.make = make_timer, ADDRESS(kvm_device_attr, addr), .errors = ATTRIBUTE },
	[VCPU_GET_ATTR] = { .name = "GET_DEVICE_ATTR of a vCPU", .number = KVM_GET_DEVICE_ATTR,
		.size = sizeof(struct kvm_device_attr), .on = FUZZ_VCPU, .make = make_timer,
		ADDRESS(kvm_device_attr, addr), .errors = ATTRIBUTE },
	[VCPU_HAS_ATTR] = { .name = "HAS_DEVICE_ATTR of a vCPU", .number = KVM_HAS_DEVICE_ATTR,
		.size = sizeof(struct kvm_device_attr), .on = FUZZ_VCPU, .make = make_timer,
		ADDRESS(kvm_device_attr, addr), .errors = ATTRIBUTE },
};
