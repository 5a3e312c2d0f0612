// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that an exception at EL2 that nobody expected hangs nothing: the VM ends, the log
 * says where, and host and EL2 go on.  The module el2break provokes it, in the middle of the
 * world switch; on nVHE only, for on VHE EL2 is the host kernel, which reports its own
 * faults.  exitbreak ends a VM in both modes.
 *
 * So does an exception on the way out of a guest, where the guest's registers are in the CPU, and
 * EL2's own vectors: a copy of the module is loaded that aborts there.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/klog.h>
#include "kselftest_harness.h"
#include "module.h"
#include "reg.h"

#define KLOG_READ_ALL	3
#define EC(esr)		((esr) >> 26 & 0x3f)
#define EC_DABT_EL2	0x25

/* As hostregs.ko has it, which reads the host's registers */
#define HOSTREGS_KO	"ARM_VCPU_HOSTREGS_KO", "/hostregs.ko"
#define DBGBVR0		0x8004
#define DBGBCR0		0x8005
#define BREAK_EL1	0x1e3

struct hostreg {
	u64 value;
	u64 there;
};

static char log_text[1 << 20];

static bool log_says(const char *words)
{
	int n = klogctl(KLOG_READ_ALL, log_text, sizeof(log_text) - 1);

	log_text[n > 0 ? n : 0] = 0;
	return strstr(log_text, words);
}

static u64 __guest guest_answer(u64 n)
{
	return n + 1;
}

static void guest_works(struct __test_metadata *_metadata)
{
	struct vcpu *vcpu;
	struct vm vm;

	vm_create(&vm);
	vcpu = vcpu_create(&vm);
	vcpu_call(vcpu, guest_answer, 41, 0);
	vcpu_expect(vcpu, HYPERCALL);
	EXPECT_EQ(42, vcpu->run->x[0]);
	vm_destroy(&vm);
}

/* The first breakpoint of this CPU */
static void read_point(struct hostreg values[2])
{
	static const u16 list[] = { DBGBVR0, DBGBCR0 };
	size_t size = 2 * sizeof(*values);
	int fd, ret = module_load(HOSTREGS_KO);

	if (ret)
		die("can't load hostregs.ko: %s", strerror(-ret));
	fd = open("/proc/hostregs", O_RDWR | O_CLOEXEC);
	if (write(fd, list, sizeof(list)) != sizeof(list) ||
	    pread(fd, values, size, 0) != (ssize_t)size)
		die("/proc/hostregs doesn't work");
	close(fd);
	module_unload("hostregs");
}

/* It is at an end, and what it has come to can be looked at */
static void is_dead(struct __test_metadata *_metadata, struct vcpu *vcpu)
{
	struct vm *vm = vcpu->vm;
	struct arm_vcpu_info info;
	u64 stats[NR_STATS], value[2];

	EXPECT_EQ(-EIO, vcpu_run(vcpu));
	EXPECT_EQ(-EIO, vm_configure(vm->fd, 0, 0));
	EXPECT_EQ(-EIO, vm_memory(vm->fd, 0, GUEST_RAM, 0, NULL));
	EXPECT_EQ(-EIO, vm_vcpu(vm->fd, 9));
	EXPECT_EQ(0, vm_info(vm->fd, &info));
	EXPECT_EQ(0, vm_kick(vm->fd));
	EXPECT_EQ(0, vm_kick(vcpu->fd));
	EXPECT_EQ(0, vcpu_get_reg(vcpu, ARM_VCPU_REG_SP_EL1, value));
	EXPECT_EQ(NR_STATS, vcpu_stats(vcpu, stats, NR_STATS));
	EXPECT_EQ(1, stats[ARM_VCPU_STAT_ERROR]);
}

static void breaks_down(struct __test_metadata *_metadata, struct vcpu *vcpu)
{
	do {	/* NONE may come at any time */
		ASSERT_EQ(0, vcpu_run(vcpu));
	} while (vcpu->run->exit_reason == ARM_VCPU_EXIT_NONE);
	EXPECT_EQ(ARM_VCPU_EXIT_INTERNAL_ERROR, vcpu->run->exit_reason);
}

TEST(a_breakdown_of_el2_ends_the_vm_and_nothing_else)
{
	struct arm_vcpu_debug debug = {
		.size = sizeof(debug), .flags = ARM_VCPU_DEBUG_POINTS,
		.breakpoints[0] = { .value = 0x1000, .control = BREAK_EL1 },
	};
	struct hostreg before[2], after[2];
	struct vcpu *vcpu;
	struct vm vm;
	int i;

	pin_to(cpu_nth(0));
	for (i = 0; i < 3; i++) {
		read_point(before);
		vm_create(&vm);
		vcpu = vcpu_create(&vm);
		vcpu_call(vcpu, guest_answer, 41, 0);
		ASSERT_EQ(0, vm_ioctl(vcpu->fd, ARM_VCPU_SET_DEBUG, &debug));
		errno = -module_load("ARM_VCPU_EL2BREAK_KO", "/el2break.ko");
		if (errno == ENXIO) {
			vm_destroy(&vm);
			SKIP(return, "hardware: the host kernel runs at EL2 itself");
		}
		ASSERT_EQ(0, errno);

		breaks_down(_metadata, vcpu);
		EXPECT_EQ(EC_DABT_EL2, EC(vcpu->run->internal.esr));
		EXPECT_EQ(0, module_unload("el2break"));
		is_dead(_metadata, vcpu);
		vm_destroy(&vm);
		EXPECT_TRUE(log_says("EL2 broke down on CPU"));
		read_point(after);
		EXPECT_EQ(before[0].value, after[0].value);
		EXPECT_EQ(before[1].value, after[1].value);
		guest_works(_metadata);
	}
}

/* In guest_exit, which nothing else in the module does */
#define STP_X18_X19	0xa9094c32U	/* stp x18, x19, [x1, #144] */
#define LDR_XZR_X0	0xf940001fU	/* ldr xzr, [x0]: x0 is HYP_EXIT_* */
#define NR_STP		2		/* of the two copies of the world switch */
#define GUEST_X18	0x7878787878787878UL

/* x0, x1: what EL2 might take for pointers of its own */
GUEST_ASM(guest_exits, "mov x18, #0x7878787878787878\n mov x2, x1\n 1: hvc #1\n b 1b");

static u32 abort_there(u32 instruction)
{
	return instruction == STP_X18_X19 ? LDR_XZR_X0 : instruction;
}

static u64 hosts_x18(void)
{
	FILE *file = fopen("/sys/module/exitx18/parameters/x18", "r");
	u64 x18 = 0;

	if (!file || fscanf(file, "%lu", &x18) != 1)
		die("exitx18.ko doesn't work");
	fclose(file);
	return x18;
}

FIXTURE(changed) {
	struct vm vm;
};

FIXTURE_SETUP(changed)
{
	pin_to(cpu_nth(0));
	ASSERT_EQ(0, module_unload_idle());
	ASSERT_EQ(NR_STP, module_load_changed(ARM_VCPU_KO, abort_there));
}

FIXTURE_TEARDOWN(changed)
{
	module_unload("exitx18");
	module_unload_idle();
	module_load(ARM_VCPU_KO);
}

TEST_F(changed, an_abort_on_the_way_out_ends_the_vm_and_nothing_else)
{
	const u64 pointers[] = { 0, 8, vm_gpa(guest_exits), GUEST_RAM, -1UL };
	struct vcpu *vcpu;
	unsigned int i;

	ASSERT_EQ(0, module_load("ARM_VCPU_EXITX18_KO", "/exitx18.ko"));
	for (i = 0; i < ARRAY_SIZE(pointers); i++) {
		vm_create(&self->vm);
		vcpu = vcpu_create(&self->vm);
		vcpu_enter(vcpu, guest_exits, pointers[i], pointers[i]);
		breaks_down(_metadata, vcpu);
		EXPECT_EQ(EC_DABT_EL2, EC(vcpu->run->internal.esr));
		EXPECT_NE(GUEST_X18, hosts_x18());
		is_dead(_metadata, vcpu);
		vm_destroy(&self->vm);
	}
	EXPECT_EQ(0, module_unload("exitx18"));
	EXPECT_EQ(0, module_unload_idle());
	EXPECT_EQ(0, module_load(ARM_VCPU_KO));
	guest_works(_metadata);
}

/* In the kernel, for the guest's WFI */
static bool is_asleep(struct vcpu *vcpu)
{
	return vcpu_stat(vcpu, ARM_VCPU_STAT_SLEEP);
}

GUEST_ASM(guest_wfi, "wfi\n hvc #1\n b .");

/* With the VM's first vCPU asleep in a thread, the second one breaks down */
static void wakes(struct __test_metadata *_metadata, struct vm *vm)
{
	struct vcpu *asleep = &vm->vcpus[0], *vcpu = vcpu_create(vm);

	vcpu_start(asleep);
	ASSERT_TRUE(wait_for(is_asleep(asleep)));

	ASSERT_EQ(0, module_load("ARM_VCPU_EXITBREAK_KO", "/exitbreak.ko"));
	vcpu_enter(vcpu, guest_hvc, 0, 0);
	breaks_down(_metadata, vcpu);
	EXPECT_EQ(0, module_unload("exitbreak"));
	if (!wait_for(READ_ONCE(asleep->result) != -EAGAIN))
		die("a vCPU sleeps in a VM that is dead");
	EXPECT_EQ(-EIO, vcpu_join(asleep));
	is_dead(_metadata, vcpu);
	vm_destroy(vm);
	guest_works(_metadata);
}

TEST(the_end_of_a_vm_wakes_vcpus_that_sleep)
{
	struct vm vm;

	vm_create(&vm);
	vcpu_enter(vcpu_create(&vm), guest_wfi, 0, 0);
	wakes(_metadata, &vm);
}

TEST(the_end_of_a_vm_wakes_vcpus_that_are_off)
{
	struct vm vm;

	vm_create(&vm);
	vm_replace(&vm, 0, ARM_VCPU_CONFIG_PSCI);
	vcpu_create(&vm);
	wakes(_metadata, &vm);
}

TEST_HARNESS_MAIN
