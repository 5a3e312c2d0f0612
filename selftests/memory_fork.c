// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that after a fork nobody has what another writes: a guest on two vCPUs, its VMM and the
 * child, all at the same time; and that a guest whose page can't be copied has a MEMORY_FAULT, and
 * goes on when it can.
 */
#include <errno.h>
#include <sys/wait.h>
#include "change.h"

#define TIME	thorough(300)	/* ms */

CHANGE_FIXTURE(copied);
FIXTURE_VARIANT_ADD(copied, pages) { .kind = HUGE_NOT };
FIXTURE_VARIANT_ADD(copied, anonymous) { .kind = HUGE_ANONYMOUS };
FIXTURE_VARIANT_ADD(copied, hugetlb) { .kind = HUGE_TLB };

/* A vCPU's words are those of one moment: behind some page, all are of the round before */
static bool is_of_one_moment(struct busy *busy)
{
	u64 who, i, first, before, seen;

	for (who = 0; who < BUSY_VCPUS; who++) {
		first = *busy_word((u64)busy->user, page_size(), 0, who);
		before = first;
		for (i = 1; i < busy->pages; i++) {
			seen = *busy_word((u64)busy->user, page_size(), i, who);
			if (seen > before || seen + 1 < first)
				return false;
			before = seen;
		}
	}
	return true;
}

/* All the words */
static u64 sum(struct busy *busy)
{
	u64 who, i, all = 0;

	for (i = 0; i < busy->pages; i++)
		for (who = 0; who <= BUSY_VCPUS; who++)
			all = 31 * all + *busy_word((u64)busy->user, page_size(), i, who);
	return all;
}

/* The child's life: what it ends with says what it has seen */
static int keeps_its_own(struct busy *busy)
{
	u64 before = sum(busy), i, who;

	if (!is_of_one_moment(busy))
		return 1;
	sleep_ms(2);
	if (sum(busy) != before)
		return 2;
	for (i = 0; i < busy->pages; i++)
		for (who = 0; who <= BUSY_VCPUS; who++)
			*busy_word((u64)busy->user, page_size(), i, who) = ~i;
	before = sum(busy);
	sleep_ms(2);
	return sum(busy) == before ? 0 : 3;
}

/* Both write to what they share, and so do vCPUs */
TEST_F(copied, what_a_child_has_too)
{
	struct change *c = &self->c;
	int status, children = 0;
	pid_t pid;

	busy_start(&c->busy);
	busy_for(&c->busy, TIME, children > 1) {
		make_large(c, c->busy.user, c->length);
		pid = fork();
		if (!pid)
			_exit(keeps_its_own(&c->busy));
		while (!waitpid(pid, &status, WNOHANG))
			busy_round(&c->busy);
		ASSERT_EQ(0, status);
		children++;
	}
	EXPECT_TRUE(busy_end(&c->busy));
	TH_LOG("%d children, %lu and %lu rounds", children, c->busy.control->rounds[0],
	       c->busy.control->rounds[1]);
}

GUEST_ASM(guest_store, "str x0, [x1]\n hvc #1\n b .");
GUEST_ASM(guest_load, "ldr x0, [x1]\n hvc #1\n b .");

#define BASE	(1UL << 36)

/* A page of hugetlbfs that is a guest's, and the only one there is */
FIXTURE(last) {
	struct vm vm;
	struct vcpu *vcpu;
	u64 *user;
	int go[2];		/* what is written there ends the child */
	pid_t child;
};

FIXTURE_VARIANT(last) {
	int flags;
};

/* None is set aside for what is written to */
FIXTURE_VARIANT_ADD(last, unreserved) { .flags = MAP_NORESERVE };
FIXTURE_VARIANT_ADD(last, reserved) { .flags = 0 };

FIXTURE_SETUP(last)
{
	size_t huge = huge_size();

	if (huge_missing(HUGE_TLB))
		SKIP(return, "%s", huge_missing(HUGE_TLB));
	huge_pool(1);
	self->user = mmap(huge_space(huge), huge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED |
			  MAP_ANONYMOUS | MAP_HUGETLB | variant->flags, -1, 0);
	ASSERT_NE(MAP_FAILED, self->user);
	ASSERT_EQ(0, pipe(self->go));
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, huge, self->user));
	vcpu_enter(self->vcpu, guest_store, 1, BASE);
	vcpu_expect_call(self->vcpu, 1);
}

FIXTURE_TEARDOWN(last)
{
	if (!self->user)
		return;
	vm_destroy(&self->vm);
	munmap(self->user, huge_size());
	huge_pool(0);
}

/* What it finds in the end */
static void fork_child(FIXTURE_DATA(last) *self)
{
	char c;

	self->child = fork();
	if (!self->child)
		_exit(read(self->go[0], &c, 1) == 1 ? (int)*(volatile u64 *)self->user : 255);
}

static int end_child(FIXTURE_DATA(last) *self)
{
	int status;

	if (write(self->go[1], "", 1) != 1 || waitpid(self->child, &status, 0) != self->child)
		die("the child is gone");
	return status;
}

static u64 load(FIXTURE_DATA(last) *self)
{
	vcpu_enter(self->vcpu, guest_load, 0, BASE);
	vcpu_expect_call(self->vcpu, 1);
	return self->vcpu->run->x[0];
}

/* Whose page it is gets it back for itself, if one was reserved: the child has lost it */
TEST_F(last, is_copied_or_a_fault)
{
	struct arm_vcpu_run *run = self->vcpu->run;
	int status;

	fork_child(self);
	EXPECT_EQ(1, load(self));
	vcpu_enter(self->vcpu, guest_store, 2, BASE);
	if (variant->flags) {
		vcpu_expect(self->vcpu, MEMORY_FAULT);
		EXPECT_EQ(BASE, run->fault.addr);
		EXPECT_EQ(ARM_VCPU_ACCESS_WRITE, run->fault.access);
		EXPECT_EQ(EFAULT, run->fault.error);
		EXPECT_EQ(1, READ_ONCE(*self->user));
		status = end_child(self);
		EXPECT_TRUE(WIFEXITED(status));
		EXPECT_EQ(1, WEXITSTATUS(status));
	}
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(2, READ_ONCE(*self->user));
	EXPECT_EQ(2, load(self));
	if (!variant->flags) {
		status = end_child(self);
		EXPECT_TRUE(WIFSIGNALED(status));
		EXPECT_EQ(SIGBUS, WTERMSIG(status));
	}
}

TEST_HARNESS_MAIN
