// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a guest with the host's timers has what it has with its own, without traps, and
 * with the host's counter; and that the host's own timer is on time meanwhile.
 */
#include "passthrough.h"
#include "reg.h"
#include "timer.h"

#define TIMER_FLAG	ARM_VCPU_CONFIG_PASSTHROUGH_TIMER
#define CNTVCT		REG(3, 3, 14, 0, 2)
#define NR_SETS		1000

static void timer_begin(struct vm *vm)
{
	int ret;

	passthrough_begin();
	memset(vm, 0, sizeof(*vm));
	vm->fd = vm_open();
	ret = vm_configure(vm->fd, 0, TIMER_FLAG);
	if (ret)
		die("CONFIGURE: %s", strerror(-ret));
	vm_fill(vm);
}

static void timer_end(void)
{
	passthrough_end();
}

TEST_F(timer, the_counter_is_the_hosts)
{
	struct arm_vcpu_reg reg = { .size = sizeof(reg), .id = CNTVCT, .value = { 1000 } };
	u64 before = read_sysreg(cntvct_el0), after;

	vcpu_enter(self->vcpu, guest_read_virtual, 0, 0);
	vcpu_expect_call(self->vcpu, 1);
	isb();
	after = read_sysreg(cntvct_el0);
	EXPECT_LE(before, self->run->x[0]);
	EXPECT_GE(after, self->run->x[0]);
	EXPECT_EQ(-EINVAL, vm_ioctl(self->vcpu->fd, ARM_VCPU_SET_REG, &reg));
	EXPECT_LE(after, reg_get(self->vcpu, CNTVCT));
}

/* x0: how often */
GUEST_ASM(guest_sets, "mov x1, #1\n mov x2, #0x7fffffff\n"
	  "1: msr cntp_tval_el0, x2\n msr cntp_ctl_el0, x1\n mrs x3, cntp_cval_el0\n"
	  "mrs x4, cntv_ctl_el0\n subs x0, x0, #1\n b.ne 1b\n hvc #1\n b .");

TEST_F(timer, nothing_is_trapped)
{
	u64 before;

	vcpu_enter(self->vcpu, guest_sets, NR_SETS, 0);
	before = vcpu_stat(self->vcpu, ARM_VCPU_STAT_SYSREG);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(before, vcpu_stat(self->vcpu, ARM_VCPU_STAT_SYSREG));
}

TEST_F(timer, nothing_is_trapped_after_it_has_fired)
{
	u64 before;

	vcpu_enter(self->vcpu, guest_physical, ticks(1), ENABLE);
	vcpu_expect(self->vcpu, TIMER);
	go(self->vcpu, guest_sets, NR_SETS, 0);
	before = vcpu_stat(self->vcpu, ARM_VCPU_STAT_SYSREG);
	while (vcpu_next(self->vcpu) == ARM_VCPU_EXIT_TIMER)
		;
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, self->run->exit_reason);
	/* what ends its output may be */
	EXPECT_GE(before + 2, vcpu_stat(self->vcpu, ARM_VCPU_STAT_SYSREG));
}

/* With nothing else to take the CPU out of the guest, only the host's own timer does */
TEST_F(timer, the_hosts_timer_is_on_time)
{
	u64 begin, took;
	int i;

	pin_to(passthrough_cpu());
	vcpu_enter(self->vcpu, variant->spin, 0x7fffffff, ENABLE);
	for (i = 0; i < 5; i++) {
		begin = now_ns();
		alarm_each(50);
		while (!alarmed) {
			if (vcpu_run(self->vcpu) != -EINTR)
				ASSERT_EQ(ARM_VCPU_EXIT_NONE, self->run->exit_reason);
		}
		took = now_ns() - begin;
		alarm_off();
		EXPECT_LE(50 * MS, took);
		EXPECT_GE(LATE * slowness(), took);
		/* and asleep */
		begin = now_ns();
		sleep_ms(20);
		EXPECT_GE(LATE * slowness(), now_ns() - begin);
	}
}

TEST(without_the_right_to_it)
{
	int fd = vm_open();

	EXPECT_EQ(-EOPNOTSUPP, vm_configure(fd, 0, TIMER_FLAG));
	close(fd);
	passthrough_begin();
	fd = vm_open();
	passthrough_capability(false);
	EXPECT_EQ(-EPERM, vm_configure(fd, 0, TIMER_FLAG));
	passthrough_capability(true);
	EXPECT_EQ(0, vm_configure(fd, 0, TIMER_FLAG));
	close(fd);
	passthrough_end();
}

TEST_HARNESS_MAIN
