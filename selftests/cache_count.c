// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does each thing once that caches have to be in order for, between marks in the stream of
 * instructions, and says what it was: for the scenario cache-counts, whose emulator counts what is
 * executed there.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include "kselftest_harness.h"
#include "marker.h"
#include "vm.h"

#define BASE	(GUEST_RAM + 0x10000000UL)
#define REST	32UL		/* pages, behind the first one and one that can't be written to */
#define PAGES	(2 + REST)
#define RET	0xd65f03c0	/* the instruction */

#define SCTLR_C	(1UL << 2)

FIXTURE(cache) {
	struct vm vm;
	struct vcpu *vcpu;
	size_t page;
	char *user;		/* PAGES at BASE, all there, the first with an instruction in it */
};

FIXTURE_SETUP(cache)
{
	u64 i;

	vm_create(&self->vm);
	vm_tables(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->page = page_size();
	self->user = map_pages(PAGES * self->page);
	madvise(self->user, PAGES * self->page, MADV_NOHUGEPAGE);
	for (i = 0; i < PAGES; i++)
		*(volatile u32 *)(self->user + i * self->page) = RET;
	mprotect(self->user + self->page, self->page, PROT_READ);
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, PAGES * self->page, self->user));
}

FIXTURE_TEARDOWN(cache)
{
	vm_destroy(&self->vm);
	munmap(self->user, PAGES * self->page);
}

__guest_inline void touch(u64 page, u64 end, u64 page_size)
{
	for (; page < end; page++)
		(void)*(volatile u32 *)(BASE + page * page_size);
}

__guest_inline void clean_all(void)
{
	asm volatile("dc cisw, xzr\n\tdsb sy" : : : "memory");
}

/* Calls the host after each step */
static u64 __guest guest_steps(u64 page_size)
{
	guest_sync(0);
	touch(0, 1, page_size);
	guest_sync(0);
	*(volatile u32 *)BASE = RET;
	guest_sync(0);
	((void (*)(void))BASE)();
	guest_sync(0);
	touch(1, 2, page_size);
	guest_sync(0);
	guest_mmu_on(GUEST_TABLES);
	guest_sync(0);
	clean_all();
	guest_sync(0);
	clean_all();
	guest_sync(0);
	touch(2, PAGES, page_size);
	guest_sync(0);
	write_sysreg(read_sysreg(sctlr_el1) & ~SCTLR_C, sctlr_el1);
	return guest_sync(0);
}

/* In guest_steps()' order */
static const char * const steps[] = {
	"entered", "written", "executed", "read-only", "caches-on", "set-way", "set-way-again",
	"rest", "caches-off",
};

static void give_back(FIXTURE_DATA(cache) *self, u64 page, const char *step)
{
	mark(MARK_START);
	if (madvise(self->user + page * self->page, self->page, MADV_DONTNEED))
		die("madvise failed");
	mark(MARK_STOP);
	printf("# step %s\n", step);
}

TEST_F(cache, each_step_is_done)
{
	u64 ctr = read_sysreg(ctr_el0);
	u32 i;

	printf("# page %lu line %u instructions %u forced %d rest %lu\n", self->page,
	       4U << (ctr >> 16 & 0xf), ctr >> 29 & 1 ? 0 : 4U << (ctr & 0xf),
	       write_back_is_forced(), REST);
	vcpu_call(self->vcpu, guest_steps, self->page, 0);
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	mark(MARK_OPERATION);
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		mark(MARK_START);
		vcpu_expect_call(self->vcpu, CALL_SYNC);
		mark(MARK_STOP);
		printf("# step %s\n", steps[i]);
	}
	give_back(self, 0, "given-back");
	give_back(self, 1, "given-back-read-only");
}

TEST_HARNESS_MAIN
