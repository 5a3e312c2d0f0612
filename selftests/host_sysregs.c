// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that nothing which a guest writes to a system register reaches the host: as in
 * sysreg_sweep, a vCPU writes one of two opposite patterns, by chance, to every encoding that
 * there is for it, and no bit of any register that the host kernel can read tells which.  The
 * module hostregs reads them, at EL1 of an nVHE host and at EL2 of a VHE host.
 */
#include <fcntl.h>
#include "kselftest_harness.h"
#include "module.h"
#include "sweep.h"

#define HOSTREGS_KO	"ARM_VCPU_HOSTREGS_KO", "/hostregs.ko"

struct hostreg {
	u64 value;
	u64 there;
};

/* To read these does something: acknowledge an interrupt, take a word from the debugger */
static const u16 not_read[] = {
	SWEEP(2, 0, 0, 0, 2),		/* OSDTRRX_EL1 */
	SWEEP(2, 3, 0, 4, 0),		/* DBGDTR_EL0 */
	SWEEP(2, 3, 0, 5, 0),		/* DBGDTRRX_EL0 */
	SWEEP(3, 0, 12, 8, 0),		/* ICC_IAR0_EL1 */
	SWEEP(3, 0, 12, 9, 5),		/* ICC_NMIAR1_EL1 */
	SWEEP(3, 0, 12, 12, 0),		/* ICC_IAR1_EL1 */
};

/* Left in the CPU, where the host writes before it reads (Documentation/hazards.rst) */
static const u16 left_behind[] = {
	SWEEP(3, 0, 7, 4, 0),		/* PAR_EL1: the result of the last AT */
	SWEEP(3, 0, 4, 0, 0),		/* SPSR_EL1: exceptions write it, and what follows */
	SWEEP(3, 0, 4, 0, 1),		/* ELR_EL1 */
	SWEEP(3, 0, 5, 1, 0),		/* AFSR0_EL1 */
	SWEEP(3, 0, 5, 1, 1),		/* AFSR1_EL1 */
	SWEEP(3, 0, 5, 2, 0),		/* ESR_EL1 */
	SWEEP(3, 0, 6, 0, 0),		/* FAR_EL1 */
};

/* On VHE hosts, which don't use them, the guest's stay there, as do all _EL12 registers */
static const u16 resident[] = {
	SWEEP(3, 4, 4, 1, 0),		/* SP_EL1 */
	SWEEP(3, 0, 13, 0, 4),		/* TPIDR_EL1 */
	SWEEP(3, 4, 12, 1, 1),		/* VDISR_EL2, a guest's DISR_EL1 */
};

/* On nVHE hosts, which tick on the physical timer, so does the virtual one; it is off */
static const u16 resident_nvhe[] = {
	SWEEP(3, 3, 14, 3, 0),		/* CNTV_TVAL_EL0, what is left until CVAL */
	SWEEP(3, 3, 14, 3, 2),		/* CNTV_CVAL_EL0 */
};

static bool in_list(const u16 *list, size_t size, unsigned int e)
{
	for (; size; size--, list++) {
		if (*list == e)
			return true;
	}
	return false;
}

#define IN_LIST(list, e)	in_list(list, ARRAY_SIZE(list), e)

FIXTURE(host) {
	struct vm vm;
	struct vcpu *vcpu;
	bool vhe;
	int fd;
	struct sweep_map map;
	u16 list[SWEEP_END];
	unsigned int count;
};

FIXTURE_VARIANT(host) {
	bool el0;
};

FIXTURE_VARIANT_ADD(host, el1) { false };
FIXTURE_VARIANT_ADD(host, el0) { true };

static void set_list(int fd, const u16 *list, unsigned int count)
{
	if (write(fd, list, count * sizeof(*list)) != (ssize_t)(count * sizeof(*list)))
		die("can't write to /proc/hostregs");
}

/*
 * The FP control registers are the task's as soon as it uses them: until then the kernel
 * doesn't care what is in them.
 */
static void read_values(int fd, struct hostreg *values, unsigned int count)
{
	barrier();
	read_sysreg(fpcr);
	if (pread(fd, values, count * sizeof(*values), 0) != (ssize_t)(count * sizeof(*values)))
		die("can't read /proc/hostregs");
}

/* What is the CPU's own may do anything when it is read: only where a guest can, too */
static bool may_be_read(FIXTURE_DATA(host) *self, unsigned int e)
{
	bool reachable = self->map.there[SWEEP_READ][e] || self->map.there[SWEEP_WRITE][e];

	if ((SWEEP_CRN(e) == 11 || SWEEP_CRN(e) == 15) && SWEEP_OP0(e) == 3 && !reachable)
		return false;
	return !IN_LIST(not_read, e);
}

static bool may_tell(FIXTURE_DATA(host) *self, unsigned int e)
{
	if (IN_LIST(left_behind, e))
		return true;
	if (self->vhe)
		return SWEEP_OP1(e) == 5 || IN_LIST(resident, e);
	return IN_LIST(resident_nvhe, e);
}

FIXTURE_SETUP(host)
{
	static struct hostreg values[SWEEP_END];
	struct arm_vcpu_info info;
	unsigned int e, n = 0;

	ASSERT_TRUE(module_file_exists(HOSTREGS_KO)) {
		TH_LOG("hostregs.ko isn't there: ARM_VCPU_HOSTREGS_KO names it");
	}
	ASSERT_EQ(0, module_load(HOSTREGS_KO));
	self->fd = open("/proc/hostregs", O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, self->fd);

	pin_to(cpu_nth(0));
	vm_create(&self->vm);
	sweep_memory(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	ASSERT_EQ(0, vm_info(self->vm.fd, &info));
	self->vhe = info.el2_mode == ARM_VCPU_EL2_VHE;
	sweep_map(self->vcpu, variant->el0, &self->map);

	for (e = SWEEP(2, 0, 0, 0, 0); e < SWEEP_END; e++) {
		if (may_be_read(self, e))
			self->list[n++] = (u16)e;
	}
	set_list(self->fd, self->list, n);
	read_values(self->fd, values, n);
	for (e = 0; e < n; e++) {
		if (values[e].there)
			self->list[self->count++] = self->list[e];
	}
	set_list(self->fd, self->list, self->count);
}

FIXTURE_TEARDOWN(host)
{
	vm_destroy(&self->vm);
	close(self->fd);
	module_unload("hostregs");
}

/* One trace for each register that is written and each that is read */
static void note(FIXTURE_DATA(host) *self, struct sweep_trace *traces, bool choice)
{
	static struct hostreg values[SWEEP_END];
	unsigned int i;

	read_values(self->fd, values, self->count);
	for (i = 0; i < self->count; i++)
		sweep_note(&traces[i], choice, values[i].value);
}

TEST_F_TIMEOUT(host, nothing_tells_what_a_guest_writes, 120)
{
	unsigned int e, i, n, round, written = 0;
	struct sweep_trace *traces;
	u16 writes[SWEEP_END];
	bool choice;

	for (e = SWEEP_FIRST; e < SWEEP_END; e++) {
		if (self->map.there[SWEEP_WRITE][e])
			writes[written++] = (u16)e;
	}
	traces = calloc((size_t)written * self->count, sizeof(*traces));
	ASSERT_TRUE(traces);

	for (round = 0; round < SWEEP_ROUNDS; round++) {
		choice = sweep_choice(round);
		for (n = 0; n < written; n++) {
			e = writes[n];
			sweep_find(self->vcpu, SWEEP_WRITE, variant->el0, e, e + 1,
				   sweep_pattern(e, choice));
			note(self, traces + n * self->count, choice);
		}
	}
	for (n = 0; n < written * self->count; n++) {
		i = self->list[n % self->count];
		if (may_tell(self, i))
			continue;
		EXPECT_EQ(0, sweep_tells(&traces[n])) {
			TH_LOG("%s of the host tells what a guest writes to %s",
			       sweep_name(i), sweep_name(writes[n / self->count]));
		}
	}
	TH_LOG("EL%d: %u registers written, %u of the host's compared", !variant->el0,
	       written, self->count);
	EXPECT_LT(100, self->count);
	EXPECT_LT(10, written);
	free(traces);
}

TEST_HARNESS_MAIN
