// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same as fuzz_abi for arm_vcpu_kvm's /dev/kvm.
 */
#include <errno.h>
#include <unistd.h>
#include "kselftest_harness.h"
#include "fuzz_kvm.h"
#include "kvm.h"
#include "module.h"

#define DEV_KVM	"/dev/kvm"

static int drawn(struct fuzz *f, unsigned int command, int fd)
{
	return fuzz_try(f, &kvm_commands[command], fd);
}

static int call(struct fuzz *f, unsigned int command, int fd, const void *arg)
{
	return fuzz_call(f, &kvm_commands[command], fd, arg);
}

static void set_reg(struct fuzz *f, int vcpu, u64 id, u64 value)
{
	struct kvm_one_reg reg = { .id = id, .addr = fuzz_word(f, value) };

	call(f, SET_ONE, vcpu, &reg);
}

static void set_attr(struct fuzz *f, int device, u32 group, u64 attr, u64 value)
{
	struct kvm_device_attr arg = {
		.group = group, .attr = attr, .addr = fuzz_word(f, value),
	};

	call(f, SET_ATTR, device, &arg);
}

static void build_gic(struct fuzz *f, int vm)
{
	struct kvm_create_device gic = { .type = KVM_DEV_TYPE_ARM_VGIC_V3 };
	struct kvm_create_device its = { .type = KVM_DEV_TYPE_ARM_VGIC_ITS };
	int device = call(f, MAKE_DEVICE, vm, &gic);

	set_attr(f, device, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_DIST, FUZZ_DIST);
	set_attr(f, device, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_REDIST, FUZZ_REDIST);
	set_attr(f, device, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, 0);
	if (fuzz_one_in(f, 4))
		return;
	device = call(f, MAKE_DEVICE, vm, &its);
	set_attr(f, device, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, 0);
	set_attr(f, device, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_ITS_ADDR_TYPE, FUZZ_ITS);
}

static void build(struct fuzz *f)
{
	static const unsigned int more[] = {
		IRQFD, IOEVENTFD, IRQ_LINE, MSI, ROUTING, ENABLE_CAP, GET_LOG, CLEAR_LOG,
	};
	struct kvm_userspace_memory_region memory = {
		.guest_phys_addr = FUZZ_RAM, .memory_size = FUZZ_PAGES * page_size(),
		.userspace_addr = FUZZ_MEMORY,
		.flags = fuzz_one_in(f, 2) ? KVM_MEM_LOG_DIRTY_PAGES : 0,
	};
	/* Where exceptions go after a reset */
	const struct kvm_userspace_memory_region vectors = {
		.slot = 1, .memory_size = page_size(), .userspace_addr = FUZZ_MEMORY,
	};
	int vm = call(f, CREATE_VM, fuzz_open(f), NULL), vcpu;
	u64 i;

	call(f, MEMORY, vm, &memory);
	call(f, MEMORY, vm, &vectors);
	if (memory.flags) {
		drawn(f, GET_LOG, vm);
		drawn(f, CLEAR_LOG, vm);
	}
	for (i = fuzz_below(f, 4); i; i--) {
		vcpu = call(f, VCPU, vm, (void *)(i - 1));
		drawn(f, INIT, vcpu);
		set_reg(f, vcpu, KVM_PC, FUZZ_RAM + fuzz_below(f, FUZZ_CODE) * page_size());
	}
	if (!fuzz_one_in(f, 3))
		build_gic(f, vm);
	for (i = fuzz_below(f, 4); i; i--)
		drawn(f, fuzz_pick(f, more), vm);
}

static void scribble(struct fuzz *f, void *page)
{
	volatile struct kvm_run *run = page;
	volatile u64 *words = page;
	u64 i, n = fuzz_below(f, page_size() / 8);

	for (i = fuzz_below(f, 32); i < n; i++)
		words[i] = fuzz_next(f);
	run->immediate_exit = fuzz_one_in(f, 8);
}

static void begin_anew(struct fuzz *f, int vcpu)
{
	if (fuzz_one_in(f, 2))
		drawn(f, INIT, vcpu);
	set_reg(f, vcpu, KVM_PSTATE, PSR_DAIF | PSR_EL1H);
	set_reg(f, vcpu, KVM_PC, FUZZ_RAM + fuzz_below(f, FUZZ_CODE) * page_size());
	set_reg(f, vcpu, KVM_X(0), fuzz_gpa(f));
	set_reg(f, vcpu, KVM_X(1), GUEST_MMIO);
}

/* Where a guest has got lost it begins anew */
static void run(struct fuzz *f, int vcpu, void *page)
{
	volatile struct kvm_run *run = page;
	bool lost = fuzz_one_in(f, 4);
	u64 n;

	run->immediate_exit = 0;
	for (n = 1 + fuzz_below(f, 16); n; n--) {
		int ret;

		if (lost)
			begin_anew(f, vcpu);
		ret = call(f, RUN, vcpu, NULL);
		lost = ret && ret != -EINTR;
		if (!ret)
			fuzz_exited(run->exit_reason);
	}
}

static bool has_gic(void)
{
	struct kvm kvm;
	bool has;

	kvm_begin(&kvm);
	has = kvm_check(kvm.fd, KVM_CAP_IRQCHIP) > 0;
	kvm_end(&kvm);
	return has;
}

/* What it has stored, by a device */
GUEST_ASM(guest_tells, "str w0, [x1]\n b guest_tells");

static void a_vm_works(void)
{
	struct kvm_vcpu vcpu;
	struct kvm kvm;

	kvm_begin(&kvm);
	kvm_vcpu(&kvm, 0, 0, &vcpu);
	kvm_enter(&vcpu, guest_tells, 5, GUEST_MMIO, 0);
	if (kvm_told(&vcpu) != 5)
		die("a guest has stored something else");
	kvm_end(&kvm);
}

FIXTURE(fuzz) {
	bool loaded;
};

FIXTURE_SETUP(fuzz)
{
	self->loaded = access(DEV_KVM, F_OK) != 0;
	if (self->loaded)
		ASSERT_EQ(0, module_load(ARM_VCPU_KVM_KO));
}

static bool is_unloaded(void)
{
	return access(DEV_KVM, F_OK) || !module_unload("arm_vcpu_kvm");
}

/* It goes when nobody uses it any more */
FIXTURE_TEARDOWN(fuzz)
{
	if (self->loaded)
		EXPECT_TRUE(wait_for(is_unloaded()));
}

TEST_F_TIMEOUT(fuzz, commands_of_all_kinds, 120)
{
	const struct fuzz_abi abi = {
		.device = DEV_KVM, .opens = FUZZ_SYSTEM, .has_gic = has_gic(),
		.commands = kvm_commands, .nr = KVM_COMMANDS,
		.build = build, .run = run, .scribble = scribble,
	};

	EXPECT_TRUE(fuzz_run(&abi));
	a_vm_works();
}

TEST_HARNESS_MAIN
