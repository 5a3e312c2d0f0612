// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that registers by id are those of the guest: it reads what was set, what it writes is
 * got, FP included; and that its counter and its timers go by the counter that was set.
 */
#include "kselftest_harness.h"
#include "fp.h"
#include "probe.h"
#include "reg.h"

FIXTURE(reg) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
};

FIXTURE_VARIANT(reg) {
	bool moving;
};

FIXTURE_VARIANT_ADD(reg, on_one_cpu) { .moving = false };
FIXTURE_VARIANT_ADD(reg, moving) { .moving = true };

FIXTURE_SETUP(reg)
{
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
	probe_init(self->vcpu);
	pin_to(cpu_nth(0));
}

FIXTURE_TEARDOWN(reg)
{
	vm_destroy(&self->vm);
}

/* What a guest whose MMU is off can have there and go on, in bits that every CPU has */
static const struct {
	u64 id, mask;
} safe[] = {
	{ REG(3, 0, 1, 0, 2), 3UL << 20 },		/* CPACR_EL1 */
	{ REG(3, 0, 2, 0, 0), 0xffff00fffffff000 },	/* TTBR0_EL1 */
	{ REG(3, 0, 2, 0, 1), 0xffff00fffffff000 },	/* TTBR1_EL1 */
	{ REG(3, 0, 2, 0, 2), 0x3f003f },		/* TCR_EL1 */
	{ REG(3, 0, 5, 2, 0), 0xffffffff },		/* ESR_EL1 */
	{ REG(3, 0, 6, 0, 0), ~0UL },			/* FAR_EL1 */
	{ REG(3, 0, 7, 4, 0), 0x0000fffffffff000 },	/* PAR_EL1 */
	{ REG(3, 0, 10, 2, 0), 0xf4f4f4f4f4f4f4f4 },	/* MAIR_EL1 */
	{ REG(3, 0, 12, 0, 0), 0x00007ffffffff800 },	/* VBAR_EL1 */
	{ REG(3, 0, 13, 0, 1), 0xffffffff },		/* CONTEXTIDR_EL1 */
	{ REG(3, 0, 13, 0, 4), ~0UL },			/* TPIDR_EL1 */
	{ REG(3, 0, 14, 1, 0), 0x3ff },			/* CNTKCTL_EL1 */
	{ REG(3, 2, 0, 0, 0), 0xf },			/* CSSELR_EL1 */
	{ REG(3, 3, 13, 0, 2), ~0UL },			/* TPIDR_EL0 */
	{ REG(3, 3, 13, 0, 3), ~0UL },			/* TPIDRRO_EL0 */
	{ REG(2, 0, 0, 2, 2), 1UL << 12 },		/* MDSCR_EL1 */
	{ REG(2, 0, 0, 1, 4), 0x0000fffffffffff8 },	/* DBGBVR1_EL1 */
	{ REG(2, 0, 0, 1, 7), 0x1ff8 },			/* DBGWCR1_EL1 */
	{ CNTV_CTL, 2 },
	{ CNTV_CVAL, ~0UL },
	{ CNTP_CTL, 2 },
	{ CNTP_CVAL, ~0UL },
};

/* Registers that have another id than their encoding */
static const struct {
	u64 id;
	u32 encoding;
	u64 mask;
} named[] = {
	{ ARM_VCPU_REG_SP_EL0, ENCODING(3, 0, 4, 1, 0), ~0UL },
	{ ARM_VCPU_REG_ELR_EL1, ENCODING(3, 0, 4, 0, 1), ~0UL },
	{ ARM_VCPU_REG_SPSR_EL1, ENCODING(3, 0, 4, 0, 0), 0xf02003df },
};

static u64 guest_reads(struct vcpu *vcpu, u32 encoding)
{
	return probe(vcpu, INSN_MRS(encoding, 0), 0);
}

TEST_F(reg, the_guest_reads_what_was_set)
{
	u64 n, value, seed;

	for (seed = 0; seed < 3; seed++) {
		for (n = 0; n < ARRAY_SIZE(safe); n++) {
			if (variant->moving)
				pin_to(cpu_nth((int)(seed + n)));
			value = guest_pattern(seed, n) & safe[n].mask;
			reg_set(self->vcpu, safe[n].id, value);
			EXPECT_EQ(value, guest_reads(self->vcpu, REG_ENCODING(safe[n].id))) {
				TH_LOG("%llx", (unsigned long long)safe[n].id);
			}
		}
		for (n = 0; n < ARRAY_SIZE(named); n++) {
			value = guest_pattern(seed, n + 50) & named[n].mask;
			reg_set(self->vcpu, named[n].id, value);
			EXPECT_EQ(value, guest_reads(self->vcpu, named[n].encoding));
		}
		/* SP_EL1: MOV X0, SP */
		reg_set(self->vcpu, ARM_VCPU_REG_SP_EL1, 0x12345670 + seed * 16);
		EXPECT_EQ(0x12345670 + seed * 16, probe(self->vcpu, 0x910003e0, 0));
	}
}

TEST_F(reg, what_the_guest_writes_is_got)
{
	u64 n, value, seed;

	for (seed = 10; seed < 13; seed++) {
		for (n = 0; n < ARRAY_SIZE(safe); n++) {
			u32 insn = INSN_MSR(REG_ENCODING(safe[n].id), 0);

			value = guest_pattern(seed, n) & safe[n].mask;
			probe(self->vcpu, insn, value);
			if (variant->moving)
				pin_to(cpu_nth((int)(seed + n)));
			EXPECT_EQ(value, reg_get(self->vcpu, safe[n].id)) {
				TH_LOG("%llx", (unsigned long long)safe[n].id);
			}
		}
		for (n = 0; n < ARRAY_SIZE(named); n++) {
			value = guest_pattern(seed, n + 50) & named[n].mask;
			probe(self->vcpu, INSN_MSR(named[n].encoding, 0), value);
			EXPECT_EQ(value, reg_get(self->vcpu, named[n].id));
		}
	}
}

/* Of every system register in the list, the two sides have one opinion */
TEST_F(reg, both_sides_read_the_same)
{
	struct reg_list list;
	u32 n;

	ASSERT_EQ(0, vcpu_list_regs(self->vcpu, &list));
	for (n = 0; n < list.count; n++) {
		u64 id = list.ids[n], value;

		/* EL2's aren't the guest's to read */
		if (!IS_SYSREG(id) || id == CNTVCT || (id >> 11 & 7) == 4)
			continue;
		value = reg_get(self->vcpu, id);
		EXPECT_EQ(value, guest_reads(self->vcpu, REG_ENCODING(id))) {
			TH_LOG("%llx", (unsigned long long)id);
		}
	}
}

TEST_F(reg, fp_and_simd_registers_are_the_guests)
{
	struct fp *in = vm_host(&self->vm, GUEST_SHARED);
	struct fp *out = vm_host(&self->vm, GUEST_SHARED + 0x1000);
	u64 value[2], n;

	for (n = 0; n < 64; n++)
		in->v[n] = guest_pattern(5, n);
	in->fpcr = 3UL << 22;
	in->fpsr = 0x15;
	vcpu_enter(self->vcpu, guest_fp, GUEST_SHARED, GUEST_SHARED + 0x1000);
	vcpu_expect_call(self->vcpu, 1);
	for (n = 0; n < 32; n++) {
		ASSERT_EQ(0, vcpu_get_reg(self->vcpu, ARM_VCPU_REG_V(n), value));
		EXPECT_EQ(in->v[2 * n], value[0]);
		EXPECT_EQ(in->v[2 * n + 1], value[1]);
		value[0] = guest_pattern(6, 2 * n);
		value[1] = guest_pattern(6, 2 * n + 1);
		ASSERT_EQ(0, vcpu_set_reg(self->vcpu, ARM_VCPU_REG_V(n), value));
	}
	EXPECT_EQ(in->fpcr, reg_get(self->vcpu, ARM_VCPU_REG_FPCR));
	EXPECT_EQ(in->fpsr, reg_get(self->vcpu, ARM_VCPU_REG_FPSR));
	reg_set(self->vcpu, ARM_VCPU_REG_FPCR, 1UL << 24);
	reg_set(self->vcpu, ARM_VCPU_REG_FPSR, 1UL << 27);
	if (variant->moving)
		pin_to(cpu_nth(1));
	vcpu_expect_call(self->vcpu, 2);
	for (n = 0; n < 64; n++)
		EXPECT_EQ(guest_pattern(6, n), out->v[n]);
	EXPECT_EQ(1UL << 24, out->fpcr);
	EXPECT_EQ(1UL << 27, out->fpsr);
}

TEST_F(reg, setting_sctlr_turns_the_mmu_on_and_off)
{
	u64 sctlr = REG(3, 0, 1, 0, 0), off = reg_get(self->vcpu, sctlr), *table;

	/* The probe's own page, mapped as guest_mmu_on() does it */
	vm_tables(&self->vm);
	table = vm_host(&self->vm, GUEST_TABLES);
	sync_code(table, 4096);
	reg_set(self->vcpu, REG(3, 0, 10, 2, 0), 0xff00);
	reg_set(self->vcpu, REG(3, 0, 2, 0, 2), 25 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23);
	reg_set(self->vcpu, REG(3, 0, 2, 0, 0), GUEST_TABLES);
	reg_set(self->vcpu, sctlr, off | 1 | 1 << 2 | 1 << 12);
	/* AT S1E1R of an address that only the table knows */
	EXPECT_EQ(0, probe(self->vcpu, 0xd5087800, GUEST_ALIAS) & GUEST_TRAPPED);
	EXPECT_EQ(0, guest_reads(self->vcpu, ENCODING(3, 0, 7, 4, 0)) & 0xfffffffff001);
	EXPECT_EQ(off | 1 | 1 << 2 | 1 << 12, guest_reads(self->vcpu, ENCODING(3, 0, 1, 0, 0)));
	reg_set(self->vcpu, sctlr, off);
	EXPECT_EQ(0, probe(self->vcpu, 0xd5087800, GUEST_ALIAS) & GUEST_TRAPPED);
	EXPECT_EQ(GUEST_ALIAS, guest_reads(self->vcpu, ENCODING(3, 0, 7, 4, 0)) & 0xfffffffff001);
}

/* A table that changes between two SET_REGs: what the TLB had of the old one is gone */
TEST_F(reg, setting_a_table_drops_the_old_ones_translations)
{
	u64 *table = vm_host(&self->vm, GUEST_TABLES), n;
	u64 other = GUEST_TABLES + 0x1000;
	u64 *second = vm_host(&self->vm, other);

	vm_tables(&self->vm);
	memcpy(second, table, 4096);
	second[GUEST_ALIAS >> 30] = table[1];
	sync_code(table, 8192);
	*(u32 *)vm_host(&self->vm, GUEST_RAM + 0x1c0000) = 0x4711;
	reg_set(self->vcpu, REG(3, 0, 10, 2, 0), 0xff00);
	reg_set(self->vcpu, REG(3, 0, 2, 0, 2), 25 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23);
	reg_set(self->vcpu, REG(3, 0, 2, 0, 0), GUEST_TABLES);
	reg_set(self->vcpu, REG(3, 0, 1, 0, 0),
		reg_get(self->vcpu, REG(3, 0, 1, 0, 0)) | 1 | 1 << 2 | 1 << 12);
	for (n = 0; n < 4; n++) {
		/* LDR W0, [X0]: a device by the one, memory by the other */
		reg_set(self->vcpu, REG(3, 0, 2, 0, 0), GUEST_TABLES);
		probe_enter(self->vcpu, 0xb9400000, GUEST_ALIAS + 0x1c0000, false);
		vcpu_expect(self->vcpu, MMIO_READ);
		EXPECT_EQ(0x1c0000, self->run->mmio.addr);
		self->run->mmio.data = 0x99;
		vcpu_expect_call(self->vcpu, PROBE_CALL);
		EXPECT_EQ(0x99, self->run->x[0]);
		reg_set(self->vcpu, REG(3, 0, 2, 0, 0), other);
		EXPECT_EQ(0x4711, probe(self->vcpu, 0xb9400000, GUEST_ALIAS + 0x1c0000));
	}
}

static u64 ticks(u64 ns)
{
	return ns / 1000 * read_sysreg(cntfrq_el0) / 1000000;
}

/* Far ahead of the host's, at the start, and one that will wrap within the test */
static const u64 counters[] = { 1UL << 62, 0, 1UL << 63, -1000UL };

TEST_F(reg, the_counter_goes_on_from_what_was_set)
{
	struct vcpu *other = vcpu_create(&self->vm);
	u64 n, value, begin, elapsed;

	probe_init(other);
	for (n = 0; n < ARRAY_SIZE(counters); n++) {
		begin = now_ns();
		reg_set(self->vcpu, CNTVCT, counters[n]);
		if (variant->moving)
			pin_to(cpu_nth((int)n));
		value = guest_reads(self->vcpu, ENCODING(3, 3, 14, 0, 2)) - counters[n];
		/* The VM's other vCPU has the same */
		EXPECT_LE(value, guest_reads(other, ENCODING(3, 3, 14, 0, 2)) - counters[n]);
		EXPECT_LE(value, reg_get(other, CNTVCT) - counters[n]);
		EXPECT_LE(value, reg_get(self->vcpu, CNTVCT) - counters[n]);
		value = reg_get(self->vcpu, CNTVCT) - counters[n];
		elapsed = ticks(now_ns() - begin);
		EXPECT_GE(elapsed + ticks(MS), value);
	}
}

GUEST_ASM(guest_waits, "1: wfi\n b 1b");

TEST_F(reg, a_timer_fires_by_the_counter_that_was_set)
{
	u64 n, begin, took;
	int halt;

	for (n = 0; n < 3 * 2; n++) {
		halt = n & 1;
		vcpu_enter(self->vcpu, halt ? guest_waits : guest_spin, 0, 0);
		begin = now_ns();
		reg_set(self->vcpu, CNTVCT, counters[n / 2]);
		reg_set(self->vcpu, CNTV_CVAL, counters[n / 2] + ticks(50 * MS));
		reg_set(self->vcpu, CNTV_CTL, 1);
		vcpu_expect(self->vcpu, TIMER);
		took = now_ns() - begin;
		EXPECT_LE(49 * MS, took);
		EXPECT_GE(15 * SECOND, took);	/* or it hangs */
	}
}

TEST_F(reg, a_physical_timer_that_was_set_fires)
{
	u64 n, begin, took, now;

	for (n = 0; n < 2; n++) {
		vcpu_enter(self->vcpu, n ? guest_waits : guest_spin, 0, 0);
		now = guest_reads(self->vcpu, ENCODING(3, 3, 14, 0, 1));
		vcpu_enter(self->vcpu, n ? guest_waits : guest_spin, 0, 0);
		begin = now_ns();
		reg_set(self->vcpu, CNTP_CVAL, now + ticks(50 * MS));
		reg_set(self->vcpu, CNTP_CTL, 1);
		vcpu_expect(self->vcpu, TIMER);
		EXPECT_EQ(ARM_VCPU_TIMER_PHYSICAL, self->run->timers);
		took = now_ns() - begin;
		EXPECT_GE(15 * SECOND, took);	/* or it hangs */
		EXPECT_LE(now + ticks(50 * MS), guest_reads(self->vcpu, ENCODING(3, 3, 14, 0, 1)));
	}
}

TEST_HARNESS_MAIN
