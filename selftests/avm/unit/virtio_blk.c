// SPDX-License-Identifier: MIT
/* avm's virtio disk: what it does with requests that are right, and what with others */
#include "driver.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <linux/virtio_blk.h>

#include "kselftest_harness.h"

#define NEXT		VRING_DESC_F_NEXT
#define WRITE		VRING_DESC_F_WRITE

#define SECTOR		512
#define DISK_SECTORS	64

/* Where a request's parts are */
#define HEADER_AT	MEMORY
#define STATUS_AT	(MEMORY + 0x100)
#define DATA_AT		(MEMORY + 0x1000)

FIXTURE(disk) {
	struct driver driver;
	char path[64];
	unsigned char contents[DISK_SECTORS * SECTOR];
};

static void plug_disk(struct driver *driver, const char *path, const char *how)
{
	char text[128];

	driver_machine(driver);
	snprintf(text, sizeof(text), "%s%s", path, how);
	driver_plug(driver, virtio_blk_create(&driver->machine, text));
	driver_start(driver, ALL_FEATURES, 2);
}

FIXTURE_SETUP(disk)
{
	int fd;

	snprintf(self->path, sizeof(self->path), "/tmp/avm-disk.XXXXXX");
	fd = mkstemp(self->path);
	for (unsigned int i = 0; i < sizeof(self->contents); i++)
		self->contents[i] = i / SECTOR + i * 7 + 1;
	ASSERT_EQ(write(fd, self->contents, sizeof(self->contents)), sizeof(self->contents));
	close(fd);
	plug_disk(&self->driver, self->path, ",serial=a-disk");
}

FIXTURE_TEARDOWN(disk)
{
	driver_write(&self->driver, VIRTIO_MMIO_STATUS, 0);
	unlink(self->path);
}

/* A request on a queue: its status, or -1 if it doesn't come back */
static int request(struct driver *driver, unsigned int queue, __u32 type, __u64 sector,
		   __u32 size, __u16 flags)
{
	*(struct virtio_blk_outhdr *)driver_at(driver, HEADER_AT) =
		(struct virtio_blk_outhdr){ .type = type, .sector = sector };
	*(__u8 *)driver_at(driver, STATUS_AT) = 0xff;
	driver_describe(driver, queue, 0, HEADER_AT, sizeof(struct virtio_blk_outhdr), NEXT);
	driver_describe(driver, queue, 1, DATA_AT, size, NEXT | flags);
	driver_describe(driver, queue, 2, STATUS_AT, 1, WRITE);
	driver_offer(driver, queue, 0);
	if (driver_take(driver, queue) != (flags & WRITE ? size + 1 : 1))
		return -1;
	return *(__u8 *)driver_at(driver, STATUS_AT);
}

static int change(struct driver *driver, __u32 type, __u64 sector, __u32 sectors, __u32 flags)
{
	*(struct virtio_blk_discard_write_zeroes *)driver_at(driver, DATA_AT) =
		(struct virtio_blk_discard_write_zeroes){ sector, sectors, flags };
	return request(driver, 0, type, 0, 16, 0);
}

/* What the host finds there */
static void get_file(const char *path, void *to, size_t size, off_t offset)
{
	int fd = open(path, O_RDONLY);

	if (pread(fd, to, size, offset) != (ssize_t)size)
		memset(to, 0xee, size);
	close(fd);
}

TEST_F(disk, reads)
{
	memset(driver_at(&self->driver, DATA_AT), 0, 4096);
	for (unsigned int queue = 0; queue < 2; queue++) {
		EXPECT_EQ(request(&self->driver, queue, VIRTIO_BLK_T_IN, 3 + queue, 4096, WRITE),
			  VIRTIO_BLK_S_OK);
		EXPECT_EQ(memcmp(driver_at(&self->driver, DATA_AT),
				 self->contents + (3 + queue) * SECTOR, 4096), 0);
	}
}

TEST_F(disk, writes)
{
	unsigned char there[4096];

	memset(driver_at(&self->driver, DATA_AT), 0xa5, 4096);
	EXPECT_EQ(request(&self->driver, 1, VIRTIO_BLK_T_OUT, DISK_SECTORS - 8, 4096, 0),
		  VIRTIO_BLK_S_OK);
	EXPECT_EQ(request(&self->driver, 0, VIRTIO_BLK_T_FLUSH, 0, 0, 0), VIRTIO_BLK_S_OK);
	get_file(self->path, there, sizeof(there), (DISK_SECTORS - 8) * SECTOR);
	EXPECT_EQ(memcmp(there, driver_at(&self->driver, DATA_AT), sizeof(there)), 0);
	get_file(self->path, there, sizeof(there), (DISK_SECTORS - 16) * SECTOR);
	EXPECT_EQ(memcmp(there, self->contents + (DISK_SECTORS - 16) * SECTOR, sizeof(there)), 0);
}

/* The header and the status may lie in any pieces, with the data */
TEST_F(disk, pieces)
{
	struct virtio_blk_outhdr header = { .type = VIRTIO_BLK_T_IN, .sector = 5 };

	memcpy(driver_at(&self->driver, HEADER_AT), &header, sizeof(header));
	for (unsigned int cut = 1; cut < sizeof(header); cut++) {
		memset(driver_at(&self->driver, DATA_AT), 0xff, 1024);
		driver_describe(&self->driver, 0, 0, HEADER_AT, cut, NEXT);
		driver_describe(&self->driver, 0, 1, HEADER_AT + cut, sizeof(header) - cut, NEXT);
		driver_describe(&self->driver, 0, 2, DATA_AT, cut, NEXT | WRITE);
		driver_describe(&self->driver, 0, 3, DATA_AT + cut, SECTOR + 1 - cut, WRITE);
		driver_offer(&self->driver, 0, 0);
		ASSERT_EQ(driver_take(&self->driver, 0), SECTOR + 1);
		EXPECT_EQ(memcmp(driver_at(&self->driver, DATA_AT), self->contents + 5 * SECTOR,
				 SECTOR), 0);
		EXPECT_EQ(((__u8 *)driver_at(&self->driver, DATA_AT))[SECTOR], VIRTIO_BLK_S_OK);
	}
}

TEST_F(disk, tells_of_itself)
{
	char serial[VIRTIO_BLK_ID_BYTES] = "a-disk";

	EXPECT_EQ(driver_read(&self->driver, VIRTIO_MMIO_CONFIG), DISK_SECTORS);
	EXPECT_EQ(driver_read(&self->driver, VIRTIO_MMIO_CONFIG + 0x1000), 0);
	EXPECT_EQ(request(&self->driver, 0, VIRTIO_BLK_T_GET_ID, 0, VIRTIO_BLK_ID_BYTES, WRITE),
		  VIRTIO_BLK_S_OK);
	EXPECT_EQ(memcmp(driver_at(&self->driver, DATA_AT), serial, sizeof(serial)), 0);
}

/* What a driver reads of a failure isn't what was in its buffer, nor in ours */
TEST_F(disk, refuses)
{
	struct driver *driver = &self->driver;

	EXPECT_EQ(request(driver, 0, VIRTIO_BLK_T_IN, DISK_SECTORS, 512, WRITE),
		  VIRTIO_BLK_S_IOERR);
	memset(driver_at(driver, DATA_AT), 0xff, 1024);
	EXPECT_EQ(request(driver, 0, VIRTIO_BLK_T_IN, DISK_SECTORS - 1, 1024, WRITE),
		  VIRTIO_BLK_S_IOERR);
	EXPECT_EQ(*(__u32 *)driver_at(driver, DATA_AT), 0);
	EXPECT_EQ(request(driver, 0, VIRTIO_BLK_T_IN, ~0ULL, 512, WRITE), VIRTIO_BLK_S_IOERR);
	EXPECT_EQ(request(driver, 0, VIRTIO_BLK_T_IN, 1ULL << 55, 512, WRITE),
		  VIRTIO_BLK_S_IOERR);
	EXPECT_EQ(request(driver, 0, VIRTIO_BLK_T_IN, 0, 511, WRITE), VIRTIO_BLK_S_IOERR);
	EXPECT_EQ(request(driver, 0, VIRTIO_BLK_T_OUT, DISK_SECTORS, 512, 0), VIRTIO_BLK_S_IOERR);
	EXPECT_EQ(request(driver, 0, VIRTIO_BLK_T_OUT, 0, 513, 0), VIRTIO_BLK_S_IOERR);
	EXPECT_EQ(request(driver, 0, 0x1234, 0, 512, WRITE), VIRTIO_BLK_S_UNSUPP);
	EXPECT_EQ(request(driver, 0, VIRTIO_BLK_T_IN, 0, 512, WRITE), VIRTIO_BLK_S_OK);
}

TEST_F(disk, tells_errors)
{
	ASSERT_EQ(truncate(self->path, 8 * SECTOR), 0);
	EXPECT_EQ(request(&self->driver, 0, VIRTIO_BLK_T_IN, 7, 512, WRITE), VIRTIO_BLK_S_OK);
	EXPECT_EQ(request(&self->driver, 0, VIRTIO_BLK_T_IN, 7, 1024, WRITE), VIRTIO_BLK_S_IOERR);
}

TEST_F(disk, clears_and_discards)
{
	struct driver *driver = &self->driver;
	unsigned char there[4 * SECTOR], zeros[2 * SECTOR] = { 0 };

	for (unsigned int unmap = 0; unmap < 2; unmap++) {
		EXPECT_EQ(change(driver, VIRTIO_BLK_T_WRITE_ZEROES, 9 + 8 * unmap, 2, unmap),
			  VIRTIO_BLK_S_OK);
		get_file(self->path, there, sizeof(there), (8 + 8 * unmap) * SECTOR);
		EXPECT_EQ(memcmp(there, self->contents + (8 + 8 * unmap) * SECTOR, SECTOR), 0);
		EXPECT_EQ(memcmp(there + SECTOR, zeros, sizeof(zeros)), 0);
		EXPECT_EQ(memcmp(there + 3 * SECTOR, self->contents + (11 + 8 * unmap) * SECTOR,
				 SECTOR), 0);
	}
	EXPECT_EQ(change(driver, VIRTIO_BLK_T_DISCARD, 32, 8, 0), VIRTIO_BLK_S_OK);
	EXPECT_EQ(change(driver, VIRTIO_BLK_T_DISCARD, 32, 0, 0), VIRTIO_BLK_S_OK);

	EXPECT_EQ(change(driver, VIRTIO_BLK_T_DISCARD, 32, 8, 1), VIRTIO_BLK_S_UNSUPP);
	EXPECT_EQ(change(driver, VIRTIO_BLK_T_WRITE_ZEROES, 32, 8, 2), VIRTIO_BLK_S_UNSUPP);
	EXPECT_EQ(change(driver, VIRTIO_BLK_T_WRITE_ZEROES, DISK_SECTORS - 1, 2, 0),
		  VIRTIO_BLK_S_IOERR);
	EXPECT_EQ(change(driver, VIRTIO_BLK_T_WRITE_ZEROES, ~0ULL, 2, 0), VIRTIO_BLK_S_IOERR);
	EXPECT_EQ(change(driver, VIRTIO_BLK_T_DISCARD, 0, ~0U, 0), VIRTIO_BLK_S_IOERR);
	EXPECT_EQ(request(driver, 0, VIRTIO_BLK_T_DISCARD, 0, 15, 0), VIRTIO_BLK_S_IOERR);
	get_file(self->path, there, SECTOR, (DISK_SECTORS - 1) * SECTOR);
	EXPECT_EQ(memcmp(there, self->contents + (DISK_SECTORS - 1) * SECTOR, SECTOR), 0);
}

/* Another machine may read it while all only read */
TEST_F(disk, is_its_own)
{
	char text[128];

	EXPECT_EQ(virtio_blk_create(&self->driver.machine, self->path), NULL);
	snprintf(text, sizeof(text), "%s,ro", self->path);
	EXPECT_EQ(virtio_blk_create(&self->driver.machine, text), NULL);
	EXPECT_EQ(virtio_blk_create(&self->driver.machine, "/tmp/no-such-file"), NULL);
	EXPECT_EQ(virtio_blk_create(&self->driver.machine, "/dev/null"), NULL);
	EXPECT_EQ(virtio_blk_create(&self->driver.machine, "/tmp"), NULL);
}

/* Once a reset is done nothing writes to memory, whatever was in flight */
TEST_F(disk, reset_ends_what_is_in_flight)
{
	unsigned char *data = driver_at(&self->driver, DATA_AT);
	struct virtio_blk_outhdr header = { .type = VIRTIO_BLK_T_IN };

	for (unsigned int try = 0; try < 200; try++) {
		driver_start(&self->driver, ALL_FEATURES, 2);
		memcpy(driver_at(&self->driver, HEADER_AT), &header, sizeof(header));
		driver_describe(&self->driver, 0, 0, HEADER_AT, sizeof(header), NEXT);
		driver_describe(&self->driver, 0, 1, DATA_AT, sizeof(self->contents), WRITE | NEXT);
		driver_describe(&self->driver, 0, 2, STATUS_AT, 1, WRITE);
		for (unsigned int i = 0; i < ENTRIES; i++)
			driver_offer(&self->driver, 0, 0);
		usleep(try % 10 * 10);
		driver_write(&self->driver, VIRTIO_MMIO_STATUS, 0);
		ASSERT_EQ(driver_read(&self->driver, VIRTIO_MMIO_STATUS), 0);
		memset(data, 0, sizeof(self->contents));
		usleep(200);
		for (unsigned int i = 0; i < sizeof(self->contents); i++)
			ASSERT_EQ(data[i], 0);
	}
	driver_start(&self->driver, ALL_FEATURES, 2);
	EXPECT_EQ(request(&self->driver, 0, VIRTIO_BLK_T_IN, 0, 512, WRITE), VIRTIO_BLK_S_OK);
}

/* Without room for a status, or without a header, it isn't a request */
TEST_F(disk, is_broken_without_status)
{
	driver_describe(&self->driver, 0, 0, HEADER_AT, sizeof(struct virtio_blk_outhdr), 0);
	driver_offer(&self->driver, 0, 0);
	EXPECT_TRUE(driver_is_broken(&self->driver));
	driver_start(&self->driver, ALL_FEATURES, 2);
	driver_describe(&self->driver, 1, 0, HEADER_AT, 15, NEXT);
	driver_describe(&self->driver, 1, 1, STATUS_AT, 1, WRITE);
	driver_offer(&self->driver, 1, 0);
	EXPECT_TRUE(driver_is_broken(&self->driver));
	driver_start(&self->driver, ALL_FEATURES, 2);
	EXPECT_EQ(request(&self->driver, 0, VIRTIO_BLK_T_IN, 0, 512, WRITE), VIRTIO_BLK_S_OK);
}

FIXTURE(read_only) {
	struct driver driver;
	char path[64];
	unsigned char contents[DISK_SECTORS * SECTOR];
};

FIXTURE_SETUP(read_only)
{
	int fd;

	snprintf(self->path, sizeof(self->path), "/tmp/avm-disk.XXXXXX");
	fd = mkstemp(self->path);
	ASSERT_EQ(write(fd, self->contents, sizeof(self->contents)), sizeof(self->contents));
	close(fd);
	plug_disk(&self->driver, self->path, ",ro");
}

FIXTURE_TEARDOWN(read_only)
{
	driver_write(&self->driver, VIRTIO_MMIO_STATUS, 0);
	unlink(self->path);
}

TEST_F(read_only, isnt_changed)
{
	struct driver *driver = &self->driver;
	unsigned char there[DISK_SECTORS * SECTOR];

	EXPECT_TRUE(driver->features >> VIRTIO_BLK_F_RO & 1);
	EXPECT_FALSE(driver->features >> VIRTIO_BLK_F_DISCARD & 1);
	memset(driver_at(driver, DATA_AT), 0xa5, SECTOR);
	EXPECT_EQ(request(driver, 0, VIRTIO_BLK_T_OUT, 0, SECTOR, 0), VIRTIO_BLK_S_IOERR);
	EXPECT_EQ(change(driver, VIRTIO_BLK_T_DISCARD, 0, 8, 0), VIRTIO_BLK_S_IOERR);
	EXPECT_EQ(change(driver, VIRTIO_BLK_T_WRITE_ZEROES, 0, 8, 0), VIRTIO_BLK_S_IOERR);
	EXPECT_EQ(request(driver, 0, VIRTIO_BLK_T_IN, 0, SECTOR, WRITE), VIRTIO_BLK_S_OK);
	get_file(self->path, there, sizeof(there), 0);
	EXPECT_EQ(memcmp(there, self->contents, sizeof(there)), 0);
	EXPECT_NE(virtio_blk_create(&driver->machine, strcat(self->path, ",ro")), NULL);
	*strchr(self->path, ',') = '\0';
}

/*
 * Its driver writes whatever comes to its mind to registers, rings and descriptors, while the
 * device works on them.  Nothing is to be right but that it works after a reset.
 */
static void scribble(struct driver *driver, unsigned int *seed)
{
	static const __u64 addrs[] = { HEADER_AT, DATA_AT, STATUS_AT, RINGS, RINGS + RINGS_EACH,
				       RAM_BASE + RAM_SIZE - 8, RAM_BASE - 8, ~0ULL - 8 };
	unsigned int queue = rand_r(seed) % 2, what = rand_r(seed) % 16;

	if (what < 10)
		driver_desc(driver, queue)[rand_r(seed) % ENTRIES] = (struct vring_desc){
			.addr = addrs[rand_r(seed) % ARRAY_SIZE(addrs)],
			.len = rand_r(seed) % 8 ? rand_r(seed) % 2048 : (__u32)rand_r(seed),
			.flags = rand_r(seed) % 8,
			.next = rand_r(seed) % (ENTRIES + 1),
		};
	else if (what < 14)
		driver_offer(driver, queue, rand_r(seed) % (ENTRIES + 1));
	else if (what == 14)
		*(__u16 *)driver_at(driver, RINGS + rand_r(seed) % (2 * RINGS_EACH) / 2 * 2) =
			rand_r(seed);
	else if (!(rand_r(seed) % 4))
		driver_write(driver, rand_r(seed) % 0x200 / 4 * 4, rand_r(seed) % 64);
	*(struct virtio_blk_outhdr *)driver_at(driver, HEADER_AT) = (struct virtio_blk_outhdr){
		.type = rand_r(seed) % 15, .sector = rand_r(seed) % (2 * DISK_SECTORS) };
}

TEST_F_TIMEOUT(disk, survives_anything, 120)
{
	unsigned int seed = 1;

	for (unsigned int round = 0; round < 300; round++) {
		driver_start(&self->driver, ALL_FEATURES, 2);
		for (unsigned int i = 0; i < 300; i++)
			scribble(&self->driver, &seed);
	}
	driver_start(&self->driver, ALL_FEATURES, 2);
	EXPECT_EQ(request(&self->driver, 0, VIRTIO_BLK_T_FLUSH, 0, 0, 0), VIRTIO_BLK_S_OK);
}

TEST_HARNESS_MAIN
