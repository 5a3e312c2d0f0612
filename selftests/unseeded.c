// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a guest gets no random numbers of a host that has none yet, and gets them as soon as
 * the host's generator is seeded.  It seeds it: not for the runner.
 */
#include <fcntl.h>
#include <linux/random.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <unistd.h>
#include "kselftest_harness.h"
#include "psci.h"

#define NO_ENTROPY	(-3)
#define SEED_BITS	256

static bool host_is_seeded(void)
{
	char byte;

	return getrandom(&byte, 1, GRND_NONBLOCK) == 1;
}

static int seed_host(void)
{
	int bits = SEED_BITS, fd = open("/dev/random", O_WRONLY), ret;

	if (fd < 0)
		return fd;
	ret = ioctl(fd, RNDADDTOENTCNT, &bits);
	close(fd);
	return ret;
}

FIXTURE(unseeded) {
	struct vm vm;
	struct vcpu *vcpu;
	u64 *x;
};

FIXTURE_SETUP(unseeded)
{
	psci_vm(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->x = (u64 *)self->vcpu->run->x;
}

FIXTURE_TEARDOWN(unseeded)
{
	vm_destroy(&self->vm);
}

static s64 trng(FIXTURE_DATA(unseeded) *self, u32 function, u64 argument)
{
	return psci(self->vcpu, function, argument, ~0UL, ~0UL);
}

static void has_none(struct __test_metadata *_metadata, FIXTURE_DATA(unseeded) *self, u32 function)
{
	EXPECT_EQ(NO_ENTROPY, trng(self, function, 1));
	EXPECT_EQ(0, self->x[1] | self->x[2] | self->x[3]);
	EXPECT_EQ(NO_ENTROPY, trng(self, function, 96));
	EXPECT_EQ(0, self->x[1] | self->x[2] | self->x[3]);
}

TEST_F(unseeded, a_host_without_entropy_has_none_for_a_guest)
{
	ASSERT_FALSE(host_is_seeded());
	has_none(_metadata, self, TRNG_RND32);
	has_none(_metadata, self, TRNG_RND64);
	/* What asks for none is answered as ever */
	EXPECT_EQ(INVALID_PARAMETERS, trng(self, TRNG_RND32, 97));
	EXPECT_EQ(INVALID_PARAMETERS, trng(self, TRNG_RND64, 0));
	EXPECT_EQ(SUCCESS, trng(self, TRNG_FEATURES, TRNG_RND64));
	ASSERT_FALSE(host_is_seeded());

	ASSERT_EQ(0, seed_host());
	ASSERT_TRUE(host_is_seeded());
	EXPECT_EQ(SUCCESS, trng(self, TRNG_RND32, 96));
	EXPECT_EQ(SUCCESS, trng(self, TRNG_RND64, 192));
	EXPECT_NE(0, self->x[1] | self->x[2] | self->x[3]);
}

TEST_HARNESS_MAIN
