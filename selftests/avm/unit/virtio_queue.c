// SPDX-License-Identifier: MIT
/*
 * avm's virtio transport and queues, with drivers that keep to the rules and drivers that don't.
 * The device is the random number generator: it writes all that it can write to.
 */
#include "driver.h"

#include <unistd.h>

#include "kselftest_harness.h"

#define EVENT_IDX	(1ULL << VIRTIO_RING_F_EVENT_IDX)
#define INDIRECT	(1ULL << VIRTIO_RING_F_INDIRECT_DESC)
#define NEXT		VRING_DESC_F_NEXT
#define WRITE		VRING_DESC_F_WRITE
#define TABLE		VRING_DESC_F_INDIRECT

/* Of the guest's memory, for tables */
#define TABLE_AT	(MEMORY + SIZE_MIB(1))

FIXTURE(queue) {
	struct driver driver;
};

FIXTURE_SETUP(queue)
{
	driver_machine(&self->driver);
	driver_plug(&self->driver, virtio_rng_create(&self->driver.machine));
	driver_start(&self->driver, ALL_FEATURES, 1);
}

FIXTURE_TEARDOWN(queue)
{
	driver_write(&self->driver, VIRTIO_MMIO_STATUS, 0);
}

/* It fills a buffer */
static bool works(struct driver *driver)
{
	unsigned char *memory = driver_at(driver, MEMORY);
	unsigned int zeros = 0;

	memset(memory, 0, 4096);
	driver_describe(driver, 0, 0, MEMORY, 4096, WRITE);
	driver_offer(driver, 0, 0);
	if (driver_take(driver, 0) != 4096)
		return false;
	for (unsigned int i = 0; i < 4096; i++)
		zeros += !memory[i];
	return zeros < 100;
}

TEST_F(queue, identifies)
{
	EXPECT_EQ(driver_read(&self->driver, VIRTIO_MMIO_MAGIC_VALUE), 0x74726976);
	EXPECT_EQ(driver_read(&self->driver, VIRTIO_MMIO_VERSION), 2);
	EXPECT_EQ(driver_read(&self->driver, VIRTIO_MMIO_DEVICE_ID), VIRTIO_ID_RNG);
	EXPECT_EQ(driver_read(&self->driver, VIRTIO_MMIO_QUEUE_NUM_MAX), QUEUE_MAX);
	driver_write(&self->driver, VIRTIO_MMIO_QUEUE_SEL, 1);
	EXPECT_EQ(driver_read(&self->driver, VIRTIO_MMIO_QUEUE_NUM_MAX), 0);
	EXPECT_TRUE(works(&self->driver));
	EXPECT_TRUE(driver_interrupted(&self->driver, 1000));
	EXPECT_EQ(driver_read(&self->driver, VIRTIO_MMIO_INTERRUPT_STATUS), VIRTIO_MMIO_INT_VRING);
	driver_write(&self->driver, VIRTIO_MMIO_INTERRUPT_ACK, VIRTIO_MMIO_INT_VRING);
	EXPECT_EQ(driver_read(&self->driver, VIRTIO_MMIO_INTERRUPT_STATUS), 0);
}

TEST_F(queue, negotiates)
{
	driver_negotiate(&self->driver, ALL_FEATURES & ~(1ULL << VIRTIO_F_VERSION_1));
	EXPECT_FALSE(driver_read(&self->driver, VIRTIO_MMIO_STATUS) & VIRTIO_CONFIG_S_FEATURES_OK);

	driver_negotiate(&self->driver, 0);
	driver_write(&self->driver, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
	driver_write(&self->driver, VIRTIO_MMIO_DRIVER_FEATURES, ~0U);
	driver_write(&self->driver, VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_FEATURES_OK);
	EXPECT_FALSE(driver_read(&self->driver, VIRTIO_MMIO_STATUS) & VIRTIO_CONFIG_S_FEATURES_OK);

	/* and a driver that goes on all the same is served by nobody */
	driver_set_queue(&self->driver, 0);
	driver_go(&self->driver);
	driver_describe(&self->driver, 0, 0, MEMORY, 64, WRITE);
	driver_offer(&self->driver, 0, 0);
	usleep(50000);
	EXPECT_EQ(driver_used(&self->driver, 0)->idx, 0);
	driver_start(&self->driver, ALL_FEATURES, 1);
	EXPECT_TRUE(works(&self->driver));
}

TEST_F(queue, keeps_what_was_agreed_upon)
{
	driver_write(&self->driver, VIRTIO_MMIO_QUEUE_DESC_LOW, MEMORY);
	driver_write(&self->driver, VIRTIO_MMIO_QUEUE_NUM, 3);
	driver_write(&self->driver, VIRTIO_MMIO_DRIVER_FEATURES, 0);
	EXPECT_TRUE(works(&self->driver));
	driver_write(&self->driver, VIRTIO_MMIO_QUEUE_READY, 0);
	EXPECT_EQ(driver_read(&self->driver, VIRTIO_MMIO_QUEUE_READY), 0);
	driver_describe(&self->driver, 0, 0, MEMORY, 64, WRITE);
	driver_offer(&self->driver, 0, 0);
	usleep(50000);
	EXPECT_EQ(driver_used(&self->driver, 0)->idx, 1);
}

/* Indices wrap after 65536; and it is told of one only at the event that it asks for */
TEST_F(queue, wraps)
{
	__u16 *event = &driver_avail(&self->driver, 0)->ring[ENTRIES];

	*event = 10;
	driver_describe(&self->driver, 0, 0, MEMORY, 1, WRITE);
	for (unsigned int i = 0; i <= 65536 + 3; i++) {
		driver_offer(&self->driver, 0, 0);
		ASSERT_EQ(driver_take(&self->driver, 0), 1);
		if (i == 9 || i == 65538)
			EXPECT_FALSE(driver_interrupted(&self->driver, 20));
		if (i == 10) {
			EXPECT_TRUE(driver_interrupted(&self->driver, 1000));
			driver_write(&self->driver, VIRTIO_MMIO_INTERRUPT_ACK, 1);
			*event = 3;
		}
	}
	EXPECT_TRUE(driver_interrupted(&self->driver, 1000));
}

TEST_F(queue, interrupts_by_flag)
{
	driver_start(&self->driver, ALL_FEATURES & ~EVENT_IDX, 1);
	driver_avail(&self->driver, 0)->flags = VRING_AVAIL_F_NO_INTERRUPT;
	EXPECT_TRUE(works(&self->driver));
	EXPECT_FALSE(driver_interrupted(&self->driver, 20));
	driver_avail(&self->driver, 0)->flags = 0;
	EXPECT_TRUE(works(&self->driver));
	EXPECT_TRUE(driver_interrupted(&self->driver, 1000));
}

/* As many pieces as a chain can have, in a table, which is none of them; and one more */
TEST_F(queue, pieces)
{
	struct vring_desc *table = driver_at(&self->driver, TABLE_AT);

	for (unsigned int i = 0; i <= CHAIN_MAX; i++)
		table[i] = (struct vring_desc){ MEMORY + i * 64, 20, WRITE | NEXT, i + 1 };
	table[CHAIN_MAX - 1].flags = WRITE;
	driver_describe(&self->driver, 0, 0, TABLE_AT, CHAIN_MAX * sizeof(*table), TABLE);
	driver_offer(&self->driver, 0, 0);
	EXPECT_EQ(driver_take(&self->driver, 0), CHAIN_MAX * 20);
	driver_write(&self->driver, VIRTIO_MMIO_INTERRUPT_ACK, VIRTIO_MMIO_INT_VRING);
	while (driver_interrupted(&self->driver, 0))
		;

	table[CHAIN_MAX - 1].flags = WRITE | NEXT;
	table[CHAIN_MAX].flags = WRITE;
	driver_describe(&self->driver, 0, 0, TABLE_AT, (CHAIN_MAX + 1) * sizeof(*table), TABLE);
	driver_offer(&self->driver, 0, 0);
	EXPECT_TRUE(driver_is_broken(&self->driver));
}

/* Where a queue can't be */
FIXTURE(place) {
	struct driver driver;
};

FIXTURE_SETUP(place)
{
	driver_machine(&self->driver);
	driver_plug(&self->driver, virtio_rng_create(&self->driver.machine));
}

FIXTURE_TEARDOWN(place)
{
	driver_write(&self->driver, VIRTIO_MMIO_STATUS, 0);
}

FIXTURE_VARIANT(place) {
	__u64 reg;
	__u32 value;
};

#define PLACE(name, offset, what) \
	FIXTURE_VARIANT_ADD(place, name) { .reg = VIRTIO_MMIO_ ## offset, .value = (what) }

PLACE(no_size, QUEUE_NUM, 0);
PLACE(size_3, QUEUE_NUM, 3);
PLACE(size_512, QUEUE_NUM, 512);
PLACE(size_huge, QUEUE_NUM, 0x80000000);
PLACE(desc_below, QUEUE_DESC_LOW, RAM_BASE - 16);
PLACE(desc_across_end, QUEUE_DESC_LOW, RAM_BASE + RAM_SIZE - 16);
PLACE(desc_above, QUEUE_DESC_HIGH, 1);
PLACE(desc_at_top, QUEUE_DESC_HIGH, 0xffffffff);
PLACE(desc_unaligned, QUEUE_DESC_LOW, MEMORY + 8);
PLACE(avail_across_end, QUEUE_AVAIL_LOW, RAM_BASE + RAM_SIZE - 4);
PLACE(avail_unaligned, QUEUE_AVAIL_LOW, MEMORY + 1);
PLACE(used_across_end, QUEUE_USED_LOW, RAM_BASE + RAM_SIZE - 8 * ENTRIES - 4);
PLACE(used_unaligned, QUEUE_USED_LOW, MEMORY + 2);
PLACE(used_above, QUEUE_USED_HIGH, 0x80000000);

TEST_F(place, breaks)
{
	driver_negotiate(&self->driver, ALL_FEATURES);
	driver_set_queue(&self->driver, 0);
	driver_write(&self->driver, VIRTIO_MMIO_QUEUE_READY, 0);
	driver_write(&self->driver, variant->reg, variant->value);
	driver_write(&self->driver, VIRTIO_MMIO_QUEUE_READY, 1);
	driver_go(&self->driver);
	EXPECT_TRUE(driver_is_broken(&self->driver));
	driver_start(&self->driver, ALL_FEATURES, 1);
	EXPECT_TRUE(works(&self->driver));
}

/* Chains that can't be.  Each gets four descriptors, and a table of four. */
FIXTURE(chain) {
	struct driver driver;
};

FIXTURE_SETUP(chain)
{
	driver_machine(&self->driver);
	driver_plug(&self->driver, virtio_rng_create(&self->driver.machine));
}

FIXTURE_TEARDOWN(chain)
{
	driver_write(&self->driver, VIRTIO_MMIO_STATUS, 0);
}

FIXTURE_VARIANT(chain) {
	__u64 without;
	__u16 head;
	struct vring_desc desc[4];
	struct vring_desc table[4];
};

#define CHAIN(name) FIXTURE_VARIANT_ADD(chain, name)

CHAIN(head_out_of_range) { .head = ENTRIES };

CHAIN(head_far_out_of_range) { .head = 0xffff };

CHAIN(next_out_of_range) { .desc = { { MEMORY, 64, WRITE | NEXT, ENTRIES } } };

CHAIN(next_far_out_of_range) { .desc = { { MEMORY, 64, WRITE | NEXT, 0xffff } } };

CHAIN(to_itself) { .desc = { { MEMORY, 64, WRITE | NEXT, 0 } } };

CHAIN(to_itself_empty) { .desc = { { MEMORY, 0, WRITE | NEXT, 0 } } };

CHAIN(in_a_circle) {
	.desc = { { MEMORY, 64, WRITE | NEXT, 1 }, { MEMORY, 64, WRITE | NEXT, 0 } },
};

CHAIN(below_memory) { .desc = { { RAM_BASE - 64, 64, WRITE, 0 } } };

CHAIN(into_memory) { .desc = { { RAM_BASE - 1, 64, WRITE, 0 } } };

CHAIN(at_the_end) { .desc = { { RAM_BASE + RAM_SIZE, 1, WRITE, 0 } } };

CHAIN(across_the_end) { .desc = { { RAM_BASE + RAM_SIZE - 63, 64, WRITE, 0 } } };

CHAIN(around_the_top) { .desc = { { ~0ULL - 63, 4096, WRITE, 0 } } };

CHAIN(all_there_is) { .desc = { { MEMORY, ~0U, WRITE, 0 } } };

CHAIN(readable_behind_writable) {
	.desc = { { MEMORY, 64, WRITE | NEXT, 1 }, { MEMORY, 64, 0, 0 } },
};

CHAIN(table_not_agreed_upon) {
	.without = INDIRECT,
	.desc = { { TABLE_AT, 16, TABLE, 0 } }, .table = { { MEMORY, 64, WRITE, 0 } },
};

CHAIN(table_with_next) {
	.desc = { { TABLE_AT, 16, TABLE | NEXT, 1 }, { MEMORY, 64, WRITE, 0 } },
	.table = { { MEMORY, 64, WRITE, 0 } },
};

CHAIN(table_in_table) {
	.desc = { { TABLE_AT, 32, TABLE, 0 } },
	.table = { { TABLE_AT + 16, 16, TABLE, 0 }, { MEMORY, 64, WRITE, 0 } },
};

CHAIN(table_in_itself) {
	.desc = { { TABLE_AT, 16, TABLE, 0 } }, .table = { { TABLE_AT, 16, TABLE, 0 } },
};

CHAIN(table_empty) { .desc = { { TABLE_AT, 0, TABLE, 0 } } };

CHAIN(table_of_a_half) {
	.desc = { { TABLE_AT, 24, TABLE, 0 } }, .table = { { MEMORY, 64, WRITE, 0 } },
};

CHAIN(table_unaligned) {
	.desc = { { TABLE_AT + 1, 16, TABLE, 0 } },
};

CHAIN(table_outside) { .desc = { { RAM_BASE - 16, 16, TABLE, 0 } } };

CHAIN(table_across_the_end) { .desc = { { RAM_BASE + RAM_SIZE - 16, 32, TABLE, 0 } } };

CHAIN(table_out_of_range) {
	.desc = { { TABLE_AT, 32, TABLE, 0 } }, .table = { { MEMORY, 64, WRITE | NEXT, 2 } },
};

CHAIN(table_in_a_circle) {
	.desc = { { TABLE_AT, 32, TABLE, 0 } },
	.table = { { MEMORY, 1, WRITE | NEXT, 1 }, { MEMORY, 1, WRITE | NEXT, 0 } },
};

TEST_F(chain, breaks)
{
	driver_start(&self->driver, ALL_FEATURES & ~variant->without, 1);
	memcpy(driver_desc(&self->driver, 0), variant->desc, sizeof(variant->desc));
	memcpy(driver_at(&self->driver, TABLE_AT), variant->table, sizeof(variant->table));
	driver_offer(&self->driver, 0, variant->head);
	EXPECT_TRUE(driver_is_broken(&self->driver));
	EXPECT_EQ(driver_used(&self->driver, 0)->idx, 0);

	/* and stays so */
	driver_describe(&self->driver, 0, 0, MEMORY, 64, WRITE);
	driver_offer(&self->driver, 0, 0);
	usleep(20000);
	EXPECT_EQ(driver_used(&self->driver, 0)->idx, 0);

	driver_start(&self->driver, ALL_FEATURES, 1);
	EXPECT_FALSE(driver_read(&self->driver, VIRTIO_MMIO_STATUS) & VIRTIO_CONFIG_S_NEEDS_RESET);
	EXPECT_TRUE(works(&self->driver));
}

/* 140 times the same 31 MiB */
TEST_F(queue, more_than_4_gib)
{
	struct vring_desc *table = driver_at(&self->driver, TABLE_AT);

	for (unsigned int i = 0; i < 140; i++)
		table[i] = (struct vring_desc){ MEMORY, SIZE_MIB(31), WRITE | NEXT, i + 1 };
	table[139].flags = WRITE;
	driver_describe(&self->driver, 0, 0, TABLE_AT, 140 * sizeof(*table), TABLE);
	driver_offer(&self->driver, 0, 0);
	EXPECT_TRUE(driver_is_broken(&self->driver));
}

TEST_F(queue, more_than_there_is_room_for)
{
	driver_describe(&self->driver, 0, 0, MEMORY, 64, WRITE);
	driver_avail(&self->driver, 0)->idx = ENTRIES + 1;
	driver_notify(&self->driver, 0);
	EXPECT_TRUE(driver_is_broken(&self->driver));
}

TEST_HARNESS_MAIN
