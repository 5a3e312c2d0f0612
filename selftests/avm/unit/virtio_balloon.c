// SPDX-License-Identifier: MIT
/*
 * avm's virtio balloon: which memory goes back to the host, and which may not.  What has gone is
 * zero; the host's pages are as large as a test wants them.
 */
#include "driver.h"

#include <unistd.h>
#include <linux/virtio_balloon.h>

#include "kselftest_harness.h"

#define NEXT		VRING_DESC_F_NEXT
#define WRITE		VRING_DESC_F_WRITE

/* By the standard, and by Linux */
enum { INFLATE, DEFLATE, REPORT_LINUX, REPORT = 4, QUEUES };

#define PAGE		0x1000ULL
#define NUMBERS_AT	MEMORY
#define PAGES_AT	(MEMORY + SIZE_MIB(1))
#define PAGES		64

static long page_size = PAGE;

/* The C library's, of which avm asks nothing else */
long sysconf(int name)
{
	(void)name;
	return page_size;
}

FIXTURE(balloon) {
	struct driver driver;
};

FIXTURE_VARIANT(balloon) {
	long page_size;
};

FIXTURE_VARIANT_ADD(balloon, pages_of_4k) {
	.page_size = PAGE,
};

FIXTURE_VARIANT_ADD(balloon, pages_of_16k) {
	.page_size = 4 * PAGE,
};

FIXTURE_VARIANT_ADD(balloon, pages_of_64k) {
	.page_size = 16 * PAGE,
};

/* Memory that nobody but the balloon clears */
static void fill(struct driver *driver)
{
	memset(driver_at(driver, PAGES_AT), 0x5a, PAGES * PAGE);
}

FIXTURE_SETUP(balloon)
{
	page_size = variant->page_size;
	driver_machine(&self->driver);
	driver_plug(&self->driver, virtio_balloon_create(&self->driver.machine));
	driver_start(&self->driver, ALL_FEATURES, QUEUES);
	fill(&self->driver);
}

FIXTURE_TEARDOWN(balloon)
{
	driver_write(&self->driver, VIRTIO_MMIO_STATUS, 0);
}

/* Pages from this one of ours on go into the balloon or come out; whether the buffer comes back */
static bool move(struct driver *driver, unsigned int queue, unsigned int first, unsigned int count)
{
	__le32 *numbers = driver_at(driver, NUMBERS_AT);

	for (unsigned int i = 0; i < count; i++)
		numbers[i] = (PAGES_AT >> VIRTIO_BALLOON_PFN_SHIFT) + first + i;
	driver_describe(driver, queue, 0, NUMBERS_AT, count * sizeof(*numbers), 0);
	driver_offer(driver, queue, 0);
	return !driver_take(driver, queue);
}

/* Whether, of all our pages, these and no others have gone */
static bool have_gone(struct driver *driver, unsigned int first, unsigned int count)
{
	const unsigned char *bytes = driver_at(driver, PAGES_AT);

	for (unsigned int i = 0; i < PAGES * PAGE; i++) {
		bool gone = i >= first * PAGE && i < (first + count) * PAGE;

		if (bytes[i] != (gone ? 0 : 0x5a))
			return false;
	}
	return true;
}

static unsigned int parts(void)
{
	return page_size / PAGE;
}

TEST_F(balloon, takes_whole_pages_of_the_hosts)
{
	unsigned int last = parts() - 1;

	/* one that lies alone is still somebody's, in part */
	ASSERT_TRUE(move(&self->driver, INFLATE, 16, last));
	EXPECT_TRUE(have_gone(&self->driver, 0, 0));
	ASSERT_TRUE(move(&self->driver, INFLATE, 16 + last, 1));
	EXPECT_TRUE(have_gone(&self->driver, 16, parts()));
	ASSERT_TRUE(move(&self->driver, INFLATE, 32, 32));
	fill(&self->driver);
	ASSERT_TRUE(move(&self->driver, INFLATE, 0, PAGES));
	EXPECT_TRUE(have_gone(&self->driver, 0, PAGES));
}

TEST_F(balloon, what_has_come_out_does_not_count)
{
	/* where each page counts by itself, there is nothing to be left of one */
	if (parts() == 1)
		return;
	ASSERT_TRUE(move(&self->driver, INFLATE, 0, parts() - 1));
	ASSERT_TRUE(move(&self->driver, DEFLATE, 0, 1));
	ASSERT_TRUE(move(&self->driver, INFLATE, parts() - 1, 1));
	EXPECT_TRUE(have_gone(&self->driver, 0, 0));
	ASSERT_TRUE(move(&self->driver, INFLATE, 0, 1));
	EXPECT_TRUE(have_gone(&self->driver, 0, parts()));

	/* nor does what was inside before a reset */
	fill(&self->driver);
	ASSERT_TRUE(move(&self->driver, INFLATE, 16, parts() - 1));
	driver_start(&self->driver, ALL_FEATURES, QUEUES);
	ASSERT_TRUE(move(&self->driver, INFLATE, 16 + parts() - 1, 1));
	EXPECT_TRUE(have_gone(&self->driver, 0, 0));
}

/* A driver that takes pages out without a word would lose what it has put there since */
TEST_F(balloon, is_not_trusted_with_parts_by_a_driver_that_does_not_tell)
{
	driver_start(&self->driver, ALL_FEATURES & ~(1ULL << VIRTIO_BALLOON_F_MUST_TELL_HOST),
		     QUEUES);
	ASSERT_TRUE(move(&self->driver, INFLATE, 16, 16));
	EXPECT_TRUE(have_gone(&self->driver, 16, parts() == 1 ? 16 : 0));
}

/* Many pages, in no order */
TEST_F(balloon, takes_many_at_a_time)
{
	__le32 *numbers = driver_at(&self->driver, NUMBERS_AT);

	for (unsigned int i = 0; i < 1000; i++)
		numbers[i] = (PAGES_AT >> VIRTIO_BALLOON_PFN_SHIFT) + i * 37 % PAGES;
	driver_describe(&self->driver, INFLATE, 0, NUMBERS_AT, 999, NEXT);
	driver_describe(&self->driver, INFLATE, 1, NUMBERS_AT + 999, 3001, 0);
	driver_offer(&self->driver, INFLATE, 0);
	EXPECT_EQ(driver_take(&self->driver, INFLATE), 0);
	EXPECT_TRUE(have_gone(&self->driver, 0, PAGES));
}

/* What is free goes, but for the parts of pages at its ends */
static void report(struct __test_metadata *_metadata, struct driver *driver, unsigned int queue)
{
	fill(driver);
	driver_describe(driver, queue, 0, PAGES_AT + 16 * PAGE - 8, 32 * PAGE + 16, WRITE);
	driver_offer(driver, queue, 0);
	EXPECT_EQ(driver_take(driver, queue), 0);
	EXPECT_TRUE(have_gone(driver, 16, 32));
	fill(driver);
	driver_describe(driver, queue, 0, PAGES_AT + 8, page_size, WRITE);
	driver_offer(driver, queue, 0);
	EXPECT_EQ(driver_take(driver, queue), 0);
	EXPECT_TRUE(have_gone(driver, 0, 0));
}

TEST_F(balloon, takes_what_is_reported_free)
{
	report(_metadata, &self->driver, REPORT);
	report(_metadata, &self->driver, REPORT_LINUX);
}

TEST_F(balloon, says_how_much_it_is_to_have)
{
	const __u64 actual = VIRTIO_MMIO_CONFIG + 4;
	struct driver *driver = &self->driver;
	char told[128];

	EXPECT_EQ(driver_read(driver, VIRTIO_MMIO_CONFIG), 0);
	virtio_balloon_leave(driver->device, RAM_SIZE - SIZE_MIB(12));
	EXPECT_TRUE(driver_interrupted(driver, 1000));
	EXPECT_EQ(driver_read(driver, VIRTIO_MMIO_INTERRUPT_STATUS), VIRTIO_MMIO_INT_CONFIG);
	EXPECT_EQ(driver_read(driver, VIRTIO_MMIO_CONFIG), SIZE_MIB(12) / PAGE);
	driver_write(driver, actual, SIZE_MIB(3) / PAGE);
	driver_write(driver, VIRTIO_MMIO_CONFIG, 1);
	driver_write(driver, VIRTIO_MMIO_CONFIG + 8, 1);
	bus_tell(&driver->machine.bus, told, sizeof(told));
	EXPECT_STREQ(told, "\nits balloon has 3 MiB of 12");
	EXPECT_EQ(driver_read(driver, actual), SIZE_MIB(3) / PAGE);

	/* which outlives the driver */
	driver_start(driver, ALL_FEATURES, QUEUES);
	EXPECT_EQ(driver_read(driver, VIRTIO_MMIO_CONFIG), SIZE_MIB(12) / PAGE);
	EXPECT_EQ(driver_read(driver, actual), 0);

	/* and one that isn't there yet isn't told */
	driver_write(driver, VIRTIO_MMIO_STATUS, 0);
	while (driver_interrupted(driver, 0))
		;
	virtio_balloon_leave(driver->device, RAM_SIZE);
	EXPECT_FALSE(driver_interrupted(driver, 20));
}

/* A page that isn't there, and a piece of a number */
TEST_F(balloon, is_broken_by_pages_that_are_not_there)
{
	static const __le32 wrong[] = {
		0, (RAM_BASE - 1) >> VIRTIO_BALLOON_PFN_SHIFT,
		(RAM_BASE + RAM_SIZE) >> VIRTIO_BALLOON_PFN_SHIFT, 0x80000000, 0xffffffff,
	};
	struct driver *driver = &self->driver;
	__le32 *numbers = driver_at(driver, NUMBERS_AT);

	for (unsigned int queue = INFLATE; queue <= DEFLATE; queue++)
		for (unsigned int i = 0; i <= ARRAY_SIZE(wrong); i++) {
			driver_start(driver, ALL_FEATURES, QUEUES);
			numbers[0] = PAGES_AT >> VIRTIO_BALLOON_PFN_SHIFT;
			numbers[1] = i < ARRAY_SIZE(wrong) ? wrong[i] : numbers[0];
			driver_describe(driver, queue, 0, NUMBERS_AT,
					i < ARRAY_SIZE(wrong) ? 8 : 6, 0);
			driver_offer(driver, queue, 0);
			EXPECT_TRUE(driver_is_broken(driver));
		}
	driver_start(driver, ALL_FEATURES, QUEUES);
	driver_describe(driver, REPORT, 0, RAM_BASE + RAM_SIZE - 8, 16, WRITE);
	driver_offer(driver, REPORT, 0);
	EXPECT_TRUE(driver_is_broken(driver));
	driver_start(driver, ALL_FEATURES, QUEUES);
	EXPECT_TRUE(move(driver, INFLATE, 0, PAGES));
}

/* Millions of pages, in a balloon that is reset all the time */
TEST_F(balloon, reset_ends_what_is_in_flight)
{
	const __u64 many = SIZE_MIB(8), at = RAM_BASE + RAM_SIZE - many;
	__le32 *numbers = driver_at(&self->driver, at);

	for (unsigned int i = 0; i < many / sizeof(*numbers); i++)
		numbers[i] = (PAGES_AT >> VIRTIO_BALLOON_PFN_SHIFT) + i % 3 * 16;
	for (unsigned int i = 0; i < 50; i++) {
		for (unsigned int queue = INFLATE; queue <= DEFLATE; queue++) {
			driver_describe(&self->driver, queue, 0, at, many, 0);
			driver_offer(&self->driver, queue, 0);
		}
		usleep(i * 10);
		driver_start(&self->driver, ALL_FEATURES, QUEUES);
	}
	EXPECT_TRUE(move(&self->driver, INFLATE, 0, PAGES));
}

TEST_HARNESS_MAIN
