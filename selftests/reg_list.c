// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows which registers of a vCPU have an id, on any host, that each of them can be read and
 * set, and what of a wrong id, value or time becomes.
 */
#include <errno.h>
#include <sys/mman.h>
#include "kselftest_harness.h"
#include "reg.h"

/* The golden list: what isn't here mustn't be listed, and what is, must, unless it is optional */
static const u64 golden[] = {
	/* SP_EL0, SP_EL1, ELR_EL1, SPSR_EL1, FPSR, FPCR: V0 to V31 are added below */
	0x603000000010003e, 0x6030000000100044, 0x6030000000100046, 0x6030000000100048,
	0x60200000001000d4, 0x60200000001000d5,
	0x603000000013c005,	/* MPIDR_EL1; ID_*_EL1, c008 to c03f, are added below */
	0x603000000013c080,	/* SCTLR_EL1 */
	0x603000000013c082,	/* CPACR_EL1 */
	0x603000000013c100,	/* TTBR0_EL1 */
	0x603000000013c101,	/* TTBR1_EL1 */
	0x603000000013c102,	/* TCR_EL1 */
	0x603000000013c288,	/* AFSR0_EL1 */
	0x603000000013c289,	/* AFSR1_EL1 */
	0x603000000013c290,	/* ESR_EL1 */
	0x603000000013c300,	/* FAR_EL1 */
	0x603000000013c3a0,	/* PAR_EL1 */
	0x603000000013c510,	/* MAIR_EL1 */
	0x603000000013c518,	/* AMAIR_EL1 */
	0x603000000013c600,	/* VBAR_EL1 */
	0x603000000013c681,	/* CONTEXTIDR_EL1 */
	0x603000000013c684,	/* TPIDR_EL1 */
	0x603000000013c708,	/* CNTKCTL_EL1 */
	0x603000000013c801,	/* CLIDR_EL1 */
	0x603000000013d000,	/* CSSELR_EL1 */
	0x603000000013d801,	/* CTR_EL0 */
	0x603000000013de82,	/* TPIDR_EL0 */
	0x603000000013de83,	/* TPIDRRO_EL0 */
	0x603000000013df02,	/* CNTVCT_EL0 */
	0x603000000013df11,	/* CNTP_CTL_EL0 */
	0x603000000013df12,	/* CNTP_CVAL_EL0 */
	0x603000000013df19,	/* CNTV_CTL_EL0 */
	0x603000000013df1a,	/* CNTV_CVAL_EL0 */
	0x6030000000138012,	/* MDSCR_EL1; break- and watchpoints are added below */
	0x603000000013808c,	/* OSLSR_EL1 */
	0x603000000013e088,	/* HCR_EL2 */
};

/* By what the host has, and the guest can't see */
static const u64 optional[] = {
	0x603000000013c609,	/* DISR_EL1 */
	0x603000000013e293,	/* VSESR_EL2 */
	0x603000000013de85,	/* TPIDR2_EL0 */
};

/* APIA, APIB, APDA, APDB, APGA, low and high halves */
static const u64 keys[] = {
	0x603000000013c108, 0x603000000013c109, 0x603000000013c10a, 0x603000000013c10b,
	0x603000000013c110, 0x603000000013c111, 0x603000000013c112, 0x603000000013c113,
	0x603000000013c118, 0x603000000013c119,
};

FIXTURE(reg) {
	struct vm vm;
	struct vcpu *vcpu;
	struct reg_list list;
};

FIXTURE_SETUP(reg)
{
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	vcpu_enter(self->vcpu, guest_hvc, 0, 0);
	ASSERT_EQ(0, vcpu_list_regs(self->vcpu, &self->list));
	ASSERT_GE(MAX_REGS, self->list.count);
}

FIXTURE_TEARDOWN(reg)
{
	vm_destroy(&self->vm);
}

static bool in_list(const u64 *ids, u64 count, u64 id)
{
	while (count--) {
		if (ids[count] == id)
			return true;
	}
	return false;
}

static bool is_optional(u64 id)
{
	return in_list(optional, ARRAY_SIZE(optional), id);
}

static void add(struct reg_list *list, u64 id)
{
	list->ids[list->count++] = id;
}

/* The golden list for this host, by what its guests see in ID registers */
static void expected_list(struct vcpu *vcpu, struct reg_list *list)
{
	u64 dfr0 = reg_get(vcpu, REG(3, 0, 0, 5, 0));
	u64 isar1 = reg_get(vcpu, REG(3, 0, 0, 6, 1));
	u64 isar2 = reg_get(vcpu, REG(3, 0, 0, 6, 2));
	u64 n;

	list->count = 0;
	for (n = 0; n < ARRAY_SIZE(golden); n++)
		add(list, golden[n]);
	for (n = 0; n < 32; n++)
		add(list, 0x6040000000100054 + 4 * n);
	for (n = 0; n < 56; n++)
		add(list, 0x603000000013c008 + n);
	for (n = 0; n <= (dfr0 >> 12 & 0xf); n++) {
		add(list, 0x6030000000138004 + 8 * n);
		add(list, 0x6030000000138005 + 8 * n);
	}
	for (n = 0; n <= (dfr0 >> 20 & 0xf); n++) {
		add(list, 0x6030000000138006 + 8 * n);
		add(list, 0x6030000000138007 + 8 * n);
	}
	for (n = 0; n < ARRAY_SIZE(keys) && (isar1 & 0xff0 || isar2 & 0xf000); n++)
		add(list, keys[n]);
}

TEST_F(reg, the_list_is_the_golden_one)
{
	struct reg_list expected;
	u32 n, more = 0;

	expected_list(self->vcpu, &expected);
	for (n = 0; n < expected.count; n++)
		EXPECT_TRUE(in_list(self->list.ids, self->list.count, expected.ids[n])) {
			TH_LOG("%llx is missing", (unsigned long long)expected.ids[n]);
		}
	for (n = 0; n < self->list.count; n++) {
		u64 id = self->list.ids[n];

		EXPECT_FALSE(in_list(self->list.ids, n, id)) {
			TH_LOG("%llx is there twice", (unsigned long long)id);
		}
		if (is_optional(id))
			more++;
		else
			EXPECT_TRUE(in_list(expected.ids, expected.count, id)) {
				TH_LOG("%llx is new", (unsigned long long)id);
			}
	}
	EXPECT_EQ(expected.count + more, self->list.count);
}

TEST_F(reg, the_names_in_the_header_are_the_ids)
{
	EXPECT_EQ(golden[0], ARM_VCPU_REG_SP_EL0);
	EXPECT_EQ(golden[1], ARM_VCPU_REG_SP_EL1);
	EXPECT_EQ(golden[2], ARM_VCPU_REG_ELR_EL1);
	EXPECT_EQ(golden[3], ARM_VCPU_REG_SPSR_EL1);
	EXPECT_EQ(golden[4], ARM_VCPU_REG_FPSR);
	EXPECT_EQ(golden[5], ARM_VCPU_REG_FPCR);
	EXPECT_EQ(0x6040000000100054 + 4 * 31, ARM_VCPU_REG_V(31));
	EXPECT_EQ(4, ARM_VCPU_REG_SIZE(ARM_VCPU_REG_FPSR));
	EXPECT_EQ(8, ARM_VCPU_REG_SIZE(MPIDR));
	EXPECT_EQ(16, ARM_VCPU_REG_SIZE(ARM_VCPU_REG_V(0)));
}

TEST_F(reg, a_list_is_as_long_as_there_is_room)
{
	u64 *page = map_pages(page_size());
	u64 *ids = page + page_size() / sizeof(u64) - 3;
	struct arm_vcpu_reg_list list = { .size = sizeof(list), .ids = (u64)ids, .count = 2 };
	int fd = self->vcpu->fd;

	ids[2] = 0x4711;
	EXPECT_EQ(0, vm_ioctl(fd, ARM_VCPU_LIST_REGS, &list));
	EXPECT_EQ(self->list.count, list.count);
	EXPECT_EQ(self->list.ids[1], ids[1]);
	EXPECT_EQ(0x4711, ids[2]);
	list.count = 0;
	list.ids = 0;
	EXPECT_EQ(0, vm_ioctl(fd, ARM_VCPU_LIST_REGS, &list));
	EXPECT_EQ(self->list.count, list.count);
	/* Up to the end of what is mapped, and beyond */
	ASSERT_EQ(0, munmap(page, page_size()));
	list.ids = (u64)page;
	EXPECT_EQ(-EFAULT, vm_ioctl(fd, ARM_VCPU_LIST_REGS, &list));
	list.ids = 0xffff800000000000;
	EXPECT_EQ(-EFAULT, vm_ioctl(fd, ARM_VCPU_LIST_REGS, &list));
}

TEST_F(reg, each_can_be_set_to_what_it_is)
{
	u64 before[2], after[2];
	u32 n;

	for (n = 0; n < self->list.count; n++) {
		u64 id = self->list.ids[n];

		EXPECT_EQ(0, vcpu_get_reg(self->vcpu, id, before));
		EXPECT_EQ(0, vcpu_set_reg(self->vcpu, id, before));
		EXPECT_EQ(0, vcpu_get_reg(self->vcpu, id, after));
		if (id == CNTVCT)
			continue;
		EXPECT_EQ(before[0], after[0]) TH_LOG("%llx", (unsigned long long)id);
		EXPECT_EQ(before[1], after[1]) TH_LOG("%llx", (unsigned long long)id);
	}
}

/* Bits that can be set, of registers in which not all can: 0 for those that are constant */
static u64 settable(u64 id)
{
	if (id == MPIDR || (id >= REG(3, 0, 0, 1, 0) && id <= REG(3, 0, 0, 7, 7)) ||
	    id == REG(3, 1, 0, 0, 1) || id == REG(3, 3, 0, 0, 1))
		return 0;
	if (id == CNTV_CTL || id == CNTP_CTL)
		return 3;
	if (id == REG(3, 2, 0, 0, 0))			/* CSSELR_EL1 */
		return 0xf;
	if (id == REG(2, 0, 0, 2, 2))			/* MDSCR_EL1 */
		return 0xb001;
	if (ARM_VCPU_REG_SIZE(id) == 4)
		return 0xffffffff;
	return ~0UL;
}

TEST_F(reg, each_keeps_what_it_is_set_to)
{
	u64 set[2], got[2], again[2], seed;
	u32 n, constant = 0;

	for (n = 0; n < self->list.count; n++) {
		u64 id = self->list.ids[n], mask = settable(id);
		bool point = id >= REG(2, 0, 0, 0, 4) && id <= REG(2, 0, 0, 15, 7) &&
			     (id & 7) >= 4;

		/* OSLSR_EL1, HCR_EL2 and VSESR_EL2 refuse what they can't be */
		if (id == CNTVCT || id == REG(2, 0, 1, 1, 4) || id == REG(3, 4, 1, 1, 0) ||
		    id == REG(3, 4, 5, 2, 3))
			continue;
		if (!mask) {
			constant++;
			set[0] = reg_get(self->vcpu, id) ^ 1;
			set[1] = 0;
			EXPECT_EQ(-EINVAL, vcpu_set_reg(self->vcpu, id, set));
			EXPECT_EQ(set[0] ^ 1, reg_get(self->vcpu, id));
			continue;
		}
		for (seed = 0; seed < 4; seed++) {
			set[0] = guest_pattern(seed, id) & (mask >> 32 ? ~0UL : 0xffffffff);
			set[1] = ARM_VCPU_REG_SIZE(id) == 16 ? ~set[0] : 0;
			ASSERT_EQ(0, vcpu_set_reg(self->vcpu, id, set));
			ASSERT_EQ(0, vcpu_get_reg(self->vcpu, id, got));
			EXPECT_EQ(set[1], got[1]) TH_LOG("%llx", (unsigned long long)id);
			if (!point) {
				EXPECT_EQ(set[0] & mask, got[0]) {
					TH_LOG("%llx", (unsigned long long)id);
				}
				continue;
			}
			/* A subset, and a fixed point */
			EXPECT_EQ(got[0], got[0] & set[0]);
			ASSERT_EQ(0, vcpu_set_reg(self->vcpu, id, got));
			ASSERT_EQ(0, vcpu_get_reg(self->vcpu, id, again));
			EXPECT_EQ(got[0], again[0]);
		}
	}
	EXPECT_EQ(59, constant);
}

TEST_F(reg, a_value_larger_than_the_register_is_refused)
{
	u64 value[2] = { 0, 1 };

	EXPECT_EQ(-EINVAL, vcpu_set_reg(self->vcpu, CNTV_CVAL, value));
	EXPECT_EQ(-EINVAL, vcpu_set_reg(self->vcpu, MPIDR, value));
	EXPECT_EQ(-EINVAL, vcpu_set_reg(self->vcpu, ARM_VCPU_REG_FPCR, value));
	value[0] = 1UL << 32;
	value[1] = 0;
	EXPECT_EQ(-EINVAL, vcpu_set_reg(self->vcpu, ARM_VCPU_REG_FPSR, value));
	EXPECT_EQ(0, reg_get(self->vcpu, ARM_VCPU_REG_FPSR));
}

TEST_F(reg, the_os_lock_is_all_that_oslsr_can_change)
{
	u64 id = REG(2, 0, 1, 1, 4), value = reg_get(self->vcpu, id);

	EXPECT_EQ(2, value & 2);
	reg_set(self->vcpu, id, value & ~2UL);
	EXPECT_EQ(value & ~2UL, reg_get(self->vcpu, id));
	EXPECT_EQ(-EINVAL, vcpu_set_reg(self->vcpu, id, (u64[2]) { value ^ 8 }));
	EXPECT_EQ(-EINVAL, vcpu_set_reg(self->vcpu, id, (u64[2]) { value | 1UL << 40 }));
	reg_set(self->vcpu, id, value);
	EXPECT_EQ(value, reg_get(self->vcpu, id));
}

TEST_F(reg, other_ids_are_enoent)
{
	static const u64 others[] = {
		0, ~0UL, 0x603000000013c000 /* MIDR_EL1 */, 0x6030000000100000 /* x0 */,
		0x6030000000100040 /* pc */, 0x6030000000100042 /* pstate */,
		0x6030000000100055, 0x60400000001000d4, 0x6020000000100054, 0x6030000000100054,
		0x60200000001000d6, 0x603000000013c040, 0x603000000013c201 /* ELR_EL1 */,
		0x603000000013df01 /* CNTPCT_EL0 */, 0x603000000013df18 /* CNTV_TVAL_EL0 */,
		0x4030000000100040, 0x6030000000143c05, 0x6030000000140000, 0x603000010013c005,
	};
	u64 value[2], n;

	for (n = 0; n < ARRAY_SIZE(others); n++) {
		EXPECT_EQ(-ENOENT, vcpu_get_reg(self->vcpu, others[n], value));
		EXPECT_EQ(-ENOENT, vcpu_set_reg(self->vcpu, others[n], value));
	}
	/* Every one near those that there are */
	for (n = 0; n < 1 << 16; n++) {
		u64 id = REG(0, 0, 0, 0, 0) | n;
		bool listed = in_list(self->list.ids, self->list.count, id);

		ASSERT_EQ(listed ? 0 : -ENOENT, vcpu_get_reg(self->vcpu, id, value));
	}
}

TEST_F(reg, only_at_rest_and_after_set_entry)
{
	struct vcpu *fresh = vcpu_create(&self->vm);
	struct arm_vcpu_reg_list list = { .size = sizeof(list) };
	u64 value[2] = { 0, 0 };

	EXPECT_EQ(-ENOEXEC, vcpu_get_reg(fresh, CNTV_CVAL, value));
	EXPECT_EQ(-ENOEXEC, vcpu_set_reg(fresh, CNTV_CVAL, value));
	EXPECT_EQ(-ENOEXEC, vm_ioctl(fresh->fd, ARM_VCPU_LIST_REGS, &list));

	vcpu_enter(self->vcpu, guest_spin, 0, 0);
	vcpu_start(self->vcpu);
	EXPECT_TRUE(wait_for(vcpu_get_reg(self->vcpu, CNTV_CVAL, value) == -EBUSY));
	EXPECT_EQ(-EBUSY, vcpu_set_reg(self->vcpu, CNTV_CVAL, value));
	EXPECT_EQ(-EBUSY, vm_ioctl(self->vcpu->fd, ARM_VCPU_LIST_REGS, &list));
	vm_kick(self->vcpu->fd);
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(self->vcpu));
	EXPECT_EQ(0, vcpu_get_reg(self->vcpu, CNTV_CVAL, value));
}

TEST_HARNESS_MAIN
