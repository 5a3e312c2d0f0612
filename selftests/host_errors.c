// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows what becomes of a hardware error while a guest runs: an SError that EL2 finds deferred
 * in DISR_EL1 is logged with its syndrome, counted and, unless it did no harm, given to the
 * guest; an external abort is given to it with the syndrome that it had.  hwerror.ko makes the
 * errors.  What stops the host is the scenario `uncontained`.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/klog.h>
#include "kselftest_harness.h"
#include "module.h"
#include "reg.h"

#define HWERROR_KO	"ARM_VCPU_HWERROR_KO", "/hwerror.ko"
#define KLOG_READ_ALL	3
#define VECTOR_SERROR	7
#define CALL_TAKEN	0x1001	/* x0: ESR, x1: ELR, x2: FAR, x3: vector */
#define NOTHING		0x140000000UL

#define DISR_A		(1UL << 31)
#define IDS		(1UL << 24)
#define AET(n)		((n) << 10 | 0x11UL)
#define UEO		2UL
#define UER		3UL
#define CE		6UL

#define CLASS(ec)	((u64)(ec) << 26 | 1 << 25)
#define EC_IABT		0x21
#define WNR		(1UL << 6)
#define S1PTW		(1UL << 7)
#define EA		(1UL << 9)
#define FNV		(1UL << 10)

static char log_text[1 << 20];

static bool log_says(u64 syndrome)
{
	int n = klogctl(KLOG_READ_ALL, log_text, sizeof(log_text) - 1);
	char words[64];

	log_text[n > 0 ? n : 0] = 0;
	snprintf(words, sizeof(words), "syndrome %#lx\n", syndrome);
	return strstr(log_text, words);
}

static void __guest guest_taken(struct guest_frame *frame, u64 vector)
{
	guest_call(CALL_TAKEN, frame->esr, frame->elr, frame->far, vector);
}

/* Sets up vectors and a stack */
static void __guest guest_begins(void)
{
	guest_sync(0);
}

/* x1: where */
GUEST_ASM(guest_unmasked, "msr daifclr, #4\n 1: hvc #1\n b 1b");
GUEST_ASM(guest_writes, "str x0, [x1]\n b .");

FIXTURE(errors) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
};

FIXTURE_SETUP(errors)
{
	unsigned int n;

	pin_to(cpu_nth(0));
	vm_create(&self->vm);
	for (n = 0; n < NR_VECTORS; n++)
		vm_handler(&self->vm, n, guest_taken);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
}

FIXTURE_TEARDOWN(errors)
{
	module_unload("hwerror");
	vm_destroy(&self->vm);
}

static void begin_at(FIXTURE_DATA(errors) *self, const void *code, u64 address)
{
	vcpu_call(self->vcpu, guest_begins, 0, 0);
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	self->run->pc = vm_gpa(code);
	self->run->x[1] = address;
}

static int make(const char *what, u64 syndrome)
{
	char parameter[64];

	snprintf(parameter, sizeof(parameter), "%s=%#lx", what, syndrome);
	return module_load_with(HWERROR_KO, parameter);
}

/* How graded is for the selftest ras_grade to show, in full */
static const struct {
	u64 syndrome;
	unsigned int taken;
} serrors[] = {
	{ AET(CE), 0 },
	{ AET(UEO), 0 },
	{ AET(UER), 1 },
	{ IDS | 0xabcdef, 1 },
};

TEST_F(errors, an_serror_is_told_and_given_by_its_grade)
{
	unsigned int i, n, taken;
	u64 counted;

	for (i = 0; i < ARRAY_SIZE(serrors); i++) {
		counted = vcpu_stat(self->vcpu, ARM_VCPU_STAT_SERROR);
		begin_at(self, guest_unmasked, 0);
		errno = -make("disr", DISR_A | serrors[i].syndrome);
		if (errno == ENXIO)
			SKIP(return, "hardware: no FEAT_RAS");
		ASSERT_EQ(0, errno);
		for (n = 0, taken = 0; n < 4; n++) {
			vcpu_expect(self->vcpu, HYPERCALL);
			if (self->run->call.immediate != CALL_TAKEN)
				continue;
			EXPECT_EQ(VECTOR_SERROR, self->run->x[3]);
			taken++;
		}
		EXPECT_EQ(serrors[i].taken, taken) TH_LOG("syndrome %#lx", serrors[i].syndrome);
		EXPECT_TRUE(log_says(DISR_A | serrors[i].syndrome));
		EXPECT_EQ(counted + 1, vcpu_stat(self->vcpu, ARM_VCPU_STAT_SERROR));
		ASSERT_EQ(0, module_unload("hwerror"));
	}
}

/* Offers follow what all CPUs have, and what a CPU's vectors defer what that CPU has */
TEST_F(errors, an_serror_of_a_cpu_with_ras_counts_where_another_has_none)
{
	u64 syndrome = DISR_A | AET(CE) | EA;
	int i, cpu = hotplug_cpu();
	char parameters[64];

	if (cpu < 0)
		SKIP(return, "hardware: no CPU can go offline");
	begin_at(self, guest_unmasked, 0);
	snprintf(parameters, sizeof(parameters), "disr=%#lx mixed=1", syndrome);
	errno = -module_load_with(HWERROR_KO, parameters);
	if (errno == ENXIO)
		SKIP(return, "hardware: no FEAT_RAS");
	ASSERT_EQ(0, errno);
	/* It is looked at when it comes */
	ASSERT_EQ(0, cpu_set_online(cpu, false));
	ASSERT_EQ(0, cpu_set_online(cpu, true));
	pin_to(cpu);
	for (i = 0; i < 4; i++)
		vcpu_expect_call(self->vcpu, 1);
	EXPECT_TRUE(log_says(syndrome));
}

/* On nVHE, for on VHE EL2 is the host kernel, which reports its own faults */
TEST_F(errors, an_serror_is_told_where_el2_broke_down_after_it)
{
	begin_at(self, guest_unmasked, 0);
	errno = -make("disr", DISR_A | IDS | 0xfedcba);
	if (errno == ENXIO)
		SKIP(return, "hardware: no FEAT_RAS");
	ASSERT_EQ(0, errno);
	errno = -module_load("ARM_VCPU_EL2BREAK_KO", "/el2break.ko");
	if (errno == ENXIO)
		SKIP(return, "hardware: the host kernel runs at EL2 itself");
	ASSERT_EQ(0, errno);
	do {	/* NONE may come at any time */
		ASSERT_EQ(0, vcpu_run(self->vcpu));
	} while (self->run->exit_reason == ARM_VCPU_EXIT_NONE);
	EXPECT_EQ(ARM_VCPU_EXIT_INTERNAL_ERROR, self->run->exit_reason);
	EXPECT_EQ(0, module_unload("el2break"));
	EXPECT_TRUE(log_says(DISR_A | IDS | 0xfedcba));
}

static const struct {
	u64 el2, el1, far;
} aborts[] = {
	{ CLASS(EC_DABT_LOWER) | EA | 0x10, CLASS(EC_DABT) | EA | 0x10, NOTHING },
	{ CLASS(EC_DABT_LOWER) | WNR | 0x15, CLASS(EC_DABT) | WNR | 0x15, NOTHING },
	{ CLASS(EC_DABT_LOWER) | S1PTW | 0x17, CLASS(EC_DABT) | 0x17, NOTHING },
	{ CLASS(EC_DABT_LOWER) | FNV | 0x10, CLASS(EC_DABT) | FNV | 0x10, 0 },
	{ CLASS(EC_IABT_LOWER) | EA | 0x14, CLASS(EC_IABT) | EA | 0x14, NOTHING },
};

TEST_F(errors, an_external_abort_is_the_guests_with_its_syndrome)
{
	unsigned int i;

	/* Else the first abort is for its code */
	begin_at(self, guest_writes, NOTHING);
	vcpu_expect(self->vcpu, MMIO_WRITE);
	for (i = 0; i < ARRAY_SIZE(aborts); i++) {
		begin_at(self, guest_writes, NOTHING);
		ASSERT_EQ(0, make("esr", aborts[i].el2));
		vcpu_expect_call(self->vcpu, CALL_TAKEN);
		EXPECT_EQ(aborts[i].el1, self->run->x[0]);
		EXPECT_EQ(vm_gpa(guest_writes), self->run->x[1]);
		EXPECT_EQ(aborts[i].far, self->run->x[2]);
		EXPECT_EQ(VECTOR_SYNC, self->run->x[3]);
		ASSERT_EQ(0, module_unload("hwerror"));
	}
}

TEST_HARNESS_MAIN
