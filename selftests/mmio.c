// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows MMIO_READ and MMIO_WRITE for every access that has a valid syndrome: width, target
 * register and its width, sign, the zero register; where pc stands; who completes an
 * access, and that it is completed exactly once.
 */
#include <errno.h>
#include "kselftest_harness.h"
#include "reg.h"

#define ADDRESS	(GUEST_MMIO + 0x128)
#define DATA	0x8182838485868788UL
#define SCTLR	REG(3, 0, 1, 0, 0)
#define SCTLR_E0E	(1UL << 24)
#define SCTLR_EE	(1UL << 25)

/* x1: address, x2: data; every access is followed by hvc #1 */
#define ACCESS(name, text) GUEST_ASM(guest_##name, text "\n hvc #1\n b .")

ACCESS(ldrb, "ldrb w3, [x1]");
ACCESS(ldrh, "ldrh w3, [x1]");
ACCESS(ldr_w, "ldr w3, [x1]");
ACCESS(ldr_x, "ldr x3, [x1]");
ACCESS(ldrsb_w, "ldrsb w3, [x1]");
ACCESS(ldrsb_x, "ldrsb x3, [x1]");
ACCESS(ldrsh_w, "ldrsh w3, [x1]");
ACCESS(ldrsh_x, "ldrsh x3, [x1]");
ACCESS(ldrsw, "ldrsw x3, [x1]");
ACCESS(ldur, "ldur x3, [x1, #-8]");
ACCESS(ldr_index, "ldr w3, [x1, x0, lsl #2]");
ACCESS(ldtr, "ldtr w3, [x1]");
ACCESS(ldar_x, "ldar x3, [x1]");
ACCESS(ldarb, "ldarb w3, [x1]");
ACCESS(ldarh, "ldarh w3, [x1]");
ACCESS(ldar_w, "ldar w3, [x1]");
ACCESS(ldtrsb_w, "ldtrsb w3, [x1]");
ACCESS(ldtrsw, "ldtrsw x3, [x1]");
ACCESS(ldtrb, "ldtrb w3, [x1]");
ACCESS(ldtrh, "ldtrh w3, [x1]");
ACCESS(ldtrsb_x, "ldtrsb x3, [x1]");
ACCESS(ldtrsh_w, "ldtrsh w3, [x1]");
ACCESS(ldtrsh_x, "ldtrsh x3, [x1]");
ACCESS(ldtr_x, "ldtr x3, [x1]");
ACCESS(ldr_x30, "ldr x30, [x1]");
ACCESS(ldr_base, "ldr x1, [x1]");
ACCESS(ldr_zr, "ldr xzr, [x1]");
ACCESS(strb, "strb w2, [x1]");
ACCESS(strh, "strh w2, [x1]");
ACCESS(str_w, "str w2, [x1]");
ACCESS(str_x, "str x2, [x1]");
ACCESS(str_zr, "str xzr, [x1]");
ACCESS(str_wzr, "str wzr, [x1]");
ACCESS(stlr, "stlr w2, [x1]");
ACCESS(sttrb, "sttrb w2, [x1]");
ACCESS(sttrh, "sttrh w2, [x1]");
ACCESS(stlrb, "stlrb w2, [x1]");
ACCESS(stlrh, "stlrh w2, [x1]");
ACCESS(stlr_x, "stlr x2, [x1]");
ACCESS(sttr_x, "sttr x2, [x1]");
ACCESS(strb_wzr, "strb wzr, [x1]");
ACCESS(str_far, "str w2, [x1, #0xffc]");

FIXTURE(mmio) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
};

FIXTURE_SETUP(mmio)
{
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
}

FIXTURE_TEARDOWN(mmio)
{
	vm_destroy(&self->vm);
}

static void enter(FIXTURE_DATA(mmio) *self, const void *code)
{
	int ret = vcpu_set_entry(self->vcpu, vm_gpa(code), 0, ADDRESS, DATA, 0x3333333333333333);

	if (ret)
		die("SET_ENTRY failed");
	self->run->x[30] = 0x3030303030303030;
}

/* An access: its exit, and for a read what the register holds afterwards */
struct access {
	const char *name;
	const void *code;
	u8 width, reg, reg_width, sign;
	u64 result;	/* the register's value, or the data written */
	u64 address;
};

static const struct access reads[] = {
	{ "ldrb", guest_ldrb, 1, 3, 4, 0, 0x88, ADDRESS },
	{ "ldrh", guest_ldrh, 2, 3, 4, 0, 0x8788, ADDRESS },
	{ "ldr w", guest_ldr_w, 4, 3, 4, 0, 0x85868788, ADDRESS },
	{ "ldr x", guest_ldr_x, 8, 3, 8, 0, DATA, ADDRESS },
	{ "ldrsb w", guest_ldrsb_w, 1, 3, 4, 1, 0xffffff88, ADDRESS },
	{ "ldrsb x", guest_ldrsb_x, 1, 3, 8, 1, 0xffffffffffffff88, ADDRESS },
	{ "ldrsh w", guest_ldrsh_w, 2, 3, 4, 1, 0xffff8788, ADDRESS },
	{ "ldrsh x", guest_ldrsh_x, 2, 3, 8, 1, 0xffffffffffff8788, ADDRESS },
	{ "ldrsw", guest_ldrsw, 4, 3, 8, 1, 0xffffffff85868788, ADDRESS },
	{ "ldur", guest_ldur, 8, 3, 8, 0, DATA, ADDRESS - 8 },
	{ "ldr index", guest_ldr_index, 4, 3, 4, 0, 0x85868788, ADDRESS },
	{ "ldtr", guest_ldtr, 4, 3, 4, 0, 0x85868788, ADDRESS },
	{ "ldar", guest_ldar_x, 8, 3, 8, 0, DATA, ADDRESS },
	{ "ldarb", guest_ldarb, 1, 3, 4, 0, 0x88, ADDRESS },
	{ "ldarh", guest_ldarh, 2, 3, 4, 0, 0x8788, ADDRESS },
	{ "ldar w", guest_ldar_w, 4, 3, 4, 0, 0x85868788, ADDRESS },
	{ "ldtrsb w", guest_ldtrsb_w, 1, 3, 4, 1, 0xffffff88, ADDRESS },
	{ "ldtrsw", guest_ldtrsw, 4, 3, 8, 1, 0xffffffff85868788, ADDRESS },
	{ "ldtrb", guest_ldtrb, 1, 3, 4, 0, 0x88, ADDRESS },
	{ "ldtrh", guest_ldtrh, 2, 3, 4, 0, 0x8788, ADDRESS },
	{ "ldtrsb x", guest_ldtrsb_x, 1, 3, 8, 1, 0xffffffffffffff88, ADDRESS },
	{ "ldtrsh w", guest_ldtrsh_w, 2, 3, 4, 1, 0xffff8788, ADDRESS },
	{ "ldtrsh x", guest_ldtrsh_x, 2, 3, 8, 1, 0xffffffffffff8788, ADDRESS },
	{ "ldtr x", guest_ldtr_x, 8, 3, 8, 0, DATA, ADDRESS },
	{ "ldr x30", guest_ldr_x30, 8, 30, 8, 0, DATA, ADDRESS },
	{ "ldr over its base", guest_ldr_base, 8, 1, 8, 0, DATA, ADDRESS },
};

static const struct access writes[] = {
	{ "strb", guest_strb, 1, 2, 4, 0, 0x88, ADDRESS },
	{ "strh", guest_strh, 2, 2, 4, 0, 0x8788, ADDRESS },
	{ "str w", guest_str_w, 4, 2, 4, 0, 0x85868788, ADDRESS },
	{ "str x", guest_str_x, 8, 2, 8, 0, DATA, ADDRESS },
	{ "str xzr", guest_str_zr, 8, 31, 8, 0, 0, ADDRESS },
	{ "str wzr", guest_str_wzr, 4, 31, 4, 0, 0, ADDRESS },
	{ "stlr", guest_stlr, 4, 2, 4, 0, 0x85868788, ADDRESS },
	{ "sttrb", guest_sttrb, 1, 2, 4, 0, 0x88, ADDRESS },
	{ "sttrh", guest_sttrh, 2, 2, 4, 0, 0x8788, ADDRESS },
	{ "stlrb", guest_stlrb, 1, 2, 4, 0, 0x88, ADDRESS },
	{ "stlrh", guest_stlrh, 2, 2, 4, 0, 0x8788, ADDRESS },
	{ "stlr x", guest_stlr_x, 8, 2, 8, 0, DATA, ADDRESS },
	{ "sttr x", guest_sttr_x, 8, 2, 8, 0, DATA, ADDRESS },
	{ "strb wzr", guest_strb_wzr, 1, 31, 4, 0, 0, ADDRESS },
	{ "str at another page's end", guest_str_far, 4, 2, 4, 0, 0x85868788, ADDRESS + 0xffc },
};

static void check(struct __test_metadata *_metadata, FIXTURE_DATA(mmio) *self,
		  const struct access *access, u32 reason)
{
	struct arm_vcpu_run *run = self->run;

	ASSERT_EQ(reason, vcpu_next(self->vcpu)) {
		TH_LOG("%s: %s", access->name, exit_name(run->exit_reason));
	}
	EXPECT_EQ(access->address, run->mmio.addr);
	EXPECT_EQ(access->width, run->mmio.width) TH_LOG("%s", access->name);
	EXPECT_EQ(access->reg, run->mmio.reg) TH_LOG("%s", access->name);
	EXPECT_EQ(access->reg_width, run->mmio.reg_width) TH_LOG("%s", access->name);
	EXPECT_EQ(vm_gpa(access->code), run->pc);
	EXPECT_NE(0, run->pending);
	EXPECT_EQ(EC_DABT_LOWER, ESR_EC(run->esr));
	EXPECT_EQ(access->address, run->far);
	EXPECT_EQ(access->address, run->ipa);
}

TEST_F(mmio, reads_of_every_width_target_and_sign)
{
	u32 i, n;

	for (i = 0; i < ARRAY_SIZE(reads); i++) {
		enter(self, reads[i].code);
		check(_metadata, self, &reads[i], ARM_VCPU_EXIT_MMIO_READ);
		EXPECT_EQ(reads[i].sign, self->run->mmio.sign_extend != 0);
		self->run->mmio.data = DATA;	/* more than asked for: the rest is cut off */
		vcpu_expect_call(self->vcpu, 1);
		EXPECT_EQ(reads[i].result, self->run->x[reads[i].reg]) {
			TH_LOG("%s: %#llx", reads[i].name, self->run->x[reads[i].reg]);
		}
		EXPECT_EQ(vm_gpa(reads[i].code) + 8, self->run->pc);
		EXPECT_EQ(0, self->run->pending);
		for (n = 4; n < 30; n++)
			EXPECT_EQ(0, self->run->x[n]);
	}
}

TEST_F(mmio, positive_values_are_not_sign_extended_to_ones)
{
	enter(self, guest_ldrsb_x);
	vcpu_expect(self->vcpu, MMIO_READ);
	self->run->mmio.data = 0x7f;
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(0x7f, self->run->x[3]);
}

TEST_F(mmio, a_read_to_the_zero_register_changes_nothing)
{
	static const struct access access = {
		"ldr xzr", guest_ldr_zr, 8, 31, 8, 0, 0, ADDRESS,
	};
	u32 n;

	enter(self, guest_ldr_zr);
	check(_metadata, self, &access, ARM_VCPU_EXIT_MMIO_READ);
	self->run->mmio.data = DATA;
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(0x3030303030303030, self->run->x[30]);
	for (n = 4; n < 30; n++)
		EXPECT_EQ(0, self->run->x[n]);
	EXPECT_EQ(0x3333333333333333, self->run->x[3]);
}

TEST_F(mmio, writes_of_every_width_carry_their_bytes_only)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(writes); i++) {
		enter(self, writes[i].code);
		check(_metadata, self, &writes[i], ARM_VCPU_EXIT_MMIO_WRITE);
		EXPECT_EQ(writes[i].result, self->run->mmio.data) {
			TH_LOG("%s: %#llx", writes[i].name, self->run->mmio.data);
		}
		vcpu_expect_call(self->vcpu, 1);
		EXPECT_EQ(vm_gpa(writes[i].code) + 8, self->run->pc);
	}
}

TEST_F(mmio, no_enter_completes_an_access)
{
	enter(self, guest_ldrsb_w);
	vcpu_expect(self->vcpu, MMIO_READ);
	self->run->mmio.data = 0x80;
	self->run->flags = ARM_VCPU_RUN_NO_ENTER;
	ASSERT_EQ(0, vcpu_run(self->vcpu));
	EXPECT_EQ(ARM_VCPU_EXIT_NONE, self->run->exit_reason);
	EXPECT_EQ(0, self->run->pending);
	EXPECT_EQ(0xffffff80, self->run->x[3]);
	EXPECT_EQ(vm_gpa(guest_ldrsb_w) + 4, self->run->pc);
	ASSERT_EQ(0, vcpu_run(self->vcpu));	/* once only */
	EXPECT_EQ(vm_gpa(guest_ldrsb_w) + 4, self->run->pc);
	self->run->flags = 0;
	vcpu_expect_call(self->vcpu, 1);
}

TEST_F(mmio, pending_cleared_without_moving_pc_is_the_access_again)
{
	enter(self, guest_ldr_x);
	vcpu_expect(self->vcpu, MMIO_READ);
	self->run->mmio.data = DATA;
	self->run->pending = 0;
	vcpu_expect(self->vcpu, MMIO_READ);
	EXPECT_EQ(0x3333333333333333, self->run->x[3]);
	EXPECT_EQ(vm_gpa(guest_ldr_x), self->run->pc);
}

TEST_F(mmio, pending_cleared_leaves_the_completion_to_the_vmm)
{
	enter(self, guest_ldr_x);
	vcpu_expect(self->vcpu, MMIO_READ);
	self->run->mmio.data = DATA;
	self->run->pending = 0;
	self->run->pc += 4;
	self->run->x[3] = 0x77;
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(0x77, self->run->x[3]);
}

TEST_F(mmio, payload_scribbled_over_hits_the_guests_own_register_only)
{
	u32 n;

	/* Width, register and sign are the kernel's: what the page says is for reading */
	enter(self, guest_ldrb);
	vcpu_expect(self->vcpu, MMIO_READ);
	self->run->mmio.data = DATA;
	self->run->mmio.width = 255;
	self->run->mmio.reg = 200;
	self->run->mmio.reg_width = 99;
	self->run->mmio.sign_extend = 1;
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(0x88, self->run->x[3]);
	for (n = 4; n < 30; n++)
		EXPECT_EQ(0, self->run->x[n]);
}

TEST_F(mmio, pending_invented_by_the_vmm_completes_nothing)
{
	vcpu_enter(self->vcpu, guest_hvc, 0, 0);
	self->run->pending = 0xffffffff;
	self->run->mmio.reg = 3;
	self->run->mmio.width = 8;
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	EXPECT_EQ(0, self->run->x[3]);
	EXPECT_EQ(vm_gpa(guest_hvc) + 4, self->run->pc);
}

TEST_F(mmio, a_kick_in_between_completes_an_access_once)
{
	enter(self, guest_ldr_x);
	vcpu_expect(self->vcpu, MMIO_READ);
	self->run->mmio.data = DATA;
	ASSERT_EQ(0, vm_kick(self->vcpu->fd));
	vcpu_expect(self->vcpu, KICKED);
	if (self->run->pending)
		self->run->mmio.data = DATA;
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(DATA, self->run->x[3]);
	EXPECT_EQ(vm_gpa(guest_ldr_x) + 8, self->run->pc);
}

static u64 __guest guest_translated(void)
{
	guest_mmu_on(GUEST_TABLES);
	return guest_read32(GUEST_ALIAS + ADDRESS);
}

TEST_F(mmio, far_is_virtual_and_addr_is_physical_with_the_mmu_on)
{
	vm_tables(&self->vm);
	vcpu_call(self->vcpu, guest_translated, 0, 0);
	vcpu_expect(self->vcpu, MMIO_READ);
	EXPECT_EQ(ADDRESS, self->run->mmio.addr);
	EXPECT_EQ(ADDRESS, self->run->ipa);
	EXPECT_EQ(GUEST_ALIAS + ADDRESS, self->run->far);
	self->run->mmio.data = 0xabcd;
	vcpu_expect_call(self->vcpu, CALL_DONE);
	EXPECT_EQ(0xabcd, self->run->x[0]);
}

/* An access at EL1 or EL0, with a byte order for each */
static void in_order(struct __test_metadata *_metadata, FIXTURE_DATA(mmio) *self,
		     u64 pstate, u64 order, bool reversed)
{
	u64 sctlr = reg_get(self->vcpu, SCTLR) & ~(SCTLR_E0E | SCTLR_EE);

	enter(self, guest_str_w);
	reg_set(self->vcpu, SCTLR, sctlr | order);
	self->run->pstate = pstate;
	vcpu_expect(self->vcpu, MMIO_WRITE);
	EXPECT_EQ(reversed ? 0x88878685 : 0x85868788, self->run->mmio.data);

	enter(self, guest_ldrsh_x);
	reg_set(self->vcpu, SCTLR, sctlr | order);
	self->run->pstate = pstate;
	vcpu_expect(self->vcpu, MMIO_READ);
	EXPECT_EQ(pstate, self->run->pstate & (0x1f | PSR_DAIF));
	self->run->mmio.data = 0x7f80;
	self->run->flags = ARM_VCPU_RUN_NO_ENTER;
	ASSERT_EQ(0, vcpu_run(self->vcpu));
	self->run->flags = 0;
	EXPECT_EQ(reversed ? 0xffffffffffff807f : 0x7f80, self->run->x[3]);
}

TEST_F(mmio, each_exception_level_has_its_byte_order)
{
	static const u64 orders[] = { 0, SCTLR_EE, SCTLR_E0E, SCTLR_EE | SCTLR_E0E };
	u32 i;

	enter(self, guest_hvc);
	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		in_order(_metadata, self, PSR_EL1H | PSR_DAIF, orders[i], orders[i] & SCTLR_EE);
		in_order(_metadata, self, PSR_EL0T | PSR_DAIF, orders[i], orders[i] & SCTLR_E0E);
	}
}

TEST_F(mmio, beyond_the_ipa_size_is_an_exit)
{
	struct arm_vcpu_info info;
	u64 beyond;

	ASSERT_EQ(0, vm_info(self->vm.fd, &info));
	if (info.ipa_bits_min == info.ipa_bits_max)
		SKIP(return, "hardware: only one IPA size");
	vm_replace(&self->vm, info.ipa_bits_min, 0);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
	beyond = (1UL << info.ipa_bits_min) + 0x40;
	ASSERT_EQ(0, vcpu_set_entry(self->vcpu, vm_gpa(guest_str_w), 0, beyond, DATA, 0));
	vcpu_expect(self->vcpu, MMIO_WRITE);
	EXPECT_EQ(beyond, self->run->mmio.addr);
	vcpu_expect_call(self->vcpu, 1);
}

TEST_HARNESS_MAIN
