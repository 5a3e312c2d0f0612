// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that libarmvcpu walks the guest's tables as the CPU does: tables made at random, for each
 * granule and several sizes of the address space, and AT S1E1R in the guest for comparison.
 */
#include <errno.h>
#include <string.h>
#include "kselftest_harness.h"
#include "reg.h"
#include "emulate.h"

#define SCTLR	REG(3, 0, 1, 0, 0)
#define TCR	REG(3, 0, 2, 0, 2)
#define TTBR0	REG(3, 0, 2, 0, 0)
#define TTBR1	REG(3, 0, 2, 0, 1)
#define MAIR	REG(3, 0, 10, 2, 0)
#define MMFR0	REG(3, 0, 0, 7, 0)

#define SCTLR_M		(1UL << 0)
#define SCTLR_EE	(1UL << 25)

#define VALID		1UL
#define TABLE		2UL	/* or a page */
#define NORMAL		(1UL << 10 | 3UL << 8) /* AF, inner shareable, MAIR's attribute 0 */
#define OUTPUT		0xffffff000UL /* physical addresses of 36 bits */

#define TABLES		0x40200000UL
#define TABLES_END	0x40400000UL
#define SAMPLES		48

/* x0: an address; answers with PAR_EL1, then takes the next */
GUEST_ASM(guest_at, "1: at s1e1r, x0\n isb\n mrs x0, par_el1\n hvc #1\n b 1b");

FIXTURE(translate) {
	struct vm vm;
	struct vcpu *vcpu;
	struct armvcpu_stage1 stage1;
	u32 page;	/* log2 of the granule */
	u32 bits;
	bool big_endian;
	u64 next;	/* free table */
	u64 seed;
};

FIXTURE_VARIANT(translate) {
	u32 page;
	u32 bits;
	bool big_endian;
};

FIXTURE_VARIANT_ADD(translate, pages_4k_48_bits) { 12, 48, false };
FIXTURE_VARIANT_ADD(translate, pages_4k_39_bits) { 12, 39, false };
FIXTURE_VARIANT_ADD(translate, pages_4k_32_bits) { 12, 32, false };
FIXTURE_VARIANT_ADD(translate, pages_4k_big_endian) { 12, 42, true };
FIXTURE_VARIANT_ADD(translate, pages_16k_48_bits) { 14, 48, false };
FIXTURE_VARIANT_ADD(translate, pages_16k_36_bits) { 14, 36, false };
FIXTURE_VARIANT_ADD(translate, pages_64k_48_bits) { 16, 48, false };
FIXTURE_VARIANT_ADD(translate, pages_64k_42_bits) { 16, 42, false };
FIXTURE_VARIANT_ADD(translate, pages_64k_33_bits) { 16, 33, false };

FIXTURE_SETUP(translate)
{
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->page = variant->page;
	self->bits = variant->bits;
	self->big_endian = variant->big_endian;
	self->next = TABLES;
}

FIXTURE_TEARDOWN(translate)
{
	vm_destroy(&self->vm);
}

static const void *memory(void *context, __u64 addr, size_t size)
{
	struct vm *vm = context;

	if (addr < GUEST_RAM || addr + size > GUEST_RAM + GUEST_RAM_SIZE)
		return NULL;
	return vm_host(vm, addr);
}

static u64 random_u64(FIXTURE_DATA(translate) *self)
{
	return guest_pattern(42, self->seed++);
}

static u64 low_bits(u32 count)
{
	return (1UL << count) - 1;
}

/* 0: there is no more room, and so no more mappings */
static u64 new_table(FIXTURE_DATA(translate) *self)
{
	u64 table = self->next;

	if (table == TABLES_END)
		return 0;
	self->next += 1UL << self->page;
	memset(vm_host(&self->vm, table), 0, 1UL << self->page);
	return table;
}

static u64 swapped(FIXTURE_DATA(translate) *self, u64 desc)
{
	return self->big_endian ? __builtin_bswap64(desc) : desc;
}

/* Have a path of tables lead to @va, unless one ends before, with @leaf at @shift */
static void map(FIXTURE_DATA(translate) *self, u64 table, u64 va, u32 leaf_shift, u64 leaf)
{
	u32 stride = self->page - 3, shift = self->page;
	u64 *entry, next;

	while (shift + stride < self->bits)
		shift += stride;
	for (;; shift -= stride) {
		entry = (u64 *)vm_host(&self->vm, table) +
			((va & low_bits(self->bits)) >> shift & low_bits(stride));
		if (shift <= leaf_shift)
			break;
		if (!*entry) {
			next = new_table(self);
			if (!next)
				return;
			*entry = swapped(self, next | VALID | TABLE);
		}
		if ((swapped(self, *entry) & 3) != 3)
			return;
		table = swapped(self, *entry) & 0xfffffffff000UL;
	}
	*entry = swapped(self, leaf);
}

static u64 random_va(FIXTURE_DATA(translate) *self, bool upper)
{
	u64 va = random_u64(self) & low_bits(self->bits);

	return upper ? va | ~low_bits(self->bits) : va;
}

/*
 * Blocks, pages, and what is no valid descriptor at its level.  Not blocks of more than
 * 1 GiB, which QEMU has where the architecture doesn't, and not where the code is.
 */
static void map_at_random(FIXTURE_DATA(translate) *self, u64 table, u64 va)
{
	u32 stride = self->page - 3;
	u32 shift = self->page + (u32)(random_u64(self) % 3) * stride;
	u64 leaf = (random_u64(self) & OUTPUT & ~low_bits(shift)) | NORMAL | VALID;

	if (shift == self->page)
		leaf |= TABLE;
	if (random_u64(self) % 8 == 0)
		leaf &= ~VALID;
	else if (shift == self->page && random_u64(self) % 4 == 0)
		leaf &= ~TABLE;
	if (shift <= 30 && shift < self->bits && (va ^ GUEST_CODE) >> shift)
		map(self, table, va, shift, leaf);
}

static bool has_granule(FIXTURE_DATA(translate) *self)
{
	u64 mmfr0 = reg_get(self->vcpu, MMFR0);

	switch (self->page) {
	case 12:
		return (mmfr0 >> 28 & 0xf) != 0xf;
	case 14:
		return mmfr0 >> 20 & 0xf;
	default:
		return (mmfr0 >> 24 & 0xf) != 0xf;
	}
}

static void set_stage1(FIXTURE_DATA(translate) *self)
{
	static const u8 tg0[] = { [12] = 0, [14] = 2, [16] = 1 };
	static const u8 tg1[] = { [12] = 2, [14] = 1, [16] = 3 };
	u64 txsz = 64 - self->bits, walk = 1 << 0 | 1 << 2 | 3 << 4;
	struct armvcpu_stage1 *stage1 = &self->stage1;

	stage1->tcr = txsz | txsz << 16 | walk << 8 | walk << 24 | (u64)tg0[self->page] << 14 |
		      (u64)tg1[self->page] << 30 | 1UL << 32;
	stage1->ttbr0 = new_table(self);
	stage1->ttbr1 = new_table(self);
	stage1->sctlr = reg_get(self->vcpu, SCTLR) | SCTLR_M;
	if (self->big_endian)
		stage1->sctlr |= SCTLR_EE;
	/* the code, where it is */
	for (u64 page = 0; page < 0x10000; page += 1UL << self->page)
		map(self, stage1->ttbr0, GUEST_CODE + page, self->page,
		    (GUEST_CODE + page) | NORMAL | VALID | TABLE);
	reg_set(self->vcpu, MAIR, 0xff);
	reg_set(self->vcpu, TCR, stage1->tcr);
	reg_set(self->vcpu, TTBR0, stage1->ttbr0);
	reg_set(self->vcpu, TTBR1, stage1->ttbr1);
	reg_set(self->vcpu, SCTLR, stage1->sctlr);
}

#define NO_TRANSLATION	~0UL

static u64 by_cpu(FIXTURE_DATA(translate) *self, u64 va)
{
	u64 par;

	self->vcpu->run->x[0] = va;
	vcpu_expect_call(self->vcpu, 1);
	par = self->vcpu->run->x[0];
	return par & 1 ? NO_TRANSLATION : (par & 0xfffffffff000UL) | (va & 0xfff);
}

static u64 by_library(FIXTURE_DATA(translate) *self, u64 va)
{
	__u64 pa;
	int rc = armvcpu_translate(&self->stage1, memory, &self->vm, va, &pa);

	if (rc && rc != -EFAULT)
		die("translate: %d", rc);
	return rc ? NO_TRANSLATION : pa;
}

TEST_F(translate, agrees_with_the_cpu)
{
	u32 i, translated = 0;
	u64 vas[SAMPLES];

	vcpu_enter(self->vcpu, guest_at, 0, 0);
	if (!has_granule(self))
		SKIP(return, "hardware: no such granule");
	set_stage1(self);
	for (i = 0; i < SAMPLES; i++) {
		vas[i] = random_va(self, i & 1);
		map_at_random(self, i & 1 ? self->stage1.ttbr1 : self->stage1.ttbr0, vas[i]);
	}
	for (i = 0; i < SAMPLES; i++) {
		u64 near = vas[i] ^ (random_u64(self) & low_bits(22));
		u64 outside = vas[i] ^ 1UL << (self->bits + i % (56 - self->bits));
		u64 nowhere = random_va(self, i & 1);

		EXPECT_EQ(by_cpu(self, vas[i]), by_library(self, vas[i]));
		EXPECT_EQ(by_cpu(self, near), by_library(self, near));
		EXPECT_EQ(by_cpu(self, outside), by_library(self, outside));
		EXPECT_EQ(by_cpu(self, nowhere), by_library(self, nowhere));
		translated += by_library(self, vas[i]) != NO_TRANSLATION;
	}
	EXPECT_LT(8, translated);
}

GUEST_ASM(guest_load, "ldr x0, [x0]\n hvc #1\n b .");

/* A table of each level, the first one too, is where nothing is */
TEST_F(translate, a_missing_table_is_an_abort_of_its_level)
{
	struct armvcpu_cpu cpu = { .fd = self->vcpu->fd, .run = self->vcpu->run };
	struct armvcpu_bus bus = { .context = &self->vm, .memory = memory };
	u32 stride = self->page - 3, shift, level = 3;
	u64 va = ~low_bits(self->bits) | 0x123450;

	vcpu_enter(self->vcpu, guest_load, 0, 0);
	if (!has_granule(self))
		SKIP(return, "hardware: no such granule");
	set_stage1(self);
	for (shift = self->page; ; shift += stride, level--) {
		bool first = shift + stride >= self->bits;

		/* By way of tables that haven't led anywhere yet */
		va ^= 1UL << (first ? self->bits - 1 : shift + stride);
		if (first)
			reg_set(self->vcpu, TTBR1, GUEST_NOWHERE);
		else
			map(self, self->stage1.ttbr1, va, shift + stride,
			    GUEST_NOWHERE | VALID | TABLE);
		self->vcpu->run->pc = vm_gpa(guest_load);
		self->vcpu->run->x[0] = va;
		vcpu_expect(self->vcpu, MEMORY_FAULT);
		EXPECT_NE(0, self->vcpu->run->fault.access & ARM_VCPU_ACCESS_TABLE_WALK);
		ASSERT_EQ(0, armvcpu_abort(&cpu, &bus));
		EXPECT_EQ(0x96000014 + level, reg_get(self->vcpu, REG(3, 0, 5, 2, 0)));
		EXPECT_EQ(va, reg_get(self->vcpu, REG(3, 0, 6, 0, 0)));
		if (first)
			break;
	}
	EXPECT_LT(level, 3);

	/* There is a table again: nothing is missing, as far as can be seen */
	reg_set(self->vcpu, TTBR1, self->stage1.ttbr0);
	ASSERT_EQ(0, armvcpu_abort(&cpu, &bus));
	EXPECT_EQ(0x96000010, reg_get(self->vcpu, REG(3, 0, 5, 2, 0)));
}

/* What the library doesn't know, it says; what it can't follow, too */
TEST(limits)
{
	struct armvcpu_stage1 stage1 = { .sctlr = 0 };
	struct vm vm;
	__u64 pa = 0;

	vm_create(&vm);
	EXPECT_EQ(0, armvcpu_translate(&stage1, memory, &vm, 0x1234567, &pa));
	EXPECT_EQ(0x1234567, pa);

	stage1.sctlr = SCTLR_M;
	stage1.ttbr0 = GUEST_SHARED;
	stage1.tcr = 25;
	EXPECT_EQ(-EFAULT, armvcpu_translate(&stage1, memory, &vm, 0x1000, &pa));
	*(u64 *)vm_host(&vm, GUEST_SHARED) = 0x40000000 | VALID;
	EXPECT_EQ(0, armvcpu_translate(&stage1, memory, &vm, 0x1000, &pa));
	EXPECT_EQ(0x40001000, pa);
	*(u64 *)vm_host(&vm, GUEST_SHARED) = GUEST_NOWHERE | VALID | TABLE;
	EXPECT_EQ(-EFAULT, armvcpu_translate(&stage1, memory, &vm, 0x1000, &pa));

	*(u64 *)vm_host(&vm, GUEST_SHARED) = 0x40000000 | VALID;
	stage1.tcr = 16; /* a block of 512 GiB */
	EXPECT_EQ(-EFAULT, armvcpu_translate(&stage1, memory, &vm, 0x1000, &pa));
	stage1.tcr = 25 | 1UL << 7; /* EPD0 */
	EXPECT_EQ(-EFAULT, armvcpu_translate(&stage1, memory, &vm, 0x1000, &pa));
	stage1.tcr = 25 | 3UL << 14; /* no granule */
	EXPECT_EQ(-EOPNOTSUPP, armvcpu_translate(&stage1, memory, &vm, 0x1000, &pa));
	stage1.tcr = 25 | 6UL << 32; /* 52 bits of physical address */
	EXPECT_EQ(-EOPNOTSUPP, armvcpu_translate(&stage1, memory, &vm, 0x1000, &pa));
	stage1.tcr = 25 | 1UL << 59; /* DS */
	EXPECT_EQ(-EOPNOTSUPP, armvcpu_translate(&stage1, memory, &vm, 0x1000, &pa));
	stage1.tcr = 0;
	EXPECT_EQ(-EOPNOTSUPP, armvcpu_translate(&stage1, memory, &vm, 0x1000, &pa));
	vm_destroy(&vm);
}

TEST_HARNESS_MAIN
