// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that pointer authentication keys belong to each vCPU where the guest has them, and
 * that the VMM's own keys survive RUN.
 */
#include <sys/auxv.h>
#include "kselftest_harness.h"
#include "probe.h"

#ifndef HWCAP_PACA
#define HWCAP_PACA	(1UL << 30)
#endif

/* APIAKeyLo to APGAKeyHi */
static const u32 keys[] = {
	ENCODING(3, 0, 2, 1, 0), ENCODING(3, 0, 2, 1, 1), ENCODING(3, 0, 2, 1, 2),
	ENCODING(3, 0, 2, 1, 3), ENCODING(3, 0, 2, 2, 0), ENCODING(3, 0, 2, 2, 1),
	ENCODING(3, 0, 2, 2, 2), ENCODING(3, 0, 2, 2, 3), ENCODING(3, 0, 2, 3, 0),
	ENCODING(3, 0, 2, 3, 1),
};

FIXTURE(pauth) {
	struct vm vm;
	struct vcpu *vcpu[2];
	bool present;
};

FIXTURE_SETUP(pauth)
{
	int i;

	vm_create(&self->vm);
	for (i = 0; i < 2; i++) {
		self->vcpu[i] = vcpu_create(&self->vm);
		probe_init(self->vcpu[i]);
	}
	/* ID_AA64ISAR1_EL1.APA and API, ID_AA64ISAR2_EL1.APA3 */
	self->present =
		(probe(self->vcpu[0], INSN_MRS(ENCODING(3, 0, 0, 6, 1), 0), 0) & 0xff0) ||
		(probe(self->vcpu[0], INSN_MRS(ENCODING(3, 0, 0, 6, 2), 0), 0) & 0xf000);
}

FIXTURE_TEARDOWN(pauth)
{
	vm_destroy(&self->vm);
}

TEST_F(pauth, keys_are_each_vcpus_own)
{
	u64 i, n, round;

	if (!self->present)
		SKIP(return, "hardware: no pointer authentication for guests");
	for (round = 0; round < 4; round++) {
		for (i = 0; i < 2; i++) {
			pin_to(cpu_nth((int)(round / 2 * i)));
			for (n = 0; n < ARRAY_SIZE(keys); n++)
				probe(self->vcpu[i], INSN_MSR(keys[n], 0),
				      guest_pattern(i + round, n) >> 1);
		}
		for (i = 0; i < 2; i++) {
			pin_to(cpu_nth((int)(round / 2)));
			for (n = 0; n < ARRAY_SIZE(keys); n++)
				EXPECT_EQ(guest_pattern(i + round, n) >> 1,
					  probe(self->vcpu[i], INSN_MRS(keys[n], 0), 0));
		}
	}
}

TEST_F(pauth, keys_are_undefined_where_it_is_hidden)
{
	u64 n;

	if (self->present)
		return;
	for (n = 0; n < ARRAY_SIZE(keys); n++)
		EXPECT_TRUE(is_undefined(probe(self->vcpu[0], INSN_MRS(keys[n], 0), 0)));
}

/* PACIA x0, x1 */
static u64 sign(u64 pointer)
{
	register u64 x0 asm("x0") = pointer;
	register u64 x1 asm("x1") = 0x1234;

	asm volatile(".inst 0xdac10020" : "+r" (x0) : "r" (x1));
	return x0;
}

/* With 52-bit addresses and tags a signature has three bits only: those of twenty pointers */
static u64 signatures(void)
{
	u64 i, pointer, all = 0;

	for (i = 0; i < 20; i++) {
		pointer = 0x12345678 + 16 * i;
		all = all << 3 | (sign(pointer) >> 52 & 7);
	}
	return all;
}

/* PACIA at EL1 in the guest, with keys of its own; SCTLR_EL1.EnIA */
static u64 guest_sign(FIXTURE_DATA(pauth) *self, u64 i, u64 pointer)
{
	u64 sctlr = probe(self->vcpu[i], INSN_MRS(ENCODING(3, 0, 1, 0, 0), 0), 0);

	probe(self->vcpu[i], INSN_MSR(ENCODING(3, 0, 1, 0, 0), 0), sctlr | 1UL << 31);
	self->vcpu[i]->run->x[1] = 0x1234;
	return probe(self->vcpu[i], 0xdac10020, pointer);
}

TEST_F(pauth, it_is_hidden_if_the_vmm_wants_so)
{
	u64 n;

	vm_replace(&self->vm, 0, ARM_VCPU_CONFIG_NO_PAUTH);
	self->vcpu[0] = vcpu_create(&self->vm);
	probe_init(self->vcpu[0]);
	EXPECT_EQ(0, probe(self->vcpu[0], INSN_MRS(ENCODING(3, 0, 0, 6, 1), 0), 0) & 0xff000ff0);
	EXPECT_EQ(0, probe(self->vcpu[0], INSN_MRS(ENCODING(3, 0, 0, 6, 2), 0), 0) & 0xf00ff00);
	for (n = 0; n < ARRAY_SIZE(keys); n++)
		EXPECT_TRUE(is_undefined(probe(self->vcpu[0], INSN_MRS(keys[n], 0), 0)));
	EXPECT_TRUE(is_undefined(guest_sign(self, 0, 0x12345678)));
}

TEST_F(pauth, the_vmms_keys_survive_run)
{
	u64 before, i, n;

	if (!(getauxval(AT_HWCAP) & HWCAP_PACA))
		SKIP(return, "hardware: no pointer authentication");
	before = signatures();
	EXPECT_NE(0, before);
	for (i = 0; i < 2; i++) {
		for (n = 0; self->present && n < ARRAY_SIZE(keys); n++)
			probe(self->vcpu[i], INSN_MSR(keys[n], 0), 0x1111 * (n + i));
		EXPECT_EQ(before, signatures());
	}
	if (self->present) {
		u64 signed_pointer = guest_sign(self, 0, 0x12345678);

		EXPECT_NE(signed_pointer, guest_sign(self, 1, 0x12345678));
		EXPECT_EQ(signed_pointer, guest_sign(self, 0, 0x12345678));
		EXPECT_EQ(before, signatures());
	}
}

TEST_HARNESS_MAIN
