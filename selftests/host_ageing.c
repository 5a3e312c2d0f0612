// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that the host's memory management learns what a guest uses, and that it costs one
 * flush of the TLBs behind however many guest addresses the memory is.  The module ageing
 * asks as reclaim does.
 */
#include <fcntl.h>
#include "kselftest_harness.h"
#include "module.h"
#include "vm.h"

#define AGEING_KO	"ARM_VCPU_AGEING_KO", "/ageing.ko"

#define BASE		(GUEST_RAM + 0x10000000UL)
#define REGIONS		64UL	/* the same page behind each */

enum what { TEST, CLEAR, CLEAR_FLUSH };

FIXTURE(ageing) {
	struct vm vm;
	struct vcpu *vcpu;
	size_t page;
	char *user;
	int fd;
	u64 flushes;		/* of the last is_young() */
	bool by_cpu;		/* the CPUs note what is used themselves */
};

FIXTURE_SETUP(ageing)
{
	u64 i;

	ASSERT_EQ(0, module_load(AGEING_KO));
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->page = page_size();
	self->user = map_pages(self->page);
	for (i = 0; i < REGIONS; i++)
		ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE + 2 * i * self->page, self->page,
				       self->user));
	self->fd = open("/proc/ageing", O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(ageing)
{
	close(self->fd);
	vm_destroy(&self->vm);
	EXPECT_EQ(0, module_unload("ageing"));
}

static bool is_young(FIXTURE_DATA(ageing) *self, enum what what)
{
	u64 question[3] = { (u64)self->user, (u64)self->user + self->page, what }, answer[3];

	if (write(self->fd, question, sizeof(question)) != sizeof(question) ||
	    read(self->fd, answer, sizeof(answer)) != sizeof(answer))
		die("ageing doesn't answer");
	self->flushes = answer[1];
	self->by_cpu = answer[2];
	return answer[0];
}

/* x0: first address, x1: from one to the next, x2: how many */
GUEST_ASM(guest_store, "1: str x0, [x0]\n add x0, x0, x1\n subs x2, x2, #1\n b.ne 1b\n"
	  "hvc #1\n b .");

static void use(FIXTURE_DATA(ageing) *self, u64 first, u64 count)
{
	if (vcpu_set_entry(self->vcpu, vm_gpa(guest_store), BASE + 2 * first * self->page,
			   2 * self->page, count, 0))
		die("SET_ENTRY failed");
	vcpu_expect_call(self->vcpu, 1);
}

TEST_F(ageing, memory_is_young_when_the_guest_has_used_it_since)
{
	u64 i;

	EXPECT_FALSE(is_young(self, TEST));
	for (i = 0; i < 3; i++) {
		use(self, i, 1);
		EXPECT_TRUE(is_young(self, TEST));
		EXPECT_TRUE(is_young(self, TEST));
		EXPECT_TRUE(is_young(self, CLEAR_FLUSH));
		EXPECT_FALSE(is_young(self, TEST));
		EXPECT_FALSE(is_young(self, CLEAR_FLUSH));
	}
	use(self, 0, 1);
	EXPECT_TRUE(is_young(self, CLEAR));
	EXPECT_FALSE(is_young(self, CLEAR));
}

/* Memory that is used again costs the guest an exit only where its CPU can't note that */
TEST_F(ageing, memory_that_is_used_again_is_noted_by_the_cpu_if_it_can)
{
	u64 faults;

	use(self, 0, REGIONS);
	EXPECT_TRUE(is_young(self, CLEAR_FLUSH));
	faults = vcpu_stat(self->vcpu, ARM_VCPU_STAT_FAULT);
	use(self, 0, REGIONS);
	faults = vcpu_stat(self->vcpu, ARM_VCPU_STAT_FAULT) - faults;
	EXPECT_EQ(self->by_cpu ? 0 : REGIONS, faults);
	EXPECT_TRUE(is_young(self, TEST));
}

TEST_F(ageing, one_flush_is_enough_for_all_that_has_the_page)
{
	use(self, 0, REGIONS);
	EXPECT_TRUE(is_young(self, TEST));
	EXPECT_EQ(0, self->flushes);
	EXPECT_TRUE(is_young(self, CLEAR_FLUSH));
	EXPECT_EQ(1, self->flushes);
	EXPECT_FALSE(is_young(self, CLEAR_FLUSH));
	EXPECT_EQ(0, self->flushes);
	use(self, 0, REGIONS);
	EXPECT_TRUE(is_young(self, CLEAR));
	EXPECT_EQ(0, self->flushes);
}

TEST_HARNESS_MAIN
