// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows registers by KVM's ids: those that the guest sees are those that are set, the list can be
 * read and set back as programs do, the virtual timer's two have each other's id, and
 * KVM_ARM_VCPU_INIT is a power-on each time.
 */
#include <errno.h>
#include <string.h>
#include "kselftest_harness.h"
#include "kvm.h"

#define MAX_IDS		512
#define SP_EL1		KVM_CORE(sp_el1)
#define ELR_EL1		KVM_CORE(elr_el1)
#define TPIDR_EL1	ARM64_SYS_REG(3, 0, 13, 0, 4)
#define MPIDR_EL1	ARM64_SYS_REG(3, 0, 0, 0, 5)
#define MIDR_EL1	ARM64_SYS_REG(3, 0, 0, 0, 0)
#define REVIDR_EL1	ARM64_SYS_REG(3, 0, 0, 0, 6)
#define AIDR_EL1	ARM64_SYS_REG(3, 1, 0, 0, 7)
#define DISR_EL1	ARM64_SYS_REG(3, 0, 12, 1, 1)
#define CNTPCT_EL0	ARM64_SYS_REG(3, 3, 14, 0, 1)
#define DBG(n, op2)	ARM64_SYS_REG(2, 0, 0, n, op2)
#define HCR_EL2		ARM64_SYS_REG(3, 4, 1, 1, 0)
#define V(n)		(KVM_REG_ARM64 | KVM_REG_SIZE_U128 | KVM_REG_ARM_CORE | \
			 (KVM_REG_ARM_CORE_REG(fp_regs.vregs[0]) + 4 * (n)))
#define FPSR		(KVM_REG_ARM64 | KVM_REG_SIZE_U32 | KVM_REG_ARM_CORE | \
			 KVM_REG_ARM_CORE_REG(fp_regs.fpsr))

struct ids {
	u64 n;
	u64 id[MAX_IDS];
};

FIXTURE(kvm_reg) {
	struct kvm kvm;
	struct kvm_vcpu vcpu;
	struct ids ids;
};

FIXTURE_SETUP(kvm_reg)
{
	kvm_begin(&self->kvm);
	kvm_vcpu(&self->kvm, 0, 0, &self->vcpu);
	self->ids.n = MAX_IDS;
	if (vm_ioctl(self->vcpu.fd, KVM_GET_REG_LIST, &self->ids))
		die("KVM_GET_REG_LIST failed");
}

FIXTURE_TEARDOWN(kvm_reg)
{
	kvm_end(&self->kvm);
}

static bool listed(FIXTURE_DATA(kvm_reg) *self, u64 id)
{
	u64 i;

	for (i = 0; i < self->ids.n; i++)
		if (self->ids.id[i] == id)
			return true;
	return false;
}

TEST_F(kvm_reg, a_list_without_room_says_how_long_it_is)
{
	struct ids none = { .n = 0 };
	u64 i, j;

	EXPECT_EQ(-E2BIG, vm_ioctl(self->vcpu.fd, KVM_GET_REG_LIST, &none));
	EXPECT_EQ(self->ids.n, none.n);
	none.n--;
	EXPECT_EQ(-E2BIG, vm_ioctl(self->vcpu.fd, KVM_GET_REG_LIST, &none));
	for (i = 0; i < self->ids.n; i++)
		for (j = 0; j < i; j++)
			EXPECT_NE(self->ids.id[i], self->ids.id[j]);
}

TEST_F(kvm_reg, what_programs_look_for_is_in_the_list)
{
	int n;

	for (n = 0; n < 31; n++)
		EXPECT_TRUE(listed(self, KVM_X(n)));
	for (n = 0; n < 32; n++)
		EXPECT_TRUE(listed(self, V(n)));
	for (n = 0; n < KVM_NR_SPSR; n++)
		EXPECT_TRUE(listed(self, KVM_CORE(spsr[0]) + 2 * n));
	EXPECT_TRUE(listed(self, KVM_CORE(regs.sp)));
	EXPECT_TRUE(listed(self, KVM_PC));
	EXPECT_TRUE(listed(self, KVM_PSTATE));
	EXPECT_TRUE(listed(self, SP_EL1));
	EXPECT_TRUE(listed(self, ELR_EL1));
	EXPECT_TRUE(listed(self, FPSR));
	EXPECT_TRUE(listed(self, MPIDR_EL1));
	EXPECT_TRUE(listed(self, KVM_REG_ARM_TIMER_CNT));
	EXPECT_TRUE(listed(self, KVM_REG_ARM_TIMER_CVAL));
	EXPECT_TRUE(listed(self, KVM_REG_ARM_TIMER_CTL));
	EXPECT_TRUE(listed(self, KVM_REG_ARM_PSCI_VERSION));
	/* Of EL2, a guest has nothing */
	EXPECT_FALSE(listed(self, HCR_EL2));
}

TEST_F(kvm_reg, all_that_is_listed_can_be_set_to_what_it_is)
{
	u64 i, value[2];

	for (i = 0; i < self->ids.n; i++) {
		u64 id = self->ids.id[i];

		EXPECT_EQ(0, kvm_get_reg(&self->vcpu, id, value)) {
			TH_LOG("get %llx", (unsigned long long)id);
		}
		EXPECT_EQ(0, kvm_set_reg(&self->vcpu, id, value)) {
			TH_LOG("set %llx", (unsigned long long)id);
		}
	}
}

TEST_F(kvm_reg, unnamed_id_registers_are_zero)
{
	int crm, op2;
	u64 value;

	for (crm = 1; crm < 8; crm++)
		for (op2 = 0; op2 < 8; op2++)
			EXPECT_EQ(0, kvm_get_reg(&self->vcpu, ARM64_SYS_REG(3, 0, 0, crm, op2),
						 &value));
	EXPECT_EQ(0, kvm_get(&self->vcpu, ARM64_SYS_REG(3, 0, 0, 7, 7)));
	EXPECT_NE(0, kvm_get(&self->vcpu, ARM64_SYS_REG(3, 0, 0, 4, 0)));
}

TEST_F(kvm_reg, what_is_not_there_is_said_to_be_so)
{
	u64 value[32] = { };

	EXPECT_EQ(-ENOENT, kvm_get_reg(&self->vcpu, HCR_EL2, value));
	EXPECT_EQ(-ENOENT, kvm_set_reg(&self->vcpu, HCR_EL2, value));
	EXPECT_EQ(-ENOENT, kvm_get_reg(&self->vcpu, KVM_X(0) + 1, value));
	EXPECT_EQ(-ENOENT, kvm_get_reg(&self->vcpu, KVM_REG_ARM_FW_REG(99), value));
	EXPECT_EQ(-ENOENT, kvm_get_reg(&self->vcpu, KVM_REG_ARM64_SVE_ZREG(0, 0), value));
	EXPECT_EQ(-EINVAL, kvm_get_reg(&self->vcpu, KVM_REG_X86 | KVM_REG_SIZE_U64, value));
	EXPECT_EQ(-EFAULT, kvm_get_reg(&self->vcpu, KVM_PC, NULL));
	EXPECT_EQ(-EFAULT, kvm_set_reg(&self->vcpu, KVM_PC, NULL));
}

/* All of x0 to x30 is stored at x30's address, and told */
GUEST_ASM(guest_dumps, "stp x0, x1, [x30]\n stp x28, x29, [x30, #16]\n mrs x0, tpidr_el1\n"
	  "mrs x1, elr_el1\n stp x0, x1, [x30, #32]\n mov x0, sp\n mrs x1, mpidr_el1\n"
	  "stp x0, x1, [x30, #48]\n mov w0, #3\n mov x1, #0x9000000\n str w0, [x1]\n b .");

TEST_F(kvm_reg, the_guest_sees_what_is_set)
{
	u64 *dump = (u64 *)((char *)self->kvm.ram + (GUEST_SHARED - GUEST_RAM));
	int n;

	for (n = 0; n < 30; n++)
		kvm_set(&self->vcpu, KVM_X(n), guest_pattern(1, (u64)n));
	kvm_set(&self->vcpu, KVM_X(30), GUEST_SHARED);
	kvm_set(&self->vcpu, KVM_PC, vm_gpa(guest_dumps));
	kvm_set(&self->vcpu, TPIDR_EL1, 0x11);
	kvm_set(&self->vcpu, ELR_EL1, 0x22);
	kvm_set(&self->vcpu, SP_EL1, 0x330);
	EXPECT_EQ(3, kvm_told(&self->vcpu));
	EXPECT_EQ(guest_pattern(1, 0), dump[0]);
	EXPECT_EQ(guest_pattern(1, 1), dump[1]);
	EXPECT_EQ(guest_pattern(1, 28), dump[2]);
	EXPECT_EQ(guest_pattern(1, 29), dump[3]);
	EXPECT_EQ(0x11, dump[4]);
	EXPECT_EQ(0x22, dump[5]);
	EXPECT_EQ(0x330, dump[6]);
	EXPECT_EQ(kvm_get(&self->vcpu, MPIDR_EL1), dump[7]);
	EXPECT_EQ(3, kvm_get(&self->vcpu, KVM_X(0)));
	EXPECT_EQ(guest_pattern(1, 5), kvm_get(&self->vcpu, KVM_X(5)));
}

TEST_F(kvm_reg, sizes_are_those_of_the_ids)
{
	u32 small[2] = { 0x9f, 0x55 }, read[2] = { 0, 0x66 };
	u64 wide[2] = { 1, 2 }, back[2];

	EXPECT_EQ(0, kvm_set_reg(&self->vcpu, FPSR, small));
	EXPECT_EQ(0, kvm_get_reg(&self->vcpu, FPSR, read));
	EXPECT_EQ(0x9f, read[0]);
	EXPECT_EQ(0x66, read[1]);
	EXPECT_EQ(0, kvm_set_reg(&self->vcpu, V(31), wide));
	EXPECT_EQ(0, kvm_get_reg(&self->vcpu, V(31), back));
	EXPECT_EQ(0, memcmp(wide, back, sizeof(wide)));
}

TEST_F(kvm_reg, the_virtual_timer_has_its_ids_swapped)
{
	u64 before = kvm_get(&self->vcpu, KVM_REG_ARM_TIMER_CNT);

	kvm_set(&self->vcpu, KVM_REG_ARM_TIMER_CVAL, 0x1122334455667788);
	EXPECT_EQ(0x1122334455667788, kvm_get(&self->vcpu, KVM_REG_ARM_TIMER_CVAL));
	/* A counter counts */
	sleep_ms(2);
	EXPECT_LT(before, kvm_get(&self->vcpu, KVM_REG_ARM_TIMER_CNT));
	kvm_set(&self->vcpu, KVM_REG_ARM_TIMER_CNT, 1UL << 50);
	EXPECT_LE(1UL << 50, kvm_get(&self->vcpu, KVM_REG_ARM_TIMER_CNT));
	EXPECT_EQ(0x1122334455667788, kvm_get(&self->vcpu, KVM_REG_ARM_TIMER_CVAL));
}

TEST_F(kvm_reg, no_other_level_and_no_aarch32)
{
	static const u64 wrong[] = { 0x8, 0x9, 0xc, 0xd, 0x10, 0x13, 0x1 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		EXPECT_EQ(-EINVAL, kvm_set_reg(&self->vcpu, KVM_PSTATE, &wrong[i]));
	EXPECT_EQ(PSR_EL1H | PSR_DAIF, kvm_get(&self->vcpu, KVM_PSTATE));
	kvm_set(&self->vcpu, KVM_PSTATE, PSR_EL0T);
}

GUEST_ASM(guest_tells_midr, "mrs x0, midr_el1\n mov x1, #0x9000000\n str w0, [x1]\n b .");

TEST_F(kvm_reg, what_nobody_changes_is_listed_and_stays)
{
	static const u64 ids[] = { MIDR_EL1, REVIDR_EL1, AIDR_EL1 };
	u64 value;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		EXPECT_TRUE(listed(self, ids[i]));
		value = kvm_get(&self->vcpu, ids[i]) + 1;
		EXPECT_EQ(-EINVAL, kvm_set_reg(&self->vcpu, ids[i], &value));
		EXPECT_EQ(value - 1, kvm_get(&self->vcpu, ids[i]));
	}
	kvm_enter(&self->vcpu, guest_tells_midr, 0, 0, 0);
	EXPECT_EQ(kvm_get(&self->vcpu, MIDR_EL1), kvm_told(&self->vcpu));
	EXPECT_TRUE(listed(self, DISR_EL1));
	EXPECT_TRUE(listed(self, CNTPCT_EL0));
	value = kvm_get(&self->vcpu, CNTPCT_EL0);
	sleep_ms(2);
	EXPECT_LT(value, kvm_get(&self->vcpu, CNTPCT_EL0));
}

TEST_F(kvm_reg, what_no_guest_has_is_listed_and_loses_what_is_written)
{
	static const u64 ids[] = {
		KVM_CORE(spsr[1]), KVM_CORE(spsr[4]), ARM64_SYS_REG(3, 4, 3, 0, 0),
		ARM64_SYS_REG(3, 4, 5, 0, 1), ARM64_SYS_REG(3, 4, 5, 3, 0),
		ARM64_SYS_REG(2, 4, 0, 7, 0), ARM64_SYS_REG(3, 0, 1, 0, 1),
		ARM64_SYS_REG(2, 0, 0, 2, 0),
	};
	u64 value = 0x123;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		EXPECT_TRUE(listed(self, ids[i]));
		EXPECT_EQ(0, kvm_set_reg(&self->vcpu, ids[i], &value));
		EXPECT_EQ(0, kvm_get(&self->vcpu, ids[i]));
	}
}

/* Those that there are keep what is written */
TEST_F(kvm_reg, all_break_and_watchpoints_are_listed)
{
	u64 dfr0 = kvm_get(&self->vcpu, ARM64_SYS_REG(3, 0, 0, 5, 0)), value = 0x1000;
	u32 n, bp = (dfr0 >> 12 & 0xf) + 1, wp = (dfr0 >> 20 & 0xf) + 1;

	for (n = 0; n < 16; n++) {
		EXPECT_TRUE(listed(self, DBG(n, 4)) && listed(self, DBG(n, 5)));
		EXPECT_TRUE(listed(self, DBG(n, 6)) && listed(self, DBG(n, 7)));
		EXPECT_EQ(0, kvm_set_reg(&self->vcpu, DBG(n, 4), &value));
		EXPECT_EQ(0, kvm_set_reg(&self->vcpu, DBG(n, 6), &value));
		EXPECT_EQ(n < bp ? value : 0, kvm_get(&self->vcpu, DBG(n, 4)));
		EXPECT_EQ(n < wp ? value : 0, kvm_get(&self->vcpu, DBG(n, 6)));
	}
}

TEST_F(kvm_reg, mpidr_is_by_the_number_of_the_vcpu)
{
	static const struct { unsigned int id; u64 mpidr; } cpus[] = {
		{ 1, 1 }, { 15, 15 }, { 16, 1 << 8 }, { 0x123, 0x12 << 8 | 3 },
	};
	struct kvm_vcpu vcpu;
	u32 i;

	EXPECT_EQ(1UL << 31, kvm_get(&self->vcpu, MPIDR_EL1));
	for (i = 0; i < ARRAY_SIZE(cpus); i++) {
		kvm_vcpu(&self->kvm, cpus[i].id, 0, &vcpu);
		EXPECT_EQ(cpus[i].mpidr | 1UL << 31, kvm_get(&vcpu, MPIDR_EL1));
	}
}

TEST_F(kvm_reg, init_is_a_power_on_each_time)
{
	u32 features = 1 << KVM_ARM_VCPU_PSCI_0_2;

	kvm_set(&self->vcpu, KVM_X(7), 7);
	kvm_set(&self->vcpu, KVM_PC, 0x1000);
	kvm_set(&self->vcpu, KVM_PSTATE, PSR_EL0T);
	kvm_set(&self->vcpu, TPIDR_EL1, 0x11);
	EXPECT_EQ(-EINVAL, kvm_vcpu_init(&self->vcpu, 0));
	EXPECT_EQ(7, kvm_get(&self->vcpu, KVM_X(7)));
	ASSERT_EQ(0, kvm_vcpu_init(&self->vcpu, features));
	EXPECT_EQ(0, kvm_get(&self->vcpu, KVM_X(7)));
	EXPECT_EQ(0, kvm_get(&self->vcpu, KVM_PC));
	EXPECT_EQ(PSR_EL1H | PSR_DAIF, kvm_get(&self->vcpu, KVM_PSTATE));
	EXPECT_EQ(0, kvm_get(&self->vcpu, TPIDR_EL1));
}

TEST_F(kvm_reg, nothing_before_init)
{
	struct kvm_vcpu_events events = { };
	struct kvm_vcpu vcpu;
	u64 value = 0;

	kvm_vcpu_make(&self->kvm, 1, &vcpu);
	EXPECT_EQ(-ENOEXEC, kvm_get_reg(&vcpu, KVM_PC, &value));
	EXPECT_EQ(-ENOEXEC, kvm_set_reg(&vcpu, KVM_PC, &value));
	EXPECT_EQ(-ENOEXEC, vm_ioctl(vcpu.fd, KVM_GET_REG_LIST, &self->ids));
	EXPECT_EQ(-ENOEXEC, vm_ioctl(vcpu.fd, KVM_GET_VCPU_EVENTS, &events));
	EXPECT_EQ(-ENOEXEC, kvm_run_once(&vcpu));
}

TEST_HARNESS_MAIN
