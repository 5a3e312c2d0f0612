// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows the tracepoints: what a guest does and what is done to it is in tracefs, once, with
 * its fields; nothing is when they are off.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "kselftest_harness.h"
#include "probe.h"
#include "trace.h"

#define EVENTS		"events/arm_vcpu"
#define TEXT_SIZE	(1UL << 20)

#define DEVICE_ADDRESS	(GUEST_MMIO + 0x128)
#define PMCCNTR		ENCODING(3, 3, 9, 13, 0)
#define PFR0		ENCODING(3, 0, 0, 4, 0)

GUEST_ASM(guest_wakes, "hvc #1\n b .");
GUEST_ASM(guest_stores, "str w2, [x1]\n b guest_stores");
GUEST_ASM(guest_loads, "ldrsh x3, [x1]\n b guest_loads");
GUEST_ASM(guest_writes, "strb w2, [x1]\n hvc #7\n b guest_writes");
GUEST_ASM(guest_pair, "ldp x2, x3, [x1]\n b guest_pair");
GUEST_ASM(guest_calls, "hvc #0x12\n smc #0x34\n b guest_calls");
GUEST_ASM(guest_wfi, "wfi\n b guest_wfi");
GUEST_ASM(guest_timer,
	  "mrs x3, cntvct_el0\n msr cntv_cval_el0, x3\n mov x3, #1\n msr cntv_ctl_el0, x3\n"
	  "isb\n 1: b 1b");

FIXTURE(tracing) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
	char *text;	/* what trace held last */
};

FIXTURE_SETUP(tracing)
{
	if (!trace_open())
		SKIP(return, "kernel: no tracefs, or no events in it");
	vm_create(&self->vm);
	vm_replace(&self->vm, 0, ARM_VCPU_CONFIG_SYSREG_EXITS);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
	self->text = map_pages(TEXT_SIZE);
	probe_init(self->vcpu);
	/* The guest's code is there, and has no faults of its own any more */
	vcpu_enter(self->vcpu, guest_wakes, 0, 0);
	vcpu_expect_call(self->vcpu, 1);
	vcpu_enter(self->vcpu, guest_hvc, 0, 0);
	vcpu_expect_call(self->vcpu, CALL_SYNC);

	trace_set(EVENTS "/enable", "1");
}

FIXTURE_TEARDOWN(tracing)
{
	vm_destroy(&self->vm);
	trace_close();
}

/* What has been recorded since the last call */
static void stop(FIXTURE_DATA(tracing) *self)
{
	trace_set(EVENTS "/enable", "0");
	trace_take(self->text, TEXT_SIZE);
}

static void again(FIXTURE_DATA(tracing) *self)
{
	stop(self);
	trace_set(EVENTS "/enable", "1");
}

/* How many events of this name have a text that has this in it */
static unsigned int count(const FIXTURE_DATA(tracing) *self, const char *event, const char *text)
{
	const char *at = self->text, *found, *end;
	char name[64];
	unsigned int n = 0;

	snprintf(name, sizeof(name), " arm_vcpu_%s: ", event);
	while ((at = strstr(at, name))) {
		end = strchrnul(at, '\n');
		found = strstr(at, text);
		n += found && found < end;
		at = end;
	}
	return n;
}

#define EXPECT_EVENTS(n, event, part)						\
	EXPECT_EQ(n, count(self, event, part)) {				\
		TH_LOG("%s '%s' in:\n%.3000s", event, part, self->text);	\
	}

TEST_F(tracing, a_store_is_entry_exit_fault_mmio_and_userspace_exit)
{
	char pc[32], fault[80], exit[80];
	u32 i;

	snprintf(pc, sizeof(pc), "PC: 0x%016lx", (unsigned long)vm_gpa(guest_stores));
	vcpu_set_entry(self->vcpu, vm_gpa(guest_stores), 0, DEVICE_ADDRESS, 0x1234567890, 0);
	again(self);
	for (i = 0; i < 5; i++)
		vcpu_expect(self->vcpu, MMIO_WRITE);
	stop(self);

	EXPECT_EVENTS(5, "mmio", "vcpu 1, mmio write len 4 gpa 0x9000128 val 0x34567890");
	EXPECT_EVENTS(5, "mmio", "");
	/* The level at which there is nothing depends on the host's pages */
	EXPECT_EQ(0x93820044, self->run->esr & ~3UL);
	snprintf(fault, sizeof(fault),
		 "ipa 0x9000128, write, result -2, hsr 0x%llx, hxfar 0x9000128, ", self->run->esr);
	EXPECT_EVENTS(5, "guest_fault", fault);
	EXPECT_EVENTS(5, "guest_fault", pc);
	snprintf(exit, sizeof(exit), "SYNC: HSR_EC: 0x24 (DABT_LOW), ESR: 0x%llx, PC: ",
		 self->run->esr);
	EXPECT_EVENTS(5, "exit", exit);
	/* Others may be there with this pc, with NONE: RUN came back to do work of the task's */
	snprintf(exit, sizeof(exit), "reason MMIO_WRITE (2), error 0, %s", pc);
	EXPECT_EVENTS(5, "userspace_exit", exit);
	/* An interrupt of the host may have come in between */
	EXPECT_EQ(5 + count(self, "exit", " IRQ: "), count(self, "exit", ""));
	EXPECT_EQ(count(self, "entry", ""), count(self, "exit", ""));
	/* It entered at its store, and behind that, where it had been stepped over */
	snprintf(exit, sizeof(exit), "vcpu 1, %s, timers: 0x0", pc);
	EXPECT_LE(1, count(self, "entry", exit));
	snprintf(exit, sizeof(exit), "vcpu 1, PC: 0x%016lx, timers: 0x0",
		 (unsigned long)vm_gpa(guest_stores) + 4);
	EXPECT_LE(4, count(self, "entry", exit));
	EXPECT_EVENTS(0, "call", "");
	EXPECT_EVENTS(0, "sysreg", "");
	EXPECT_EVENTS(0, "inject", "");
}

TEST_F(tracing, a_load_is_there_when_it_is_made_and_when_it_is_done)
{
	vcpu_set_entry(self->vcpu, vm_gpa(guest_loads), 0, DEVICE_ADDRESS + 2, 0, 0);
	again(self);
	vcpu_expect(self->vcpu, MMIO_READ);
	self->run->mmio.data = 0x12348765;
	vcpu_expect(self->vcpu, MMIO_READ);
	stop(self);
	EXPECT_EVENTS(2, "mmio", "mmio unsatisfied-read len 2 gpa 0x900012a val 0x0");
	EXPECT_EVENTS(1, "mmio", "mmio read len 2 gpa 0x900012a val 0x8765");
	EXPECT_EVENTS(3, "mmio", "");
}

TEST_F(tracing, a_fault_says_what_came_of_it)
{
	/* A page that wasn't there; the same page again; none; and no syndrome */
	vcpu_set_entry(self->vcpu, vm_gpa(guest_writes), 0, GUEST_SHARED + 0x4321, 0, 0);
	again(self);
	vcpu_expect_call(self->vcpu, 7);
	vcpu_expect_call(self->vcpu, 7);
	stop(self);
	EXPECT_EVENTS(1, "guest_fault", "ipa 0x40104321, write, result 0, ");
	EXPECT_EVENTS(1, "guest_fault", "");

	vcpu_set_entry(self->vcpu, vm_gpa(guest_pair), 0, DEVICE_ADDRESS, 0, 0);
	again(self);
	vcpu_expect(self->vcpu, MEMORY_FAULT);
	stop(self);
	EXPECT_EVENTS(1, "guest_fault", "ipa 0x9000128, read, result -2, ");
	EXPECT_EVENTS(0, "mmio", "");

	munmap(vm_host(&self->vm, GUEST_SHARED + 0x80000), page_size());
	vcpu_set_entry(self->vcpu, vm_gpa(guest_writes), 0, GUEST_SHARED + 0x80000, 0, 0);
	again(self);
	vcpu_expect(self->vcpu, MEMORY_FAULT);
	stop(self);
	EXPECT_EVENTS(1, "guest_fault", "ipa 0x40180000, write, result -14, ");
	EXPECT_EVENTS(1, "userspace_exit", "reason MEMORY_FAULT (13), error 0");
}

TEST_F(tracing, a_register_access_says_who_answers)
{
	probe_enter(self->vcpu, INSN_MRS(PFR0, 3), 0, false);
	again(self);
	vcpu_expect_call(self->vcpu, PROBE_CALL);
	stop(self);
	EXPECT_EVENTS(1, "sysreg", "(3,0,0,4,0) read val 0x");
	EXPECT_EVENTS(1, "sysreg", " by kernel");

	probe_enter(self->vcpu, INSN_MSR(PMCCNTR, 4), 0, false);
	self->run->x[4] = 0xabcdef0123;
	again(self);
	vcpu_expect(self->vcpu, SYSREG_WRITE);
	vcpu_expect_call(self->vcpu, PROBE_CALL);
	stop(self);
	EXPECT_EVENTS(1, "sysreg", "(3,3,9,13,0) write val 0xabcdef0123 by vmm");
	EXPECT_EVENTS(1, "sysreg", "");

	probe_enter(self->vcpu, INSN_MRS(PMCCNTR, 4), 0, false);
	again(self);
	vcpu_expect(self->vcpu, SYSREG_READ);
	self->run->sysreg.value = 0x99;
	vcpu_expect_call(self->vcpu, PROBE_CALL);
	stop(self);
	EXPECT_EVENTS(1, "sysreg", "(3,3,9,13,0) read val 0x99 by vmm");
	EXPECT_EVENTS(1, "sysreg", "");

}

TEST_F(tracing, a_register_that_is_not_there)
{
	struct vcpu *vcpu;
	struct vm vm;

	vm_create(&vm);
	vcpu = vcpu_create(&vm);
	probe_init(vcpu);
	probe_enter(vcpu, INSN_MRS(PMCCNTR, 5), 0, false);
	again(self);
	vcpu_expect_call(vcpu, PROBE_CALL);
	stop(self);
	EXPECT_EVENTS(1, "sysreg", "(3,3,9,13,0) read val 0x0 by nobody");
	EXPECT_EVENTS(1, "inject", "ESR: 0x2000000, FAR: 0x0, PC: ");
	vm_destroy(&vm);
}

TEST_F(tracing, a_call_has_its_function_and_immediate)
{
	vcpu_set_entry(self->vcpu, vm_gpa(guest_calls), 0xc5000011, 0, 0, 0);
	again(self);
	vcpu_expect(self->vcpu, HYPERCALL);
	vcpu_expect(self->vcpu, SMC);
	stop(self);
	EXPECT_EVENTS(1, "call", "HVC at 0x");
	EXPECT_EVENTS(1, "call", "(x0: 0x00000000c5000011, imm: 0x12)");
	EXPECT_EVENTS(1, "call", "SMC at 0x");
	EXPECT_EVENTS(1, "call", "imm: 0x34)");
	EXPECT_EVENTS(2, "call", "");
}

TEST_F(tracing, a_halt_and_what_ends_it)
{
	const char *waited;
	u64 sleeps;

	vcpu_enter(self->vcpu, guest_wfi, 0, 0);
	self->run->flags = ARM_VCPU_RUN_HALT;
	again(self);
	vcpu_expect(self->vcpu, HALT);
	stop(self);
	EXPECT_EVENTS(1, "wfx", "guest executed wfi before 0x");
	EXPECT_EVENTS(1, "wfx", " by vmm");
	EXPECT_EVENTS(0, "wakeup", "");

	self->run->flags = 0;
	sleeps = vcpu_stat(self->vcpu, ARM_VCPU_STAT_SLEEP);
	again(self);
	vcpu_start(self->vcpu);
	ASSERT_TRUE(wait_for(vcpu_stat(self->vcpu, ARM_VCPU_STAT_SLEEP) > sleeps));
	sleep_ms(30);
	ASSERT_EQ(0, vm_kick(self->vcpu->fd));
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(self->vcpu));
	stop(self);
	EXPECT_EVENTS(1, "wfx", " by kernel");
	EXPECT_EVENTS(1, "kick", "vcpu 1");
	EXPECT_EVENTS(1, "wakeup", "wait time ");
	EXPECT_EVENTS(1, "userspace_exit", "reason KICKED (12)");
	waited = strstr(self->text, "wait time ");
	ASSERT_NE(NULL, waited);
	EXPECT_LT(20000000UL, strtoul(waited + strlen("wait time "), NULL, 10));
}

TEST_F(tracing, interrupts_lines_and_timers)
{
	vcpu_enter(self->vcpu, guest_hvc, 0, 0);
	again(self);
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	EXPECT_EVENTS(0, "irq_lines", "");
	self->run->lines = ARM_VCPU_LINE_IRQ;
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	self->run->lines = ARM_VCPU_LINE_FIQ;
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	self->run->lines = 0;
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	stop(self);
	EXPECT_EVENTS(1, "irq_lines", "irq: 1, fiq: 0");
	EXPECT_EVENTS(1, "irq_lines", "irq: 0, fiq: 1");
	EXPECT_EVENTS(1, "irq_lines", "irq: 0, fiq: 0");
	EXPECT_EVENTS(3, "irq_lines", "");

	vcpu_enter(self->vcpu, guest_timer, 0, 0);
	again(self);
	vcpu_expect(self->vcpu, TIMER);
	stop(self);
	EXPECT_EVENTS(1, "timer", "virtual: 1, physical: 0");
	EXPECT_EVENTS(1, "userspace_exit", "reason TIMER (11)");

	/* An interrupt of the host's */
	vcpu_enter(self->vcpu, guest_spin, 0, 0);
	self->run->flags = ARM_VCPU_RUN_EXTERNAL_INTERRUPT;
	again(self);
	vcpu_expect(self->vcpu, EXTERNAL_INTERRUPT);
	stop(self);
	EXPECT_LE(1, count(self, "exit", "IRQ: HSR_EC: 0x00 (UNKNOWN), ESR: 0x0, PC: "));
}

TEST_F(tracing, an_injected_serror)
{
	struct arm_vcpu_inject arg = { .size = sizeof(arg), .flags = ARM_VCPU_INJECT_SERROR };

	again(self);
	ASSERT_EQ(0, vm_ioctl(self->vcpu->fd, ARM_VCPU_INJECT, &arg));
	stop(self);
	EXPECT_EVENTS(1, "inject", "ESR: 0xbe000000, FAR: 0x0");
}

TEST_F(tracing, off_is_silent)
{
	vcpu_set_entry(self->vcpu, vm_gpa(guest_stores), 0, DEVICE_ADDRESS, 0, 0);
	stop(self);
	vcpu_expect(self->vcpu, MMIO_WRITE);
	stop(self);
	EXPECT_EQ(NULL, strstr(self->text, "arm_vcpu_"));
}

/* What tools filter by, and what they show: the fields of an event, in their order */
static const struct {
	const char *event, *fields;
} formats[] = {
	{ "entry", "vcpu timers pc " },
	{ "exit", "vcpu code esr_ec esr pc " },
	{ "userspace_exit", "vcpu reason error pc " },
	{ "guest_fault", "vcpu access pc esr far ipa result " },
	{ "mmio", "vcpu type len gpa val " },
	{ "sysreg", "vcpu Op0 Op1 CRn CRm Op2 is_write by val pc " },
	{ "call", "vcpu imm smc val pc " },
	{ "wfx", "vcpu kind by pc " },
	{ "wakeup", "vcpu ns " },
	{ "irq_lines", "vcpu lines " },
	{ "timer", "vcpu levels " },
	{ "kick", "vcpu " },
	{ "inject", "vcpu esr far pc " },
};

TEST_F(tracing, fields)
{
	char path[128], line[256], fields[256], *end, *name;
	FILE *file;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(formats); i++) {
		snprintf(path, sizeof(path), TRACE_INSTANCE "/" EVENTS "/arm_vcpu_%s/format",
			 formats[i].event);
		file = fopen(path, "re");
		ASSERT_NE(NULL, file) TH_LOG("%s", path);
		fields[0] = 0;
		while (fgets(line, sizeof(line), file)) {
			if (strncmp(line, "\tfield:", 7) || strstr(line, "common_"))
				continue;
			end = strchr(line, ';');
			*end = 0;
			name = strrchr(line, ' ') + 1;
			strcat(strcat(fields, name), " ");
		}
		fclose(file);
		EXPECT_EQ(0, strcmp(formats[i].fields, fields)) {
			TH_LOG("%s: %s", formats[i].event, fields);
		}
	}
}

TEST_F(tracing, a_filter_takes_what_it_names)
{
	trace_set(EVENTS "/arm_vcpu_mmio/filter", "len == 4 && val == 0x55");
	vcpu_set_entry(self->vcpu, vm_gpa(guest_stores), 0, DEVICE_ADDRESS, 0x55, 0);
	again(self);
	vcpu_expect(self->vcpu, MMIO_WRITE);
	self->run->x[2] = 0x56;
	vcpu_expect(self->vcpu, MMIO_WRITE);
	stop(self);
	EXPECT_EVENTS(1, "mmio", "val 0x55");
	EXPECT_EVENTS(1, "mmio", "");
	trace_set(EVENTS "/arm_vcpu_mmio/filter", "0");
}

TEST_HARNESS_MAIN
