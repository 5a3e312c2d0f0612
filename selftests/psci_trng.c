// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows TRNG, firmware's random numbers, where PSCI is the kernel's: as many bits as were asked
 * for and no more, all of them random; and arguments that are refused.
 */
#include "kselftest_harness.h"
#include "psci.h"

FIXTURE(psci_trng) {
	struct vm vm;
	struct vcpu *vcpu;
	u64 *x;
};

FIXTURE_SETUP(psci_trng)
{
	psci_vm(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->x = (u64 *)self->vcpu->run->x;
}

FIXTURE_TEARDOWN(psci_trng)
{
	vm_destroy(&self->vm);
}

static s64 trng(FIXTURE_DATA(psci_trng) *self, u32 function, u64 argument)
{
	return psci(self->vcpu, function, argument, ~0UL, ~0UL);
}

TEST_F(psci_trng, version_features_and_uuid)
{
	static const u32 there[] = {
		TRNG_VERSION, TRNG_FEATURES, TRNG_GET_UUID, TRNG_RND32, TRNG_RND64,
	};
	static const u32 others[] = { TRNG_RND64 + 1, PSCI64(0x50), PSCI_VERSION, 0 };
	u32 i;

	EXPECT_EQ(0x10000, trng(self, TRNG_VERSION, 0));
	EXPECT_EQ(0, self->x[1] | self->x[2] | self->x[3]);
	for (i = 0; i < ARRAY_SIZE(there); i++)
		EXPECT_EQ(SUCCESS, trng(self, TRNG_FEATURES, JUNK | there[i]));
	for (i = 0; i < ARRAY_SIZE(others); i++)
		EXPECT_EQ(NOT_SUPPORTED, trng(self, TRNG_FEATURES, others[i]));
	trng(self, TRNG_GET_UUID, 0);
	for (i = 0; i < 4; i++) {
		EXPECT_EQ(0, self->x[i] >> 32);
		EXPECT_NE(0xffffffff, self->x[i]);
		EXPECT_NE(0, self->x[i]);
	}
	EXPECT_EQ(4, self->x[1] >> 20 & 0xf);	/* of version 4: octet 6 is 0x48 */
}

/* A bit that was asked for is 1 at times and 0 at times; others are 0.  40 draws: 2^-40 */
static void draws(struct __test_metadata *_metadata, FIXTURE_DATA(psci_trng) *self, u32 function,
		  u64 bits, u64 width)
{
	u64 ones[3] = { 0 }, all[3] = { ~0UL, ~0UL, ~0UL }, expected, first;
	u64 i, n;

	for (i = 0; i < 40; i++) {
		ASSERT_EQ(SUCCESS, trng(self, function, bits));
		for (n = 0; n < 3; n++) {
			ones[n] |= self->x[3 - n];
			all[n] &= self->x[3 - n];
		}
	}
	for (n = 0; n < 3; n++) {
		first = n * width;
		expected = bits <= first ? 0 : bits - first >= 64 ? ~0UL :
			   (1UL << (bits - first)) - 1;
		if (width == 32)
			expected &= 0xffffffff;
		EXPECT_EQ(expected, ones[n]) TH_LOG("%lu bits, word %lu", bits, n);
		EXPECT_EQ(0, all[n]) TH_LOG("%lu bits, word %lu", bits, n);
	}
}

TEST_F(psci_trng, as_many_random_bits_as_were_asked_for)
{
	static const u32 bits[] = {
		1, 7, 8, 31, 32, 33, 63, 64, 65, 95, 96, 127, 128, 129, 191, 192,
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(bits); i++) {
		draws(_metadata, self, TRNG_RND64, bits[i], 64);
		if (bits[i] <= 96)
			draws(_metadata, self, TRNG_RND32, bits[i], 32);
	}
}

TEST_F(psci_trng, only_results_change)
{
	static const u32 functions[] = {
		TRNG_VERSION, TRNG_FEATURES, TRNG_GET_UUID, TRNG_RND32, TRNG_RND64,
	};
	u32 i, n;

	for (i = 0; i < ARRAY_SIZE(functions); i++) {
		ASSERT_EQ(0, vcpu_set_entry(self->vcpu, vm_gpa(guest_by_hvc), functions[i], 1, 2,
					    3));
		for (n = 4; n < 31; n++)
			self->x[n] = guest_pattern(i, n);
		vcpu_expect_call(self->vcpu, CALL_ANSWERED);
		for (n = 4; n < 31; n++)
			EXPECT_EQ(guest_pattern(i, n), self->x[n]);
	}
}

TEST_F(psci_trng, two_draws_differ)
{
	u64 first[3];

	ASSERT_EQ(SUCCESS, trng(self, TRNG_RND64, 192));
	memcpy(first, self->x + 1, sizeof(first));
	ASSERT_EQ(SUCCESS, trng(self, TRNG_RND64, 192));
	EXPECT_NE(first[0], self->x[1]);
	EXPECT_NE(first[1], self->x[2]);
	EXPECT_NE(first[2], self->x[3]);
}

static void refuses(struct __test_metadata *_metadata, FIXTURE_DATA(psci_trng) *self,
		    u32 function, u64 bits)
{
	EXPECT_EQ(INVALID_PARAMETERS, trng(self, function, bits)) TH_LOG("%lu bits", bits);
	EXPECT_EQ(0, self->x[1] | self->x[2] | self->x[3]);
}

TEST_F(psci_trng, a_number_of_bits_that_cant_be)
{
	refuses(_metadata, self, TRNG_RND32, 0);
	refuses(_metadata, self, TRNG_RND32, 97);
	refuses(_metadata, self, TRNG_RND32, 0xffffffff);
	refuses(_metadata, self, TRNG_RND32, JUNK);
	EXPECT_EQ(SUCCESS, trng(self, TRNG_RND32, JUNK | 96));
	refuses(_metadata, self, TRNG_RND64, 0);
	refuses(_metadata, self, TRNG_RND64, 193);
	refuses(_metadata, self, TRNG_RND64, ~0UL);
	refuses(_metadata, self, TRNG_RND64, JUNK | 64);
}

TEST_HARNESS_MAIN
