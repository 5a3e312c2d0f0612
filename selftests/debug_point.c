// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows SET_DEBUG: break- and watchpoints of the VMM are exits DEBUG, and neither the guest
 * nor the host loses debug registers of its own by it.
 */
#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include "debug.h"

/* DBGBCR and DBGWCR */
#define POINT_E		1UL
#define POINT_EL1	(1UL << 1)
#define POINT_EL0	(2UL << 1)
#define WATCH_LOAD	(1UL << 3)
#define WATCH_STORE	(2UL << 3)
#define BAS(bytes)	((u64)(bytes) << 5)
#define BREAK_EL1	(POINT_E | POINT_EL1 | BAS(0xf))
#define WATCH_EL1	(POINT_E | POINT_EL1 | WATCH_LOAD | WATCH_STORE | BAS(0xff))
#define WATCH_MASK(n)	((u64)(n) << 24)

#define DBGBVR0		REG(2, 0, 0, 0, 4)
#define DBGBCR0		REG(2, 0, 0, 0, 5)
#define DBGWVR0		REG(2, 0, 0, 0, 6)
#define MDSCR		REG(2, 0, 0, 2, 2)

TEST_F(debug, a_breakpoint_is_an_exit)
{
	struct arm_vcpu_debug_point *last;
	struct arm_vcpu_info info;
	u64 pc = begin(self, guest_counts);

	ASSERT_EQ(0, vm_info(self->vm.fd, &info));
	last = &self->debug.breakpoints[info.breakpoints - 1];
	self->run->x[0] = 0;
	last->value = pc + 4;
	last->control = BREAK_EL1;
	ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_POINTS));
	/* PSTATE.D doesn't hold it back */
	EXPECT_EQ(PSR_D, self->run->pstate & PSR_D);
	EXPECT_EVENT(BREAKPOINT, pc + 4);
	EXPECT_EQ(1, self->run->x[0]);
	EXPECT_EVENT(BREAKPOINT, pc + 4);
	EXPECT_EQ(1, self->run->x[0]);

	/* On with a step, and round */
	last->control = 0;
	ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_POINTS | ARM_VCPU_DEBUG_STEP));
	EXPECT_EVENT(STEP, pc);
	last->control = BREAK_EL1;
	ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_POINTS));
	EXPECT_EVENT(BREAKPOINT, pc + 4);
	EXPECT_EQ(2, self->run->x[0]);

	/* Of EL0 alone: not here, but there */
	last->control = POINT_E | POINT_EL0 | BAS(0xf);
	self->debug.breakpoints[0].value = pc;
	self->debug.breakpoints[0].control = BREAK_EL1;
	ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_POINTS));
	EXPECT_EVENT(BREAKPOINT, pc);
	self->run->pstate = PSR_EL0T;
	EXPECT_EVENT(BREAKPOINT, pc + 4);
	EXPECT_EQ(3, self->run->x[0]);
}

GUEST_ASM(guest_touches, "ldr w0, [x1]\n str w2, [x1]\n ldrb w0, [x1, #7]\n"
	  "strb w2, [x1, #16]\n hvc #1\n b .");

struct watch {
	const char *what;
	u64 address, control;
	int first;		/* instruction of guest_touches that hits; 4: none */
	int offset;		/* where */
};

static const struct watch watches[] = {
	{ "all", WORD, WATCH_EL1, 0, 0 },
	{ "loads", WORD, WATCH_EL1 & ~WATCH_STORE, 0, 0 },
	{ "stores", WORD, WATCH_EL1 & ~WATCH_LOAD, 1, 0 },
	{ "byte 7", WORD, POINT_E | POINT_EL1 | WATCH_LOAD | BAS(0x80), 2, 7 },
	{ "byte 6", WORD, POINT_E | POINT_EL1 | WATCH_LOAD | BAS(0x40), 4, 0 },
	{ "a range", WORD & ~31UL, WATCH_EL1 | WATCH_MASK(5), 0, 0 },
	{ "another range", (WORD & ~31UL) + 32, WATCH_EL1 | WATCH_MASK(5), 4, 0 },
	{ "a store at 16", WORD + 16, WATCH_EL1, 3, 16 },
	{ "EL0", WORD, (WATCH_EL1 & ~POINT_EL1) | POINT_EL0, 4, 0 },
	{ "off", WORD, WATCH_EL1 & ~POINT_E, 4, 0 },
};

/* The VMM's last watchpoint */
static int set_watch(FIXTURE_DATA(debug) *self, u64 value, u64 control, u64 flags)
{
	struct arm_vcpu_info info;

	vm_info(self->vm.fd, &info);
	self->debug.watchpoints[info.watchpoints - 1].value = value;
	self->debug.watchpoints[info.watchpoints - 1].control = control;
	return set_debug(self, ARM_VCPU_DEBUG_POINTS | flags);
}

TEST_F(debug, a_watchpoint_is_an_exit)
{
	u64 begins = begin(self, guest_touches), pc, *word = vm_host(&self->vm, WORD);
	const struct watch *watch;

	self->run->x[1] = WORD;
	self->run->x[2] = 0x55;
	for (watch = watches; watch < watches + ARRAY_SIZE(watches); watch++) {
		ASSERT_EQ(0, set_watch(self, watch->address, watch->control, 0));
		self->run->pc = begins;
		word[0] = 0;
		word[2] = 0;
		if (watch->first < 4) {
			pc = begins + 4 * (u64)watch->first;
			EXPECT_EVENT(WATCHPOINT, pc);
			EXPECT_EQ(WORD + (u64)watch->offset, self->run->far) {
				TH_LOG("%s", watch->what);
			}
			EXPECT_EQ(watch->first & 1, self->run->esr >> 6 & 1);	/* WnR */
			EXPECT_EQ(watch->first <= 1 ? 0 : 0x55, word[0]);
			EXPECT_EQ(0, word[2]);
			/* Over it */
			ASSERT_EQ(0, set_watch(self, 0, 0, ARM_VCPU_DEBUG_STEP));
			EXPECT_EVENT(STEP, pc + 4);
			ASSERT_EQ(0, set_watch(self, 0, 0, 0));
		}
		vcpu_expect_call(self->vcpu, 1);
		EXPECT_EQ(0x55, word[0]);
		EXPECT_EQ(0x55, word[2]);
	}
}

TEST_F(debug, a_watchpoint_of_el0)
{
	u64 pc = begin(self, guest_touches), pstate = self->run->pstate;

	self->run->x[1] = WORD;
	self->debug.watchpoints[0].value = WORD;
	self->debug.watchpoints[0].control = (WATCH_EL1 & ~POINT_EL1) | POINT_EL0;
	ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_POINTS));
	self->run->pstate = PSR_EL0T;
	EXPECT_EVENT(WATCHPOINT, pc);
	self->run->pstate = pstate;
	vcpu_expect_call(self->vcpu, 1);
}

/* A breakpoint of its own at 1, for EL1: sets it up, and after HVC 1 runs over it */
GUEST_ASM(guest_breaks, "msr oslar_el1, xzr\n adr x9, 1f\n msr dbgbvr0_el1, x9\n"
	  "mov x9, #0x1e3\n msr dbgbcr0_el1, x9\n"
	  "mov x9, #0xa000\n msr mdscr_el1, x9\n isb\n hvc #1\n msr daifclr, #8\n isb\n"
	  "1: nop\n 2: nop\n hvc #2\n b .");

TEST_F(debug, the_guests_own_breakpoint_before_during_and_after)
{
	u64 first = vm_gpa(guest_breaks) + 44, start;
	int attached;

	/* It sets it up while the VMM debugs, or before */
	for (attached = 0; attached < 2; attached++) {
		if (attached)
			ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_POINTS));
		begin(self, guest_breaks);
		self->run->pstate |= PSR_D;
		vcpu_expect_call(self->vcpu, 1);
		start = self->run->pc;
		EXPECT_EQ(first, reg_get(self->vcpu, DBGBVR0));
		ASSERT_EQ(0, set_debug(self, 0));

		vcpu_expect_call(self->vcpu, CALL_TAKEN);
		EXPECT_EQ(0x31, ESR_EC(self->run->x[0]));
		EXPECT_EQ(first, self->run->x[1]);
		vcpu_expect_call(self->vcpu, 2);
		move(variant->moving);

		/* Held back, and the VMM's is in its place, with the same number */
		self->run->pc = start;
		self->debug.breakpoints[0].value = first + 4;
		self->debug.breakpoints[0].control = BREAK_EL1;
		ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_POINTS));
		EXPECT_EVENT(BREAKPOINT, first + 4);
		EXPECT_EQ(first, reg_get(self->vcpu, DBGBVR0));
		EXPECT_EQ(0x1e3, reg_get(self->vcpu, DBGBCR0));
		EXPECT_EQ(0xa000, reg_get(self->vcpu, MDSCR));
		memset(self->debug.breakpoints, 0, sizeof(self->debug.breakpoints));
		ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_BRK));
		vcpu_expect_call(self->vcpu, 2);
		move(variant->moving);

		self->run->pc = start;
		ASSERT_EQ(0, set_debug(self, 0));
		vcpu_expect_call(self->vcpu, CALL_TAKEN);
		EXPECT_EQ(first, self->run->x[1]);
		vcpu_expect_call(self->vcpu, 2);
		move(variant->moving);
	}
}

/* What the guest writes while the VMM's are loaded is there to be read, and nowhere else */
GUEST_ASM(guest_debug_registers, "msr dbgbvr0_el1, x1\n msr dbgwvr0_el1, x2\n"
	  "mrs x3, dbgbvr0_el1\n mrs x4, dbgwvr0_el1\n hvc #1\n b .");

TEST_F(debug, the_guest_writes_registers_of_its_own_meanwhile)
{
	u64 pc = begin(self, guest_debug_registers);

	self->run->x[1] = 0x123450;
	self->run->x[2] = 0x678900;
	self->debug.breakpoints[0].value = pc + 16;
	self->debug.breakpoints[0].control = BREAK_EL1;
	ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_POINTS));
	EXPECT_EVENT(BREAKPOINT, pc + 16);
	EXPECT_EQ(0x123450, self->run->x[3]);
	EXPECT_EQ(0x678900, self->run->x[4]);
	EXPECT_EQ(0x123450, reg_get(self->vcpu, DBGBVR0));
	reg_set(self->vcpu, DBGWVR0, 0x777000);
	self->run->pc = pc + 12;
	EXPECT_EVENT(BREAKPOINT, pc + 16);
	EXPECT_EQ(0x777000, self->run->x[4]);
	self->debug.breakpoints[0] = (struct arm_vcpu_debug_point) { };
	ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_BRK));
	vcpu_expect_call(self->vcpu, 1);
}

/* The guest steps itself: from ERET on, over one nop */
GUEST_ASM(guest_steps, "msr oslar_el1, xzr\n mov x9, #0x2001\n msr mdscr_el1, x9\n isb\n"
	  "adr x9, 1f\n msr elr_el1, x9\n mov x9, #0x105\n movk x9, #0x20, lsl #16\n"
	  "msr spsr_el1, x9\n eret\n 1: nop\n nop\n hvc #2\n b .");

TEST_F(debug, the_guests_own_step_before_during_and_after)
{
	u64 after = vm_gpa(guest_steps) + 44, i;

	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, set_debug(self, i == 1 ? ARM_VCPU_DEBUG_STEP : 0));
		begin(self, guest_steps);
		self->run->pstate |= PSR_D;
		if (i == 1) {
			while (self->run->pc != after + 4)
				vcpu_expect(self->vcpu, DEBUG);
			EXPECT_EQ(0x2001, reg_get(self->vcpu, MDSCR));
			reg_set(self->vcpu, MDSCR, 0);
			continue;
		}
		vcpu_expect_call(self->vcpu, CALL_TAKEN);
		EXPECT_EQ(0x33, ESR_EC(self->run->x[0]));
		EXPECT_EQ(after, self->run->x[1]);
		move(variant->moving);
		reg_set(self->vcpu, MDSCR, 0);
	}
}

/* PSTATE.SS is the guest's, as long as its instruction hasn't been executed */
TEST_F(debug, a_step_hides_its_own_pstate_ss)
{
	begin(self, guest_counts);
	ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_STEP));
	self->run->flags = ARM_VCPU_RUN_NO_ENTER;
	ASSERT_EQ(0, vcpu_run(self->vcpu));
	EXPECT_EQ(0, self->run->pstate & PSR_SS);
	self->run->pstate |= PSR_SS;
	ASSERT_EQ(0, vcpu_run(self->vcpu));
	EXPECT_EQ(PSR_SS, self->run->pstate & PSR_SS);
	self->run->flags = 0;
	EXPECT_EVENT(STEP, vm_gpa(guest_counts) + 4);
	EXPECT_EQ(0, self->run->pstate & PSR_SS);
}

/*
 * The host's: a watchpoint of this thread, which the kernel has in the same registers
 */
static int host_watch(const void *address)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT, .size = sizeof(attr),
		.bp_type = HW_BREAKPOINT_W, .bp_addr = (u64)address, .bp_len = HW_BREAKPOINT_LEN_8,
		.exclude_kernel = 1, .exclude_hv = 1,
	};

	return (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

TEST_F(debug, the_hosts_watchpoint_goes_on)
{
	u64 pc = begin(self, guest_counts), count = 0;
	static u64 word;
	int fd, i;

	fd = host_watch(&word);
	ASSERT_LE(0, fd) TH_LOG("perf_event_open: %s", strerror(errno));
	self->debug.breakpoints[0].value = pc + 4;
	self->debug.breakpoints[0].control = BREAK_EL1;
	self->debug.watchpoints[0].value = WORD;
	self->debug.watchpoints[0].control = WATCH_EL1;
	ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_POINTS));
	for (i = 1; i <= 10; i++) {
		EXPECT_EVENT(BREAKPOINT, pc + 4);
		self->run->pc = pc;
		WRITE_ONCE(word, (u64)i);
		ASSERT_EQ(sizeof(count), read(fd, &count, sizeof(count)));
		EXPECT_EQ(i, count);
	}
	close(fd);
}

TEST_F(debug, bad_points_are_refused_and_nothing_changes)
{
	struct arm_vcpu_debug_point *points;
	u64 pc = begin(self, guest_counts);
	struct arm_vcpu_info info;
	u32 count, i, bit;

	ASSERT_EQ(0, vm_info(self->vm.fd, &info));
	EXPECT_LE(2, info.breakpoints);
	EXPECT_LE(2, info.watchpoints);
	self->debug.breakpoints[1].value = pc + 4;
	self->debug.breakpoints[1].control = BREAK_EL1;
	ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_POINTS));

	for (i = 0; i < 2; i++) {
		points = i ? self->debug.watchpoints : self->debug.breakpoints;
		count = i ? info.watchpoints : info.breakpoints;
		/* HMC, SSC, the types that concern EL2, and what is reserved */
		for (bit = 13; bit < 64; bit++) {
			if ((bit >= 16 && bit < 20) || (!i && bit >= 20 && bit < 23) ||
			    (i && (bit == 20 || (bit >= 24 && bit < 29))))
				continue;
			points[0].control = POINT_E | 1UL << bit;
			EXPECT_EQ(-EINVAL, set_debug(self, ARM_VCPU_DEBUG_POINTS)) {
				TH_LOG("bit %u", bit);
			}
		}
		points[0].control = 0;
		for (; count < 16; count++) {
			points[count].value = 8;
			EXPECT_EQ(-EINVAL, set_debug(self, ARM_VCPU_DEBUG_POINTS));
			points[count].value = 0;
			points[count].control = POINT_E;
			EXPECT_EQ(-EINVAL, set_debug(self, ARM_VCPU_DEBUG_POINTS));
			points[count].control = 0;
		}
	}
	/* Points without POINTS */
	EXPECT_EQ(-EINVAL, set_debug(self, ARM_VCPU_DEBUG_STEP));
	EXPECT_EQ(-EINVAL, set_debug(self, 0));
	EXPECT_EQ(-EOPNOTSUPP, set_debug(self, ARM_VCPU_DEBUG_POINTS | 8));

	EXPECT_EVENT(BREAKPOINT, pc + 4);
}

TEST_HARNESS_MAIN
