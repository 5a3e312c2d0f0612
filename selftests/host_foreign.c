// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows foreign memory, which a driver has mapped for the process: a guest gets it as it is, when
 * the module and the VMM's rights allow that; follows what the driver makes of it; and neither
 * executes it nor has its tables in a device.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "kselftest_harness.h"
#include "dirty.h"
#include "kvm.h"
#include "module.h"
#include "passthrough.h"

#define FOREIGN_KO	"ARM_VCPU_FOREIGN_KO", "/foreign.ko"
#define FOREIGN		"/proc/foreign"
#define MEMORY		ARM_VCPU_CONFIG_PASSTHROUGH_MEMORY

#define BASE		(GUEST_RAM + 0x10000000UL)	/* in a block of vm_tables()' */

/* The clock of QEMU's machine: a register that keeps what is written, and one that says 0x31 */
#define CLOCK_NODE	"/proc/device-tree/pl031@9010000"
#define CLOCK		0x9010000UL
#define CLOCK_MATCH	0x004
#define CLOCK_ID	0xfe0

/* How the driver maps what */
enum type { NOTHING, STRICT_DEVICE, DEVICE_TYPE, UNCACHED, WRITE_BACK };

FIXTURE(foreign) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
	int driver;
	char *user;		/* its page, at BASE */
};

static char *map(int driver, int flags)
{
	char *user = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, flags, driver, 0);

	if (user == MAP_FAILED)
		die("mmap of " FOREIGN ": %s", strerror(errno));
	return user;
}

/* 0 and 1: pages of the driver's */
static void set(int driver, u64 address, enum type type)
{
	u64 what[] = { address, type };

	if (write(driver, what, sizeof(what)) != sizeof(what))
		die("write to " FOREIGN ": %s", strerror(errno));
}

/* The first word of a page of the driver's; CLEANED: how often what it maps was cleaned */
#define CLEANED	2

static u64 word_of(int driver, unsigned int page)
{
	u64 words[3];

	if (pread(driver, words, sizeof(words), 0) != sizeof(words))
		die("read of " FOREIGN ": %s", strerror(errno));
	return words[page];
}

static void make_vm(struct __test_metadata *_metadata, FIXTURE_DATA(foreign) *self, u64 flags)
{
	vm_replace(&self->vm, 0, flags);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, page_size(), self->user));
}

FIXTURE_SETUP(foreign)
{
	passthrough_begin();
	module_unload("foreign");	/* what a test that failed has left */
	ASSERT_EQ(0, module_load(FOREIGN_KO));
	self->driver = open(FOREIGN, O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, self->driver);
	self->user = map(self->driver, MAP_SHARED);
	vm_create(&self->vm);
	make_vm(_metadata, self, MEMORY);
}

FIXTURE_TEARDOWN(foreign)
{
	vm_destroy(&self->vm);
	munmap(self->user, page_size());
	close(self->driver);
	EXPECT_EQ(0, module_unload("foreign"));
	passthrough_end();
}

GUEST_ASM(guest_load, "ldr w2, [x1]\n hvc #1\n b .");
GUEST_ASM(guest_store, "str w0, [x1]\n hvc #1\n b .");

static u32 load(struct vcpu *vcpu, u64 offset)
{
	vcpu_enter(vcpu, guest_load, 0, BASE + offset);
	vcpu_expect_call(vcpu, 1);
	return (u32)vcpu->run->x[2];
}

static void store(struct vcpu *vcpu, u64 offset, u32 value)
{
	vcpu_enter(vcpu, guest_store, value, BASE + offset);
	vcpu_expect_call(vcpu, 1);
}

#define EXPECT_FAULT(of) do {						\
	vcpu_expect(self->vcpu, MEMORY_FAULT);				\
	EXPECT_EQ(EFAULT, self->run->fault.error);			\
	EXPECT_EQ(of, self->run->fault.access);				\
} while (0)

#define EXPECT_NO_LOAD() do {						\
	vcpu_enter(self->vcpu, guest_load, 0, BASE);			\
	EXPECT_FAULT(ARM_VCPU_ACCESS_READ);				\
} while (0)

#define EXPECT_NO_STORE() do {						\
	vcpu_enter(self->vcpu, guest_store, 0, BASE);			\
	EXPECT_FAULT(ARM_VCPU_ACCESS_WRITE);				\
} while (0)

static bool no_clock(void)
{
	return access(CLOCK_NODE, F_OK);
}

#define NO_CLOCK	"hardware: it isn't QEMU's, and has no register to try"

/* It comes, all that is mapped is cleaned by each SET_ENTRY, and it goes although it was written */
TEST_F(foreign, is_never_cleaned)
{
	enum type type;

	for (type = STRICT_DEVICE; type <= WRITE_BACK; type++) {
		set(self->driver, 0, type);
		if (type == WRITE_BACK && !write_back_is_forced())
			break;
		store(self->vcpu, 0, 1);
		store(self->vcpu, 0, 2);
		EXPECT_EQ(0, word_of(self->driver, CLEANED));
		set(self->driver, 0, NOTHING);
		EXPECT_EQ(0, word_of(self->driver, CLEANED));
	}
}

TEST_F(foreign, a_device_is_the_guests)
{
	static const enum type types[] = { STRICT_DEVICE, DEVICE_TYPE, UNCACHED };
	volatile u32 *match = (u32 *)(self->user + CLOCK_MATCH);
	u32 before, i;

	if (no_clock())
		SKIP(return, NO_CLOCK);
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		set(self->driver, CLOCK, types[i]);
		EXPECT_EQ(0x31, load(self->vcpu, CLOCK_ID));
		before = *match;
		store(self->vcpu, CLOCK_MATCH, ~before);
		EXPECT_EQ(~before, *match);
		*match = before;
		EXPECT_EQ(before, load(self->vcpu, CLOCK_MATCH));
	}
	set(self->driver, 0, NOTHING);
	EXPECT_NO_LOAD();
}

/* The first time the driver has it mapped at once */
TEST_F(foreign, what_is_not_cached_is_the_guests)
{
	unsigned int page;

	for (page = 0; page < 2; page++) {
		store(self->vcpu, 0, 0x1234 + page);
		EXPECT_EQ(0x1234 + page, word_of(self->driver, page));
		EXPECT_EQ(0x1234 + page, *(volatile u32 *)self->user);
		set(self->driver, 1, UNCACHED);
	}
	EXPECT_EQ(0x1235, load(self->vcpu, 0));
}

TEST_F(foreign, what_is_cached_takes_write_back_that_is_forced)
{
	set(self->driver, 0, WRITE_BACK);
	if (write_back_is_forced()) {
		store(self->vcpu, 0, 0x77);
		EXPECT_EQ(0x77, *(volatile u32 *)self->user);
		EXPECT_EQ(0x77, load(self->vcpu, 0));
		ASSERT_EQ(0, vcpu_set_entry(self->vcpu, BASE, 0, 0, 0, 0));
		EXPECT_FAULT(ARM_VCPU_ACCESS_EXEC);
	} else {
		EXPECT_NO_LOAD();
		EXPECT_NO_STORE();
	}
}

TEST_F(foreign, is_nobodys_without_the_right)
{
	enum type type;

	make_vm(_metadata, self, 0);
	for (type = NOTHING; type <= WRITE_BACK; type++) {
		set(self->driver, 0, type);
		EXPECT_NO_LOAD();
		EXPECT_NO_STORE();
	}
}

TEST_F(foreign, is_nothing_that_a_private_mapping_is_of)
{
	char *copy = map(self->driver, MAP_PRIVATE);	/* and by that the page is there */

	EXPECT_EQ(0, load(self->vcpu, 0));
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, 0, NULL));
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, page_size(), copy));
	EXPECT_NO_LOAD();
	EXPECT_NO_STORE();
	munmap(copy, page_size());
}

TEST_F(foreign, is_not_executed)
{
	enum type type;

	for (type = STRICT_DEVICE; type <= UNCACHED; type++) {
		set(self->driver, 0, type);
		store(self->vcpu, 0, 0xd4000022);		/* hvc #1 */
		ASSERT_EQ(0, vcpu_set_entry(self->vcpu, BASE, 0, 0, 0, 0));
		EXPECT_FAULT(ARM_VCPU_ACCESS_EXEC);
		set(self->driver, 0, type);
		EXPECT_FAULT(ARM_VCPU_ACCESS_EXEC);		/* again, with nothing mapped */
	}
}

static u64 __guest guest_walks(u64 table, u64 first)
{
	if (first)
		guest_read32(table);
	guest_mmu_on(table);
	return guest_read32(GUEST_CODE);
}

/* By which stage 2 shows of which type it is: HCR_EL2.PTW */
TEST_F(foreign, has_a_guests_tables_but_in_a_device)
{
	enum type type;
	u64 i, first;

	vm_tables(&self->vm);
	for (i = 0; i < 512; i++)
		((volatile u64 *)self->user)[i] = ((u64 *)vm_host(&self->vm, GUEST_TABLES))[i];
	for (first = 0; first < 2; first++) {
		for (type = STRICT_DEVICE; type <= DEVICE_TYPE; type++) {
			set(self->driver, 0, type);
			vcpu_call(self->vcpu, guest_walks, BASE, first);
			vcpu_expect(self->vcpu, MEMORY_FAULT);
			EXPECT_EQ(EFAULT, self->run->fault.error);
			EXPECT_NE(0, self->run->fault.access & ARM_VCPU_ACCESS_TABLE_WALK);
			EXPECT_EQ(BASE, self->run->fault.addr & ~0xfffUL);
		}
		set(self->driver, 0, UNCACHED);
		vcpu_call(self->vcpu, guest_walks, BASE, first);
		vcpu_expect_call(self->vcpu, CALL_DONE);
	}
}

TEST_F(foreign, what_is_not_there_is_a_fault_until_it_is)
{
	set(self->driver, 0, NOTHING);
	EXPECT_NO_STORE();
	set(self->driver, 1, DEVICE_TYPE);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(0, munmap(self->user, page_size()));
	EXPECT_NO_LOAD();
	EXPECT_EQ(self->user, mmap(self->user, page_size(), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_FIXED, self->driver, 0));
	vcpu_expect_call(self->vcpu, 1);
}

TEST_F(foreign, access_is_taken_away_and_given_back)
{
	set(self->driver, 0, DEVICE_TYPE);
	store(self->vcpu, 0, 1);
	ASSERT_EQ(0, mprotect(self->user, page_size(), PROT_READ));
	EXPECT_EQ(1, load(self->vcpu, 0));
	EXPECT_NO_STORE();
	ASSERT_EQ(0, mprotect(self->user, page_size(), PROT_NONE));
	EXPECT_NO_LOAD();
	EXPECT_NO_STORE();
	ASSERT_EQ(0, mprotect(self->user, page_size(), PROT_READ | PROT_WRITE));
	vcpu_expect_call(self->vcpu, 1);
}

static u64 __guest guest_counts(u64 address, u64 end)
{
	while (!READ_ONCE(*(u64 *)end))
		(*(volatile u64 *)address)++;
	return 0;
}

/* What the driver has taken back is nobody's to write when it goes on */
TEST_F(foreign, what_is_taken_back_is_not_written_any_more)
{
	u64 *end = vm_host(&self->vm, GUEST_SHARED), before;
	unsigned int i, page = 0;

	*end = 0;
	vcpu_call(self->vcpu, guest_counts, BASE, GUEST_SHARED);
	vcpu_start(self->vcpu);
	for (i = 0; i < thorough(50); i++) {
		before = word_of(self->driver, page);
		ASSERT_TRUE(wait_for(word_of(self->driver, page) != before));
		page ^= 1;
		set(self->driver, page, i % 2 ? DEVICE_TYPE : UNCACHED);
		before = word_of(self->driver, !page);
		sleep_ms(2);
		ASSERT_EQ(before, word_of(self->driver, !page));
	}
	WRITE_ONCE(*end, 1);
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu));
}

TEST_F(foreign, is_in_the_log)
{
	u64 bit;
	int i;

	set(self->driver, 0, UNCACHED);
	store(self->vcpu, 0, 1);
	ASSERT_EQ(0, vm_memory(self->vm.fd, ARM_VCPU_MEMORY_LOG_DIRTY, BASE, page_size(),
			       self->user));
	for (i = 0; i < 3; i++) {
		EXPECT_NE(2, load(self->vcpu, 0));
		ASSERT_EQ(0, dirty_get(&self->vm, 0, BASE, 1, &bit));
		EXPECT_EQ(0, bit);
		store(self->vcpu, 0, 1);
		ASSERT_EQ(0, dirty_get(&self->vm, 0, BASE, 1, &bit));
		EXPECT_EQ(1, bit);
		if (i == 1)
			set(self->driver, 0, UNCACHED);
	}
}

TEST(without_the_right_to_it)
{
	int fd = vm_open();

	EXPECT_EQ(-EOPNOTSUPP, vm_configure(fd, 0, MEMORY));
	close(fd);
	passthrough_begin();
	fd = vm_open();
	EXPECT_EQ(0, vm_configure(fd, 0, MEMORY));
	passthrough_capability(false);
	EXPECT_EQ(-EPERM, vm_configure(fd, 0, MEMORY));
	passthrough_capability(true);
	close(fd);
	passthrough_end();
}

GUEST_ASM(guest_tells, "ldr w4, [x0]\n str w4, [x1]\n b .");

/* KVM has no flag for it: who may, has it */
TEST_F(foreign, is_kvms_as_far_as_its_program_may)
{
	struct kvm_vcpu vcpu;
	struct kvm kvm;
	int may;

	set(self->driver, 0, UNCACHED);
	*(volatile u32 *)self->user = 0x4b56;
	for (may = 0; may < 2; may++) {
		passthrough_capability(may);
		kvm_begin(&kvm);
		passthrough_capability(true);
		kvm_vcpu(&kvm, 0, 0, &vcpu);
		ASSERT_EQ(0, kvm_memory(kvm.fd, 1, 0, BASE, page_size(), self->user));
		kvm_enter(&vcpu, guest_tells, BASE, GUEST_MMIO, 0);
		if (may) {
			EXPECT_EQ(0x4b56, kvm_told(&vcpu));
		} else {
			EXPECT_EQ(-EFAULT, kvm_run_once(&vcpu));
		}
		kvm_end(&kvm);
	}
}

TEST_HARNESS_MAIN
