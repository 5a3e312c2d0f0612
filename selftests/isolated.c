// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows what a tick of the host's would hide, on a CPU without one: a guest that spins there stays
 * in the guest until somebody takes it out, and keeps in its TLB what nobody takes away.  Elsewhere
 * the next tick does both.  Not for the runner: it takes an isolated CPU.
 */
#include <sys/mman.h>
#include <sys/syscall.h>
#include "kselftest_harness.h"
#include "dirty.h"
#include "gic_ticks.h"
#include "huge.h"
#include "passthrough.h"

#define PAGES	32
#define BASE	(GUEST_RAM + 0x10000000UL)

FIXTURE(isolated) {
	struct vm vm;
	struct vcpu *vcpu;
	size_t page, length;
	char *user, *file;	/* the pages at BASE, and a map of them for the host alone */
	volatile u64 *stop;
	int fd;
};

FIXTURE_SETUP(isolated)
{
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->vcpu->cpu = passthrough_cpu();
	pin_to(cpu_nth(0));
	ASSERT_NE(self->vcpu->cpu, cpu_nth(0));
	self->page = page_size();
	self->length = PAGES * self->page;
	self->fd = (int)syscall(SYS_memfd_create, "pages", 0);
	ASSERT_EQ(0, ftruncate(self->fd, (off_t)self->length));
	self->user = mmap(NULL, self->length, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
	self->file = mmap(NULL, self->length, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
	self->stop = vm_host(&self->vm, GUEST_SHARED);
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, self->length, self->user));
}

FIXTURE_TEARDOWN(isolated)
{
	vm_destroy(&self->vm);
}

TEST_F(isolated, each_kick_of_a_spinning_guest_ends_its_stay)
{
	int i;

	vcpu_enter(self->vcpu, guest_spin, 0, 0);
	for (i = 0; i < 100; i++) {
		vcpu_start(self->vcpu);
		sleep_ms(2);
		vm_kick(i % 2 ? self->vcpu->fd : self->vm.fd);
		ASSERT_TRUE(wait_for(READ_ONCE(self->vcpu->result) != -EAGAIN)) {
			TH_LOG("kick %d", i);
		}
		ASSERT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(self->vcpu));
	}
}

/* x0: ticks; the timer is on, and it spins */
GUEST_ASM(guest_virtual, "msr cntv_tval_el0, x0\n mov x1, #1\n msr cntv_ctl_el0, x1\n isb\n b .");
GUEST_ASM(guest_physical, "msr cntp_tval_el0, x0\n mov x1, #1\n msr cntp_ctl_el0, x1\n isb\n b .");

static void expect_timer(struct __test_metadata *_metadata, struct vcpu *vcpu, const void *code)
{
	int i;

	for (i = 0; i < 10; i++) {
		vcpu_enter(vcpu, code, read_sysreg(cntfrq_el0) / 50, 0);
		vcpu_start(vcpu);
		ASSERT_TRUE(wait_for(READ_ONCE(vcpu->result) != -EAGAIN));
		ASSERT_EQ(ARM_VCPU_EXIT_TIMER, vcpu_join(vcpu));
	}
}

TEST_F(isolated, its_virtual_timer_ends_its_stay)
{
	expect_timer(_metadata, self->vcpu, guest_virtual);
}

TEST_F(isolated, its_physical_timer_ends_its_stay)
{
	expect_timer(_metadata, self->vcpu, guest_physical);
}

/* Counts in the first pages, as many as it is told */
static u64 __guest guest_counts(u64 pages, u64 page_size)
{
	volatile u64 *stop = (void *)GUEST_SHARED;
	u64 count, i;

	for (count = 1; !*stop; count++) {
		for (i = 0; i < pages; i++)
			*(volatile u64 *)(BASE + i * page_size) = count;
	}
	return 0;
}

/* Runs the vCPU, while its pages are there and while they aren't: then a store goes nowhere */
static void *persist(void *arg)
{
	struct vcpu *vcpu = arg;
	u32 reason;

	pin_to(vcpu->cpu);
	do {
		reason = vcpu_next(vcpu);
	} while (reason == ARM_VCPU_EXIT_MEMORY_FAULT || reason == ARM_VCPU_EXIT_MMIO_WRITE);
	return NULL;
}

/* Takes pages away from the guest, and gives them back */
struct taker {
	int (*take)(FIXTURE_DATA(isolated) *self);
	int (*give)(FIXTURE_DATA(isolated) *self);
};

static void expect_no_writes(struct __test_metadata *_metadata, FIXTURE_DATA(isolated) *self,
			     u64 pages, const struct taker *taker)
{
	volatile u64 *last = (u64 *)(self->file + (pages - 1) * self->page);
	u64 seen[PAGES], i;
	pthread_t thread;
	int round;

	vcpu_call(self->vcpu, guest_counts, pages, self->page);
	pthread_create(&thread, NULL, persist, self->vcpu);
	for (round = 0; round < 20; round++) {
		*last = 0;
		ASSERT_TRUE(wait_for(*last > 100));
		ASSERT_EQ(0, taker->take(self));
		for (i = 0; i < pages; i++)
			seen[i] = *(volatile u64 *)(self->file + i * self->page);
		sleep_ms(2);
		for (i = 0; i < pages; i++)
			ASSERT_EQ(seen[i], *(volatile u64 *)(self->file + i * self->page));
		ASSERT_EQ(0, taker->give(self));
	}
	*self->stop = 1;
	pthread_join(thread, NULL);
}

static int unmap(FIXTURE_DATA(isolated) *self)
{
	return munmap(self->user, self->length);
}

static int map(FIXTURE_DATA(isolated) *self)
{
	return mmap(self->user, self->length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
		    self->fd, 0) == self->user ? 0 : -1;
}

static const struct taker mapping = { unmap, map };

TEST_F(isolated, a_page_that_is_unmapped_is_not_written_any_more)
{
	expect_no_writes(_metadata, self, 1, &mapping);
}

TEST_F(isolated, pages_that_are_unmapped_at_once_are_not_written_any_more)
{
	expect_no_writes(_metadata, self, PAGES, &mapping);
}

static int protect(FIXTURE_DATA(isolated) *self)
{
	return mprotect(self->user, self->length, PROT_READ);
}

static int unprotect(FIXTURE_DATA(isolated) *self)
{
	return mprotect(self->user, self->length, PROT_READ | PROT_WRITE);
}

TEST_F(isolated, pages_that_become_read_only_are_not_written_any_more)
{
	expect_no_writes(_metadata, self, PAGES, &(struct taker){ protect, unprotect });
}

static int remove_region(FIXTURE_DATA(isolated) *self)
{
	return vm_memory(self->vm.fd, 0, BASE, 0, NULL);
}

static int add_region(FIXTURE_DATA(isolated) *self)
{
	return vm_memory(self->vm.fd, 0, BASE, self->length, self->user);
}

TEST_F(isolated, a_region_that_is_removed_is_not_written_any_more)
{
	expect_no_writes(_metadata, self, PAGES, &(struct taker){ remove_region, add_region });
}

/* A large page in place of the fixture's */
static void use_block(FIXTURE_DATA(isolated) *self)
{
	remove_region(self);
	huge_pool(1);
	self->length = huge_size();
	self->fd = huge_file(HUGE_TLB_SHARED, self->length);
	self->user = huge_space(self->length);
	self->file = huge_space(self->length);
	if (mmap(self->file, self->length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
		 self->fd, 0) != self->file || map(self) || add_region(self))
		die("no block");
}

static void forget_block(FIXTURE_DATA(isolated) *self)
{
	munmap(self->user, self->length);
	munmap(self->file, self->length);
	close(self->fd);
	huge_pool(0);
}

TEST_F(isolated, a_block_that_is_unmapped_is_not_written_any_more)
{
	if (huge_missing(HUGE_TLB))
		SKIP(return, NO_HUGETLB);
	use_block(self);
	expect_no_writes(_metadata, self, PAGES, &mapping);
	forget_block(self);
}

/* What the guest writes from the beginning of the log on, or since it was read, is in it */
static void expect_in_log(struct __test_metadata *_metadata, FIXTURE_DATA(isolated) *self,
			  u64 pages)
{
	volatile u64 *last = (u64 *)(self->file + (pages - 1) * self->page);
	u64 *bits = calloc(self->length / self->page / DIRTY_WORD + 1, 8), seen;
	pthread_t thread;
	int round;

	vcpu_call(self->vcpu, guest_counts, pages, self->page);
	pthread_create(&thread, NULL, persist, self->vcpu);
	ASSERT_TRUE(wait_for(*last > 100));
	ASSERT_EQ(0, vm_memory(self->vm.fd, ARM_VCPU_MEMORY_LOG_DIRTY, BASE, self->length,
			       self->user));
	for (round = 0; round < 20; round++) {
		seen = *last;
		ASSERT_TRUE(wait_for(*last > seen + 2));
		ASSERT_EQ(0, dirty_get(&self->vm, 0, BASE, self->length / self->page, bits));
		ASSERT_EQ((1UL << pages) - 1, bits[0]) TH_LOG("round %d", round);
	}
	*self->stop = 1;
	pthread_join(thread, NULL);
}

TEST_F(isolated, a_page_that_is_written_to_on_and_on_is_in_each_log)
{
	expect_in_log(_metadata, self, 1);
}

TEST_F(isolated, pages_that_are_written_to_on_and_on_are_in_each_log)
{
	expect_in_log(_metadata, self, PAGES);
}

TEST_F(isolated, a_block_that_is_written_to_on_and_on_is_in_each_log)
{
	if (huge_missing(HUGE_TLB))
		SKIP(return, NO_HUGETLB);
	use_block(self);
	expect_in_log(_metadata, self, PAGES);
	forget_block(self);
}

#define SPI	40U
#define ROUNDS	50

/* With the GIC in the kernel */
FIXTURE(interrupted) {
	struct vm vm;
	struct vcpu *vcpu[2];	/* the second one is on the isolated CPU */
	volatile u64 *there;
};

FIXTURE_SETUP(interrupted)
{
	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	gic_vm(&self->vm);
	gic_add_vcpus(&self->vm, self->vcpu, 2);
	self->vcpu[1]->cpu = passthrough_cpu();
	pin_to(cpu_nth(0));
	ASSERT_NE(self->vcpu[1]->cpu, cpu_nth(0));
	self->there = vm_host(&self->vm, GUEST_SHARED + 0x2000);
	gic_write32(self->vcpu[0], GIC_DIST + GICD_CTLR, 3);
	gic_make_edge(self->vcpu[0], SPI);
	gic_enable(self->vcpu[0], SPI, 0x80);
	gic_route(self->vcpu[0], SPI, 1);
}

FIXTURE_TEARDOWN(interrupted)
{
	if (self->vcpu[0])
		vm_destroy(&self->vm);
}

/* Sees it in its list register, and doesn't take it, until it has gone */
static u64 __guest guest_sees_it(u64 id)
{
	volatile u64 *there = (void *)(GUEST_SHARED + 0x2000);

	write_sysreg(0xff, ICC_PMR);
	write_sysreg(1, ICC_IGRPEN1);
	*there = 1;
	while (read_sysreg(ICC_HPPIR1) != id)
		isb();
	*there = 2;
	while (read_sysreg(ICC_HPPIR1) == id)
		isb();
	return id;
}

TEST_F(interrupted, an_interrupt_comes_to_a_spinning_guest_and_is_taken_back)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		*self->there = 0;
		vcpu_call(self->vcpu[1], guest_sees_it, SPI, 0);
		vcpu_start(self->vcpu[1]);
		ASSERT_TRUE(wait_for(*self->there == 1));
		gic_line(&self->vm, SPI, 1);
		gic_line(&self->vm, SPI, 0);
		ASSERT_TRUE(wait_for(*self->there == 2)) TH_LOG("round %d: it doesn't come", i);
		gic_set(self->vcpu[0], GIC_ICPENDR, SPI);
		ASSERT_TRUE(wait_for(READ_ONCE(self->vcpu[1]->result) != -EAGAIN)) {
			TH_LOG("round %d: it isn't taken back", i);
		}
		ASSERT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu[1]));
	}
}

/* What the first VM's guest has active on the CPU is nothing to the second's */
TEST(a_timer_interrupts_in_the_middle_of_anothers)
{
	struct vcpu *first, *second;
	struct vm vm[2];

	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	first = ticks_vm(&vm[0], 0, 0);
	second = ticks_vm(&vm[1], 0, 0);
	pin_to(passthrough_cpu());
	ticks_start(first, 10, EACH_STEP);
	while (ticks_go_on(first)) {
		ticks_start(second, 3, 0);
		EXPECT_FALSE(ticks_go_on(second));
	}
	vm_destroy(&vm[0]);
	vm_destroy(&vm[1]);
}

TEST_HARNESS_MAIN
