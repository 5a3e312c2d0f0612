// SPDX-License-Identifier: MIT
/*
 * A bank of NOR flash: two 16-bit chips side by side on a 32-bit bus, described by
 * CFI (JESD68) and with Intel's command set, as QEMU's virt machine has them.
 *
 * While the chips are in read-array mode the guest reads them as memory, without
 * exits; a store is a command, and when it leads to another mode the memory is taken
 * away and reads come here.  The bank that holds firmware refuses to be changed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "blob.h"
#include "devices.h"
#include "dtb.h"
#include "say.h"

#define BLOCK_SIZE		(256 << 10)	/* 128 KiB of each chip */

#define CMD_PROGRAM_ALT		0x10
#define CMD_ERASE		0x20
#define CMD_PROGRAM		0x40
#define CMD_CLEAR_STATUS	0x50
#define CMD_LOCK		0x60
#define CMD_READ_STATUS		0x70
#define CMD_READ_ID		0x90
#define CMD_READ_CFI		0x98
#define CMD_CONFIRM		0xd0
#define CMD_PROGRAM_BUFFER	0xe8
#define CMD_READ_ARRAY		0xff

#define STATUS_READY		0x80
#define STATUS_ERASE_FAILED	0x20
#define STATUS_PROGRAM_FAILED	0x10
#define STATUS_LOCKED		0x02

#define ID_INTEL		0x89
#define ID_DEVICE		0x18

/* What the chip says of itself, from index 0x10 on (JESD68.01, tables 1 to 4) */
#define CFI_FIRST		0x10
static const __u8 cfi[] = {
	'Q', 'R', 'Y',
	0x01, 0x00,		/* Intel's extended command set, */
	0x31, 0x00,		/* whose table is there */
	0x00, 0x00, 0x00, 0x00,	/* no other command set */
	0x27, 0x36, 0x00, 0x00,	/* volts: 2.7 to 3.6 */
	0x07, 0x07, 0x0a, 0x00,	/* typical times of word, buffer, erase: 2^n us, us, ms */
	0x04, 0x04, 0x04, 0x00,	/* and the longest: 2^n times that */
	0x19,			/* size: 2^n = 32 MiB */
	0x01, 0x00,		/* 16-bit interface */
	0x0b, 0x00,		/* write buffer: 2^n bytes */
	0x01,			/* one kind of blocks: */
	0xff, 0x00, 0x00, 0x02,	/* 255 + 1 of them, of 512 * 256 bytes */
	'P', 'R', 'I', '1', '0',
};

enum mode {
	READ_ARRAY, READ_STATUS, READ_ID, READ_CFI,
	WANT_DATA, WANT_ERASE_CONFIRM, WANT_LOCK,
	WANT_COUNT, WANT_BUFFER, WANT_BUFFER_CONFIRM,
};

/**
 * struct flash - a bank of flash
 * @device: for the bus
 * @memory: what it holds
 * @writable: it can be changed
 * @mode: what reads give, or what the next write is
 * @status: of the last program or erase
 * @left: writes to come into the buffer
 */
struct flash {
	struct device device;
	__u8 *memory;
	bool writable;
	enum mode mode;
	__u8 status;
	unsigned int left;
};

static struct flash *to_flash(struct device *dev)
{
	return container_of(dev, struct flash, device);
}

static void set_mode(struct flash *flash, enum mode mode)
{
	bool was_shown = flash->mode == READ_ARRAY;
	bool is_shown = mode == READ_ARRAY;

	flash->mode = mode;
	if (is_shown != was_shown)
		device_show_memory(&flash->device, is_shown ? flash->memory : NULL);
}

/* What one chip answers */
static __u16 chip_read(const struct flash *flash, __u64 offset)
{
	unsigned int index = offset / 4 & 0xff;

	switch (flash->mode) {
	case READ_ID:
		return index == 0 ? ID_INTEL : index == 1 ? ID_DEVICE : 0;
	case READ_CFI:
		return index - CFI_FIRST < sizeof(cfi) ? cfi[index - CFI_FIRST] : 0;
	default:
		return flash->status;
	}
}

static __u64 flash_read(struct device *dev, __u64 offset, unsigned int width)
{
	struct flash *flash = to_flash(dev);
	__u64 value = 0;

	if (flash->mode == READ_ARRAY) {
		memcpy(&value, flash->memory + offset, width);
		return value;
	}
	/* both chips say the same, at every other byte pair */
	value = chip_read(flash, offset) * 0x00010001ULL >> offset % 2 * 8;
	return value & ((1ULL << width * 8) - 1);
}

/* Programming only ever takes ones away */
static void program(struct flash *flash, __u64 offset, __u64 value, unsigned int width)
{
	if (!flash->writable) {
		flash->status |= STATUS_PROGRAM_FAILED | STATUS_LOCKED;
		return;
	}
	for (unsigned int i = 0; i < width; i++)
		flash->memory[offset + i] &= value >> i * 8;
}

static void erase(struct flash *flash, __u64 offset)
{
	if (!flash->writable)
		flash->status |= STATUS_ERASE_FAILED | STATUS_LOCKED;
	else
		memset(flash->memory + offset / BLOCK_SIZE * BLOCK_SIZE, 0xff, BLOCK_SIZE);
}

static enum mode command(struct flash *flash, __u8 command)
{
	switch (command) {
	case CMD_PROGRAM_ALT:
	case CMD_PROGRAM:
		return WANT_DATA;
	case CMD_ERASE:
		return WANT_ERASE_CONFIRM;
	case CMD_CLEAR_STATUS:
		flash->status = STATUS_READY;
		return flash->mode;
	case CMD_LOCK:
		return WANT_LOCK;
	case CMD_READ_STATUS:
		return READ_STATUS;
	case CMD_READ_ID:
		return READ_ID;
	case CMD_READ_CFI:
		return READ_CFI;
	case CMD_PROGRAM_BUFFER:
		return WANT_COUNT;
	default: /* READ_ARRAY, and the reset command of other makes */
		return READ_ARRAY;
	}
}

static void flash_write(struct device *dev, __u64 offset, __u64 value, unsigned int width)
{
	struct flash *flash = to_flash(dev);
	enum mode next = READ_STATUS;

	switch (flash->mode) {
	case WANT_DATA:
		program(flash, offset, value, width);
		break;
	case WANT_ERASE_CONFIRM:
		if ((__u8)value == CMD_CONFIRM)
			erase(flash, offset);
		else
			flash->status |= STATUS_ERASE_FAILED | STATUS_PROGRAM_FAILED;
		break;
	case WANT_LOCK:
		/* blocks have no locks of their own: any of its commands will do */
		break;
	case WANT_COUNT:
		flash->left = (__u16)value + 1;
		next = WANT_BUFFER;
		break;
	case WANT_BUFFER:
		program(flash, offset, value, width);
		next = --flash->left ? WANT_BUFFER : WANT_BUFFER_CONFIRM;
		break;
	case WANT_BUFFER_CONFIRM:
		if ((__u8)value != CMD_CONFIRM)
			flash->status |= STATUS_ERASE_FAILED | STATUS_PROGRAM_FAILED;
		break;
	default:
		next = command(flash, value);
	}
	set_mode(flash, next);
}

static void flash_reset(struct device *dev)
{
	struct flash *flash = to_flash(dev);

	flash->status = STATUS_READY;
	set_mode(flash, READ_ARRAY);
}

static void flash_describe(struct device *dev, struct dtb *dtb)
{
	dtb_begin_at(dtb, "flash", dev->map->base);
	dtb_string(dtb, "compatible", "cfi-flash");
	dtb_reg(dtb, dev->map->base, dev->map->size);
	dtb_u32(dtb, "bank-width", 4);
	dtb_end(dtb);
}

static const struct device_ops ops = {
	.width = 4,
	.read = flash_read,
	.write = flash_write,
	.reset = flash_reset,
	.describe = flash_describe,
};

static int refuse(const char *path, const char *why)
{
	say("%s can't keep variables: %s", path, why);
	return -1;
}

static int open_file(const char *path, __u64 size)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	struct stat stat;

	if (fd < 0 || fstat(fd, &stat))
		return refuse(path, strerror(errno));
	if (!S_ISREG(stat.st_mode))
		return refuse(path, "it isn't a file");
	if ((__u64)stat.st_size > size)
		return refuse(path, "it is larger than the flash, 64 MiB");
	if (flock(fd, LOCK_EX | LOCK_NB))
		return refuse(path, "another machine has it");
	if (ftruncate(fd, size))
		return refuse(path, strerror(errno));
	return fd;
}

__u8 *flash_open(const struct map_entry *map, const char *path)
{
	int fd = open_file(path, map->size);
	void *memory;

	if (fd < 0)
		return NULL;
	/* The descriptor stays open, for the lock */
	memory = mmap(NULL, map->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory != MAP_FAILED)
		return memory;
	refuse(path, strerror(errno));
	return NULL;
}

static __u8 *forgetful(const struct map_entry *map)
{
	void *memory = mmap(NULL, map->size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

struct device *flash_create(const struct map_entry *map, const struct blob *contents, __u8 *file)
{
	struct flash *flash = calloc(1, sizeof(*flash));

	if (!flash)
		return NULL;
	flash->memory = file ? file : forgetful(map);
	if (!flash->memory) {
		free(flash);
		return NULL;
	}
	if (contents)
		memcpy(flash->memory, contents->data, contents->size);
	flash->writable = !contents;
	flash->mode = READ_STATUS;	/* until reset() shows the memory */
	flash->device.name = "flash";
	flash->device.ops = &ops;
	flash->device.map = map;
	return &flash->device;
}
