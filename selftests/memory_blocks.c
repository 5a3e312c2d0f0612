// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that memory that the process has in large pages is a guest's in blocks, which take one
 * fault each; that a block shows nothing but what the region and the process have there; and that
 * it follows the process as pages do.
 */
#include <errno.h>
#include <sys/wait.h>
#include "kselftest_harness.h"
#include "code.h"
#include "large.h"
#include "tables.h"

#define NR	3UL		/* large pages */

GUEST_ASM(guest_store, "str x1, [x1]\n hvc #1\n b .");
GUEST_ASM(guest_load, "ldr x0, [x1]\n hvc #1\n b .");

FIXTURE(blocks) {
	struct large m;
};

FIXTURE_VARIANT(blocks) {
	enum huge_kind kind;
};

FIXTURE_VARIANT_ADD(blocks, anonymous) { .kind = HUGE_ANONYMOUS };
FIXTURE_VARIANT_ADD(blocks, shared) { .kind = HUGE_SHARED };
FIXTURE_VARIANT_ADD(blocks, hugetlb) { .kind = HUGE_TLB };
FIXTURE_VARIANT_ADD(blocks, hugetlb_shared) { .kind = HUGE_TLB_SHARED };

/* Those that can be mapped in part */
FIXTURE(transparent) {
	struct large m;
};

FIXTURE_VARIANT(transparent) {
	enum huge_kind kind;
};

FIXTURE_VARIANT_ADD(transparent, anonymous) { .kind = HUGE_ANONYMOUS };
FIXTURE_VARIANT_ADD(transparent, shared) { .kind = HUGE_SHARED };

static void set_up(struct large *m, enum huge_kind kind)
{
	large_create(m, NR, kind);
	pages_fill(m->user, 0, m->all, 1);
}

FIXTURE_SETUP(blocks)
{
	if (huge_missing(variant->kind))
		SKIP(return, "%s", huge_missing(variant->kind));
	set_up(&self->m, variant->kind);
}

FIXTURE_TEARDOWN(blocks)
{
	large_destroy(&self->m);
}

FIXTURE_SETUP(transparent)
{
	if (huge_missing(variant->kind))
		SKIP(return, "%s", huge_missing(variant->kind));
	set_up(&self->m, variant->kind);
}

FIXTURE_TEARDOWN(transparent)
{
	large_destroy(&self->m);
}

/* The guest finds a generation in all of it, and leaves the next; returns the faults */
static u64 use_all(struct large *m, u64 generation)
{
	return PAGES_USE(m->vcpu, .base = BASE, .end = m->all, .generation = generation, .add = 1);
}

TEST_F(blocks, take_one_fault_each)
{
	struct large *m = &self->m;

	ASSERT_EQ(0, large_region(m, 0));
	EXPECT_EQ(NR, use_all(m, 1));
	EXPECT_EQ(0, pages_wrong(m->user, 0, m->all, 2));
	pages_fill(m->user, 0, m->all, 5);
	EXPECT_EQ(0, use_all(m, 5));
	EXPECT_EQ(0, pages_wrong(m->user, 0, m->all, 6));
}

/* A block would have other memory behind each of its addresses */
TEST_F(blocks, are_not_where_addresses_do_not_agree)
{
	struct large *m = &self->m;
	u64 pages = m->pages + 2;

	ASSERT_EQ(0, vm_memory(m->vm.fd, 0, BASE + m->page, m->length - m->page, m->user));
	EXPECT_EQ(pages, PAGES_USE(m->vcpu, .base = BASE + m->page, .end = pages, .generation = 1,
				   .add = 1));
	EXPECT_EQ(0, pages_wrong(m->user, 0, pages, 2));
	EXPECT_EQ(0, pages_wrong(m->user, pages, m->all, 1));
}

static void expect_nothing(struct large *m, u64 gpa)
{
	vcpu_enter(m->vcpu, guest_load, 0, gpa);
	vcpu_expect(m->vcpu, MMIO_READ);
	if (m->vcpu->run->mmio.addr != gpa)
		die("MMIO at %lx", (unsigned long)m->vcpu->run->mmio.addr);
	vcpu_enter(m->vcpu, guest_store, 0, gpa);
	vcpu_expect(m->vcpu, MMIO_WRITE);
}

/* From the second page of the first to the last page but one of the second */
TEST_F(blocks, are_not_where_the_region_has_a_part_of_one)
{
	struct large *m = &self->m;
	u64 end = 2 * m->pages - 1;

	ASSERT_EQ(0, vm_memory(m->vm.fd, 0, BASE + m->page, (end - 1) * m->page,
			       m->user + m->page));
	EXPECT_EQ(end - 1, PAGES_USE(m->vcpu, .base = BASE, .first = 1, .end = end,
				     .generation = 1, .add = 1));
	EXPECT_EQ(0, pages_wrong(m->user, 1, end, 2));
	expect_nothing(m, BASE);
	expect_nothing(m, BASE + m->page - 8);
	expect_nothing(m, BASE + end * m->page);
	expect_nothing(m, BASE + 2 * m->huge);
	EXPECT_EQ(0, pages_wrong(m->user, 0, 1, 1));
	EXPECT_EQ(0, pages_wrong(m->user, end, m->all, 1));
}

/* One and a half: a block, and pages */
TEST_F(blocks, are_where_the_region_has_all_of_one)
{
	struct large *m = &self->m;
	u64 end = m->pages + m->pages / 2;

	ASSERT_EQ(0, vm_memory(m->vm.fd, 0, BASE, end * m->page, m->user));
	EXPECT_EQ(1 + m->pages / 2, PAGES_USE(m->vcpu, .base = BASE, .end = end, .generation = 1,
					      .add = 1));
	EXPECT_EQ(0, pages_wrong(m->user, 0, end, 2));
	expect_nothing(m, BASE + end * m->page);
	EXPECT_EQ(0, pages_wrong(m->user, end, m->all, 1));
}

TEST_F(blocks, of_a_read_only_region_are_never_written)
{
	struct large *m = &self->m;

	ASSERT_EQ(0, vm_memory(m->vm.fd, ARM_VCPU_MEMORY_READONLY, BASE, m->length, m->user));
	EXPECT_EQ(NR, PAGES_USE(m->vcpu, .base = BASE, .end = m->all, .generation = 1));
	vcpu_enter(m->vcpu, guest_store, 0, BASE + m->huge + 8);
	vcpu_expect(m->vcpu, MMIO_WRITE);
	EXPECT_EQ(BASE + m->huge + 8, m->vcpu->run->mmio.addr);
	EXPECT_EQ(0, pages_wrong(m->user, 0, m->all, 1));
}

/* Looks at all when told to, and writes to all, before it ends; says whether it was right */
static pid_t child_that_looks(struct large *m, int go, u64 expected, u64 leaves)
{
	pid_t pid = fork();
	char c;

	if (pid)
		return pid;
	if (read(go, &c, 1) != 1 || pages_wrong(m->user, 0, m->all, expected))
		_exit(1);
	pages_fill(m->user, 0, m->all, leaves);
	_exit(0);
}

static int let_look(pid_t pid, int go)
{
	int status;

	if (write(go, "", 1) != 1 || waitpid(pid, &status, 0) != pid)
		return -1;
	return status;
}

/* What one writes, the others see if the memory is shared, and nobody else if it isn't */
TEST_F(blocks, are_copied_on_write_after_fork)
{
	bool shared = variant->kind == HUGE_SHARED || variant->kind == HUGE_TLB_SHARED;
	struct large *m = &self->m;
	pid_t pid;
	int go[2];

	ASSERT_EQ(0, pipe(go));
	ASSERT_EQ(0, large_region(m, 0));
	use_all(m, 1);
	pid = child_that_looks(m, go[0], shared ? 3 : 2, 10);
	use_all(m, 2);
	EXPECT_EQ(0, pages_wrong(m->user, 0, m->all, 3));
	EXPECT_EQ(0, let_look(pid, go[1]));
	use_all(m, shared ? 10 : 3);

	/* The other way: the host writes */
	pages_fill(m->user, 0, m->all, 20);
	use_all(m, 20);
	pid = child_that_looks(m, go[0], shared ? 30 : 21, 40);
	pages_fill(m->user, 0, m->all, 30);
	PAGES_USE(m->vcpu, .base = BASE, .end = m->all, .generation = 30);
	EXPECT_EQ(0, let_look(pid, go[1]));
	use_all(m, shared ? 40 : 30);
	EXPECT_EQ(0, pages_wrong(m->user, 0, m->all, shared ? 41 : 31));
}

TEST_F(blocks, are_executed_and_their_code_is_rewritten)
{
	struct large *m = &self->m;
	u64 at[] = { 3 * m->page, m->huge - m->page, m->huge + 7 * m->page + 64 };
	u64 faults;
	u32 i;

	ASSERT_EQ(0, large_region(m, 0));
	PAGES_USE(m->vcpu, .base = BASE, .end = m->all, .generation = 1);
	faults = vcpu_stat(m->vcpu, ARM_VCPU_STAT_FAULT);
	for (i = 0; i < 30; i++) {
		write_code(m->user + at[i % 3], i);
		ASSERT_EQ(0, vcpu_set_entry(m->vcpu, BASE + at[i % 3], 0, 0, 0, 0));
		vcpu_expect_call(m->vcpu, 1);
		ASSERT_EQ(i, m->vcpu->run->x[0]);
	}
	EXPECT_EQ(2, vcpu_stat(m->vcpu, ARM_VCPU_STAT_FAULT) - faults);
	PAGES_USE(m->vcpu, .base = BASE, .end = m->all, .generation = 1, .add = 1);
}

/* While the guest has it as a block */
static void expect_fault(struct large *m, const void *code, u64 gpa, u64 access)
{
	vcpu_enter(m->vcpu, code, 0, gpa);
	vcpu_expect(m->vcpu, MEMORY_FAULT);
	if (m->vcpu->run->fault.addr != gpa || m->vcpu->run->fault.access != access)
		die("fault at %lx, access %x", (unsigned long)m->vcpu->run->fault.addr,
		    m->vcpu->run->fault.access);
}

static void use_around(struct large *m, u64 hole, u64 generation)
{
	PAGES_USE(m->vcpu, .base = BASE, .end = hole, .generation = generation, .add = 1);
	PAGES_USE(m->vcpu, .base = BASE, .first = hole + 1, .end = m->all,
		  .generation = generation, .add = 1);
}

/* The page is still a part of the large one, and its neighbours are mapped */
TEST_F(transparent, what_is_unmapped_in_the_middle_is_gone)
{
	struct large *m = &self->m;
	u64 hole = m->pages + 5, gpa = BASE + hole * m->page;

	ASSERT_EQ(0, large_region(m, 0));
	use_all(m, 1);
	ASSERT_EQ(0, munmap(m->user + hole * m->page, m->page));
	expect_fault(m, guest_load, gpa, ARM_VCPU_ACCESS_READ);
	use_around(m, hole, 2);
	expect_fault(m, guest_load, gpa, ARM_VCPU_ACCESS_READ);
	expect_fault(m, guest_store, gpa, ARM_VCPU_ACCESS_WRITE);
	EXPECT_EQ(0, pages_wrong(m->user, 0, hole, 3));
	EXPECT_EQ(0, pages_wrong(m->user, hole + 1, m->all, 3));
}

TEST_F(transparent, what_loses_rights_in_the_middle_loses_them)
{
	struct large *m = &self->m;
	u64 hole = m->pages + 5, gpa = BASE + hole * m->page;
	char *page = m->user + hole * m->page;

	ASSERT_EQ(0, large_region(m, 0));
	use_all(m, 1);
	ASSERT_EQ(0, mprotect(page, m->page, PROT_NONE));
	use_around(m, hole, 2);
	expect_fault(m, guest_load, gpa, ARM_VCPU_ACCESS_READ);
	ASSERT_EQ(0, mprotect(page, m->page, PROT_READ));
	use_around(m, hole, 3);
	expect_fault(m, guest_store, gpa, ARM_VCPU_ACCESS_WRITE);
	PAGES_USE(m->vcpu, .base = BASE, .first = hole, .end = hole + 1, .generation = 2);
	EXPECT_EQ(0, pages_wrong(m->user, hole, hole + 1, 2));
	ASSERT_EQ(0, mprotect(page, m->page, PROT_READ | PROT_WRITE));
	pages_fill(m->user, hole, hole + 1, 4);
	use_all(m, 4);
	EXPECT_EQ(0, pages_wrong(m->user, 0, m->all, 5));
}

/* x0: counts; x1: where to */
GUEST_ASM(guest_count, "1: add x0, x0, #1\n str x0, [x1]\n str x0, [x2]\n b 1b");

TEST_F(transparent, what_is_unmapped_while_the_guest_writes_is_not_written_any_more)
{
	struct large *m = &self->m;
	u64 hole = BASE + 2 * m->huge - m->page;
	char *page = m->user + (hole - BASE);
	volatile u64 *count = (u64 *)(m->user + m->huge);
	int i;

	ASSERT_EQ(0, large_region(m, 0));
	for (i = 0; i < 20; i++) {
		*count = 0;
		huge_collapse(m->user + m->huge, m->huge);
		if (vcpu_set_entry(m->vcpu, vm_gpa(guest_count), 0, hole, BASE + m->huge, 0))
			die("SET_ENTRY failed");
		vcpu_start(m->vcpu);
		ASSERT_TRUE(wait_for(*count > 100));
		ASSERT_EQ(0, munmap(page, m->page));
		ASSERT_EQ(ARM_VCPU_EXIT_MEMORY_FAULT, vcpu_join(m->vcpu));
		EXPECT_EQ(hole, m->vcpu->run->fault.addr);
		EXPECT_EQ(*count + 1, m->vcpu->run->x[0]);
		ASSERT_EQ(page, mmap(page, m->page, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
		/* Of the shared ones, a page isn't any more */
		if (variant->kind == HUGE_SHARED)
			break;
		madvise(page, m->page, MADV_HUGEPAGE);	/* as its neighbours are */
	}
}

/* Pages first; the host's large pages come later, and again after they were split */
TEST(they_come_where_pages_were)
{
	struct large m;
	u64 before, with, generation, odd;
	char *middle;

	if (huge_missing(HUGE_ANONYMOUS))
		SKIP(return, NO_THP);
	huge_wait(HUGE_WAIT_LONG);
	set_up(&m, HUGE_ANONYMOUS);
	odd = m.pages + 9;
	middle = m.user + odd * m.page;
	before = host_tables();
	ASSERT_EQ(0, large_region(&m, 0));
	EXPECT_EQ(NR, use_all(&m, 1));
	with = host_tables();
	for (generation = 2; generation < 8; generation += 2) {
		ASSERT_EQ(0, mprotect(middle, m.page, PROT_READ));
		ASSERT_EQ(0, mprotect(middle, m.page, PROT_READ | PROT_WRITE));
		/* Some kernels let the process write by a fault only */
		pages_fill(m.user, odd, odd + 1, generation);
		EXPECT_EQ(m.pages, use_all(&m, generation));
		EXPECT_EQ(with + 1, host_tables());
		huge_collapse(m.user, m.length);
		EXPECT_EQ(1, use_all(&m, generation + 1));
		EXPECT_EQ(0, pages_wrong(m.user, 0, m.all, generation + 2));
		EXPECT_EQ(with, host_tables());
	}
	ASSERT_EQ(0, vm_memory(m.vm.fd, 0, BASE, 0, NULL));
	EXPECT_EQ(before, host_tables());
	large_destroy(&m);
	huge_wait(HUGE_WAIT_USUAL);
}

/* The host's zero page is large as well, and everybody's */
TEST(untouched_memory_reads_zero_and_can_be_written_then)
{
	size_t huge = huge_size(), i;
	struct vcpu *vcpu;
	struct vm vm;
	u64 *user;

	if (huge_missing(HUGE_ANONYMOUS))
		SKIP(return, NO_THP);
	vm_create(&vm);
	vcpu = vcpu_create(&vm);
	user = (u64 *)huge_space(NR * huge);
	huge_map_at((char *)user, NR * huge, HUGE_ANONYMOUS);
	madvise(user, NR * huge, MADV_HUGEPAGE);
	ASSERT_EQ(0, vm_memory(vm.fd, 0, BASE, NR * huge, user));
	for (i = 0; i < NR; i++) {
		vcpu_enter(vcpu, guest_load, 1, BASE + i * huge + 8);
		vcpu_expect_call(vcpu, 1);
		EXPECT_EQ(0, vcpu->run->x[0]);
	}
	vcpu_enter(vcpu, guest_store, 0, BASE + huge + 8);
	vcpu_expect_call(vcpu, 1);
	EXPECT_EQ(BASE + huge + 8, user[huge / 8 + 1]);
	vcpu_enter(vcpu, guest_load, 1, BASE + 8);
	vcpu_expect_call(vcpu, 1);
	EXPECT_EQ(0, vcpu->run->x[0]);
	EXPECT_EQ(0, user[1]);
	EXPECT_EQ(0, user[2 * huge / 8 + 1]);
	vm_destroy(&vm);
}

TEST_HARNESS_MAIN
