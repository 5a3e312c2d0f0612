// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows what every command promises of its argument: sizes shorter and longer than the kernel's,
 * dirty tails, bad pointers, flags and reserved fields; which commands a file has; flags that
 * GET_INFO tells.
 */
#include <errno.h>
#include <sys/ioctl.h>
#include "kselftest_harness.h"
#include "vm.h"

#define MAX_ARG 1024

/* One command that takes a struct, with a valid argument for it */
struct command {
	const char *name;
	unsigned int nr;
	size_t size;
	bool on_vcpu;
	bool output;	/* the struct is written to */
	u64 config;	/* CONFIGURE flags that it needs */
	union {
		struct arm_vcpu_info info;
		struct arm_vcpu_config configure;
		struct arm_vcpu_memory memory;
		struct arm_vcpu_create create;
		struct arm_vcpu_entry entry;
		struct arm_vcpu_reg reg;
		struct arm_vcpu_reg_list list;
		struct arm_vcpu_inject inject;
		struct arm_vcpu_debug debug;
		struct arm_vcpu_stats stats;
		struct arm_vcpu_power power;
		struct arm_vcpu_smccc_filter filter;
		struct arm_vcpu_dirty dirty;
		char bytes[MAX_ARG];
	};
};

static struct command commands[] = {
	{ "GET_INFO", ARM_VCPU_GET_INFO, sizeof(struct arm_vcpu_info), .output = true },
	{ "CONFIGURE", ARM_VCPU_CONFIGURE, sizeof(struct arm_vcpu_config),
	  .configure = { .ipa_bits = 0 } },
	{ "SET_MEMORY", ARM_VCPU_SET_MEMORY, sizeof(struct arm_vcpu_memory),
	  .memory = { .guest_addr = GUEST_RAM } },
	{ "CREATE_VCPU", ARM_VCPU_CREATE_VCPU, sizeof(struct arm_vcpu_create),
	  .create = { .mpidr = 1 } },
	{ "SET_ENTRY", ARM_VCPU_SET_ENTRY, sizeof(struct arm_vcpu_entry), .on_vcpu = true,
	  .entry = { .pc = GUEST_CODE } },
	{ "GET_REG", ARM_VCPU_GET_REG, sizeof(struct arm_vcpu_reg), .on_vcpu = true,
	  .output = true, .reg = { .id = ARM_VCPU_REG_SP_EL1 } },
	{ "SET_REG", ARM_VCPU_SET_REG, sizeof(struct arm_vcpu_reg), .on_vcpu = true,
	  .reg = { .id = ARM_VCPU_REG_SP_EL1 } },
	{ "LIST_REGS", ARM_VCPU_LIST_REGS, sizeof(struct arm_vcpu_reg_list), .on_vcpu = true,
	  .output = true },
	{ "INJECT", ARM_VCPU_INJECT, sizeof(struct arm_vcpu_inject), .on_vcpu = true,
	  .inject = { .esr = 1 << 25 } },
	{ "SET_DEBUG", ARM_VCPU_SET_DEBUG, sizeof(struct arm_vcpu_debug), .on_vcpu = true },
	{ "GET_STATS", ARM_VCPU_GET_STATS, sizeof(struct arm_vcpu_stats), .on_vcpu = true,
	  .output = true },
	{ "GET_POWER", ARM_VCPU_GET_POWER, sizeof(struct arm_vcpu_power), .on_vcpu = true,
	  .output = true, .config = ARM_VCPU_CONFIG_PSCI },
	{ "SET_POWER", ARM_VCPU_SET_POWER, sizeof(struct arm_vcpu_power), .on_vcpu = true,
	  .config = ARM_VCPU_CONFIG_PSCI, .power = { .state = ARM_VCPU_POWER_OFF } },
	{ "SET_SMCCC_FILTER", ARM_VCPU_SET_SMCCC_FILTER, sizeof(struct arm_vcpu_smccc_filter),
	  .config = ARM_VCPU_CONFIG_PSCI,
	  .filter = { .first = 0x84000000, .count = 1, .action = ARM_VCPU_SMCCC_DENY } },
	{ "GET_DIRTY", ARM_VCPU_GET_DIRTY, sizeof(struct arm_vcpu_dirty),
	  .dirty = { .flags = 0 } },
};

FIXTURE(structs) {
	struct command command;
	int vm;
	int vcpu;
	char *pages; /* two, and the one behind them can't be accessed */
};

FIXTURE_VARIANT(structs) {
	unsigned int index;
};

FIXTURE_VARIANT_ADD(structs, get_info) { .index = 0 };
FIXTURE_VARIANT_ADD(structs, configure) { .index = 1 };
FIXTURE_VARIANT_ADD(structs, set_memory) { .index = 2 };
FIXTURE_VARIANT_ADD(structs, create_vcpu) { .index = 3 };
FIXTURE_VARIANT_ADD(structs, set_entry) { .index = 4 };
FIXTURE_VARIANT_ADD(structs, get_reg) { .index = 5 };
FIXTURE_VARIANT_ADD(structs, set_reg) { .index = 6 };
FIXTURE_VARIANT_ADD(structs, list_regs) { .index = 7 };
FIXTURE_VARIANT_ADD(structs, inject) { .index = 8 };
FIXTURE_VARIANT_ADD(structs, set_debug) { .index = 9 };
FIXTURE_VARIANT_ADD(structs, get_stats) { .index = 10 };
FIXTURE_VARIANT_ADD(structs, get_power) { .index = 11 };
FIXTURE_VARIANT_ADD(structs, set_power) { .index = 12 };
FIXTURE_VARIANT_ADD(structs, set_smccc_filter) { .index = 13 };
FIXTURE_VARIANT_ADD(structs, get_dirty) { .index = 14 };

FIXTURE_SETUP(structs)
{
	self->command = commands[variant->index];
	self->vm = vm_open();
	self->vcpu = -1;
	if (self->command.config)
		ASSERT_EQ(0, vm_configure(self->vm, 0, self->command.config));
	if (self->command.on_vcpu) {
		struct arm_vcpu_entry entry = { .size = sizeof(entry) };

		self->vcpu = vm_vcpu(self->vm, 0);
		ASSERT_EQ(0, vm_ioctl(self->vcpu, ARM_VCPU_SET_ENTRY, &entry));
	}
	self->pages = map_pages(3 * page_size());
	ASSERT_EQ(0, munmap(self->pages + 2 * page_size(), page_size()));
	if (self->command.nr == ARM_VCPU_SET_MEMORY) {
		self->command.memory.length = page_size();
		self->command.memory.user_addr = (u64)self->pages;
	}
	if (self->command.nr == ARM_VCPU_GET_DIRTY) {
		ASSERT_EQ(0, vm_memory(self->vm, ARM_VCPU_MEMORY_LOG_DIRTY, 0, page_size(),
				       self->pages));
		self->command.dirty.length = page_size();
		self->command.dirty.bitmap = (u64)self->pages + page_size() + 1024;
	}
}

FIXTURE_TEARDOWN(structs)
{
	if (self->vcpu >= 0)
		close(self->vcpu);
	close(self->vm);
}

/* The command with its argument at p, and @size in it */
static int issue_at(FIXTURE_DATA(structs) *self, char *p, u32 size)
{
	size_t room = (size_t)(self->pages + 2 * page_size() - p);

	memcpy(p, self->command.bytes, room < self->command.size ? room : self->command.size);
	if (room >= sizeof(size))
		memcpy(p, &size, sizeof(size));
	return vm_ioctl(self->command.on_vcpu ? self->vcpu : self->vm, self->command.nr, p);
}

TEST_F(structs, exact_size_is_accepted)
{
	EXPECT_LE(0, issue_at(self, self->pages, (u32)self->command.size));
}

TEST_F(structs, longer_with_a_zero_tail_is_accepted)
{
	EXPECT_LE(0, issue_at(self, self->pages, (u32)self->command.size + 64));
}

TEST_F(structs, longer_with_a_dirty_tail_is_refused)
{
	if (self->command.nr == ARM_VCPU_GET_INFO)
		return;		/* its struct is output, see below */
	self->pages[self->command.size + 63] = 1;
	EXPECT_EQ(-E2BIG, issue_at(self, self->pages, (u32)self->command.size + 64));
	self->pages[self->command.size + 63] = 0;
	self->pages[self->command.size] = 1;
	EXPECT_EQ(-E2BIG, issue_at(self, self->pages, (u32)self->command.size + 1));
	self->pages[self->command.size] = 0;
	EXPECT_LE(0, issue_at(self, self->pages, (u32)self->command.size));
}

TEST_F(structs, size_smaller_than_itself_is_refused)
{
	u32 size;

	for (size = 0; size < sizeof(size); size++)
		EXPECT_EQ(-EINVAL, issue_at(self, self->pages, size));
}

TEST_F(structs, huge_size_is_refused)
{
	int ret = issue_at(self, self->pages, 0xffffffff);

	EXPECT_TRUE(ret == -E2BIG || ret == -EFAULT);
}

TEST_F(structs, shorter_is_filled_up_with_zeros)
{
	/* Each struct's last field may be absent: it is zero then, and valid so */
	size_t last = sizeof(u64);
	char *p = self->pages + 2 * page_size() - (self->command.size - last);

	if (self->command.nr == ARM_VCPU_SET_MEMORY)
		self->command.memory.user_addr = 0;
	if (self->command.nr == ARM_VCPU_GET_DIRTY)
		self->command.dirty.length = 0;
	EXPECT_LE(0, issue_at(self, p, (u32)(self->command.size - last)));
}

/* A size and nothing else is the struct of zeros */
TEST_F(structs, a_size_alone_is_a_struct_of_zeros)
{
	char *alone = self->pages + 2 * page_size() - sizeof(u32);
	int full, ret;

	memset(self->command.bytes, 0, sizeof(self->command.bytes));
	full = issue_at(self, self->pages, (u32)self->command.size);
	if (full > 0)
		close(full);
	ret = issue_at(self, alone, sizeof(u32));
	if (ret > 0)
		close(ret);
	EXPECT_EQ(full < 0 ? full : 0, ret < 0 ? ret : 0);
}

TEST_F(structs, a_misaligned_pointer_is_as_good_as_any)
{
	char *p = self->pages + page_size() - 5;	/* two pages have parts of it */

	EXPECT_LE(0, issue_at(self, p, (u32)self->command.size));
	p = self->pages + 2 * page_size() - self->command.size + 1;
	EXPECT_EQ(-EFAULT, issue_at(self, p, (u32)self->command.size));
}

TEST_F(structs, unmapped_pointer_is_efault)
{
	int fd = self->command.on_vcpu ? self->vcpu : self->vm;
	char *p = self->pages + 2 * page_size();

	EXPECT_EQ(-EFAULT, vm_ioctl(fd, self->command.nr, NULL));
	EXPECT_EQ(-EFAULT, vm_ioctl(fd, self->command.nr, p));
	EXPECT_EQ(-EFAULT, vm_ioctl(fd, self->command.nr, (void *)0xffff800000000000));
	/* The size is there, the rest isn't */
	EXPECT_EQ(-EFAULT, issue_at(self, p - 8, (u32)self->command.size));
}

TEST_F(structs, read_only_pointer_is_efault_only_where_it_is_written)
{
	int fd = self->command.on_vcpu ? self->vcpu : self->vm, ret;
	u32 size = (u32)self->command.size;

	memcpy(self->pages, self->command.bytes, self->command.size);
	memcpy(self->pages, &size, sizeof(size));
	ASSERT_EQ(0, mprotect(self->pages, page_size(), PROT_READ));
	ret = vm_ioctl(fd, self->command.nr, self->pages);
	EXPECT_EQ(self->command.output, ret == -EFAULT);
	EXPECT_EQ(self->command.output, ret < 0);
}

/* The command with room for @count at @array */
static int issue_array(FIXTURE_DATA(structs) *self, void *array, u32 count)
{
	struct arm_vcpu_reg_list list = {
		.size = sizeof(list), .count = count, .ids = (u64)array,
	};
	struct arm_vcpu_stats stats = {
		.size = sizeof(stats), .count = count, .values = (u64)array,
	};

	return self->command.nr == ARM_VCPU_LIST_REGS ?
		vm_ioctl(self->vcpu, ARM_VCPU_LIST_REGS, &list) :
		vm_ioctl(self->vcpu, ARM_VCPU_GET_STATS, &stats);
}

TEST_F(structs, an_array_is_written_where_it_can_be)
{
	char *end = self->pages + 2 * page_size(), *misaligned = self->pages + page_size() - 5;

	if (self->command.nr != ARM_VCPU_LIST_REGS && self->command.nr != ARM_VCPU_GET_STATS)
		return;
	memset(self->pages, 0xaa, 2 * page_size());
	EXPECT_EQ(0, issue_array(self, self->pages, 2));
	EXPECT_EQ(0, issue_array(self, misaligned, 2));		/* in two pages */
	EXPECT_EQ(0, memcmp(self->pages, misaligned, 2 * sizeof(u64)));
	EXPECT_EQ((char)0xaa, misaligned[2 * sizeof(u64)]);
	EXPECT_EQ(0, issue_array(self, end - 2 * sizeof(u64), 2));
	EXPECT_EQ(0, memcmp(self->pages, end - 2 * sizeof(u64), 2 * sizeof(u64)));
	/* As many as there are, whatever the room */
	EXPECT_EQ(0, issue_array(self, self->pages, 0xffffffff));
	EXPECT_EQ(0, issue_array(self, end, 0));

	EXPECT_EQ(-EFAULT, issue_array(self, end - sizeof(u64), 2));
	EXPECT_EQ(-EFAULT, issue_array(self, end, 1));
	EXPECT_EQ(-EFAULT, issue_array(self, NULL, 1));
	EXPECT_EQ(-EFAULT, issue_array(self, (void *)0xffff800000000000, 1));
	ASSERT_EQ(0, mprotect(self->pages, page_size(), PROT_READ));
	EXPECT_EQ(-EFAULT, issue_array(self, self->pages, 1));
	EXPECT_EQ(-EFAULT, issue_array(self, misaligned, 1));
}

/* Where a struct has its flags, and which of them GET_INFO says are accepted */
static u64 accepted_flags(FIXTURE_DATA(structs) *self, u64 **flags)
{
	struct arm_vcpu_info info;

	if (vm_info(self->vm, &info))
		die("GET_INFO failed");
	switch (self->command.nr) {
	case ARM_VCPU_CONFIGURE:
		*flags = (u64 *)&self->command.configure.flags;
		return info.config_flags;
	case ARM_VCPU_SET_MEMORY:
		*flags = (u64 *)&self->command.memory.flags;
		return info.memory_flags;
	case ARM_VCPU_CREATE_VCPU:
		*flags = (u64 *)&self->command.create.flags;
		return info.create_flags;
	case ARM_VCPU_SET_ENTRY:
		*flags = (u64 *)&self->command.entry.flags;
		return info.entry_flags;
	case ARM_VCPU_INJECT:
		self->command.inject.esr = 0;
		*flags = (u64 *)&self->command.inject.flags;
		return info.inject_flags;
	case ARM_VCPU_SET_DEBUG:
		*flags = (u64 *)&self->command.debug.flags;
		return info.debug_flags;
	}
	*flags = NULL;
	return 0;
}

TEST_F(structs, flags_are_accepted_exactly_as_get_info_says)
{
	u64 *flags, accepted = accepted_flags(self, &flags);
	int bit, ret;

	for (bit = 0; flags && bit < 64; bit++) {
		*flags = 1UL << bit;
		ret = issue_at(self, self->pages, (u32)self->command.size);
		if (accepted & *flags) {
			EXPECT_LE(0, ret);
		} else {
			EXPECT_EQ(-EOPNOTSUPP, ret) TH_LOG("flag %d", bit);
		}
		if (ret >= 0 && self->command.nr == ARM_VCPU_SET_MEMORY)
			EXPECT_EQ(0, vm_memory(self->vm, 0, GUEST_RAM, 0, NULL));
		if (ret >= 0 && self->command.nr == ARM_VCPU_CREATE_VCPU)
			close(ret);
	}
}

TEST_F(structs, reserved_fields_must_be_zero)
{
	u32 *reserved = (u32 *)(self->command.bytes + sizeof(u32));

	if (self->command.nr == ARM_VCPU_GET_INFO || self->command.nr == ARM_VCPU_CONFIGURE ||
	    self->command.nr == ARM_VCPU_LIST_REGS || self->command.nr == ARM_VCPU_GET_STATS)
		return;
	*reserved = 1;
	EXPECT_EQ(-EINVAL, issue_at(self, self->pages, (u32)self->command.size));
	*reserved = 0x80000000;
	EXPECT_EQ(-EINVAL, issue_at(self, self->pages, (u32)self->command.size));
	*reserved = 0;
	EXPECT_LE(0, issue_at(self, self->pages, (u32)self->command.size));
}

TEST(get_info_writes_no_more_than_the_program_knows)
{
	struct arm_vcpu_info full, part;
	int vm = vm_open();

	ASSERT_EQ(0, vm_info(vm, &full));
	EXPECT_LE(sizeof(full), full.size);
	memset(&part, 0xaa, sizeof(part));
	part.size = offsetof(struct arm_vcpu_info, run_flags);
	ASSERT_EQ(0, vm_ioctl(vm, ARM_VCPU_GET_INFO, &part));
	EXPECT_EQ(full.size, part.size);
	EXPECT_EQ(full.el2_mode, part.el2_mode);
	EXPECT_EQ(full.entry_flags, part.entry_flags);
	EXPECT_EQ(0xaaaaaaaa, part.run_flags);
	EXPECT_EQ(0xaaaaaaaa, part.timer_hz);
}

static bool has_command(bool on_vcpu, unsigned int nr)
{
	switch (_IO(ARM_VCPU_IOC, nr)) {
	case ARM_VCPU_KICK:
		return true;
	case ARM_VCPU_GET_INFO:
	case ARM_VCPU_CONFIGURE:
	case ARM_VCPU_SET_MEMORY:
	case ARM_VCPU_CREATE_VCPU:
	case ARM_VCPU_SET_GIC:
	case ARM_VCPU_SET_IRQ:
	case ARM_VCPU_GET_GIC_STATE:
	case ARM_VCPU_SET_GIC_STATE:
	case ARM_VCPU_IRQFD:
	case ARM_VCPU_IOEVENTFD:
	case ARM_VCPU_SEND_MSI:
	case ARM_VCPU_GET_DIRTY:
	case ARM_VCPU_ADD_GIC:
	case ARM_VCPU_SAVE_ITS:
	case ARM_VCPU_RESTORE_ITS:
	case ARM_VCPU_SET_SMCCC_FILTER:
		return !on_vcpu;
	case ARM_VCPU_SET_ENTRY:
	case ARM_VCPU_RUN:
	case ARM_VCPU_GET_REG:
	case ARM_VCPU_SET_REG:
	case ARM_VCPU_LIST_REGS:
	case ARM_VCPU_INJECT:
	case ARM_VCPU_SET_DEBUG:
	case ARM_VCPU_GET_STATS:
	case ARM_VCPU_GET_POWER:
	case ARM_VCPU_SET_POWER:
		return on_vcpu;
	}
	return false;
}

TEST(unknown_commands_are_enotty_on_both_files)
{
	int vm = vm_open(), vcpu = vm_vcpu(vm, 0);
	char arg[MAX_ARG] = { 0 };
	unsigned int nr;

	for (nr = 0; nr < 256; nr++) {
		if (!has_command(false, nr))
			EXPECT_EQ(-ENOTTY, vm_ioctl(vm, _IO(ARM_VCPU_IOC, nr), arg));
		if (!has_command(true, nr))
			EXPECT_EQ(-ENOTTY, vm_ioctl(vcpu, _IO(ARM_VCPU_IOC, nr), arg));
		/* The same numbers, encoded with a direction and a size */
		EXPECT_EQ(-ENOTTY, vm_ioctl(vm, _IOWR(ARM_VCPU_IOC, nr, u64), arg));
		EXPECT_EQ(-ENOTTY, vm_ioctl(vcpu, _IOR(ARM_VCPU_IOC, nr, u64), arg));
		EXPECT_EQ(-ENOTTY, vm_ioctl(vm, _IO(ARM_VCPU_IOC - 1, nr), arg));
		EXPECT_EQ(-ENOTTY, vm_ioctl(vcpu, _IO(ARM_VCPU_IOC - 1, nr), arg));
	}
}

TEST(commands_without_a_struct_take_no_argument)
{
	int vm = vm_open(), vcpu = vm_vcpu(vm, 0);
	char arg[256] = { 0 };

	EXPECT_EQ(-EINVAL, vm_ioctl(vm, ARM_VCPU_KICK, arg));
	EXPECT_EQ(-EINVAL, vm_ioctl(vm, ARM_VCPU_ADD_GIC, arg));
	EXPECT_EQ(-EINVAL, vm_ioctl(vcpu, ARM_VCPU_KICK, arg));
	EXPECT_EQ(-EINVAL, vm_ioctl(vcpu, ARM_VCPU_KICK, (void *)1));
	EXPECT_EQ(-EINVAL, vm_ioctl(vcpu, ARM_VCPU_RUN, arg));
	EXPECT_EQ(-EINVAL, vm_ioctl(vcpu, ARM_VCPU_RUN, (void *)~0UL));
}

TEST(read_write_and_seek_fail_on_both_files)
{
	int vm = vm_open(), vcpu = vm_vcpu(vm, 0);
	char byte = 0;

	EXPECT_EQ(-1, read(vm, &byte, 1));
	EXPECT_EQ(-1, write(vm, &byte, 1));
	EXPECT_EQ(-1, read(vcpu, &byte, 1));
	EXPECT_EQ(-1, write(vcpu, &byte, 1));
}

TEST_HARNESS_MAIN
