/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The test of fail_vm.c and fail_vcpu.c: each of them has commands, and what shows that
 * they have worked, or that they have left no trace.
 *
 * Each allocation and each user copy of a command fails in turn.  Then the errno is a
 * documented one, nothing has changed, nothing is lost, and the same command works, with
 * the result that it always has.  Where a failure doesn't matter, as that of a page that
 * can be had in another way, the command succeeds at once.
 */
#ifndef SELFTEST_FAIL_EACH_H
#define SELFTEST_FAIL_EACH_H

#include <errno.h>
#include <sys/wait.h>
#include "kselftest_harness.h"
#include "fail.h"
#include "vm.h"

#define SECOND_RAM	0x60000000UL
#define MOST_FAILURES	200

/**
 * struct state - what commands work on
 * @vm: its descriptor is -1 where there is none
 * @vcpu: its first, if it has one: ready to run
 * @memory: a page that is no guest's
 * @fd: what a command has made
 * @page: the same
 * @info: what a command has told
 * @sp: the same
 * @list: the same, with @ids
 */
struct state {
	struct vm vm;
	struct vcpu *vcpu;
	char *memory;
	int fd;
	void *page;
	struct arm_vcpu_info info;
	u64 sp;
	struct arm_vcpu_reg_list list;
	u64 ids[512];
};

/**
 * struct command - what fails
 * @prepare: what there has to be before
 * @issue: does it, and returns what it does, or -errno
 * @worked: whether its effect is there
 * @undo: as @prepare left it
 * @unchanged: whether there is no trace of one that has failed
 * @least: failures for which it must be refused.  One may be missed when the kernel's caches
 *	need a page at one time, and none at the next.
 * @first: it is the first that the process does with any VM: the kernel's own part of the
 *	MMU notifier is then allocated, too, and stays
 * @step: there are too many that can fail: of so many, one does; 0: each
 */
struct command {
	void (*prepare)(struct state *s);
	int (*issue)(struct state *s);
	bool (*worked)(struct state *s);
	void (*undo)(struct state *s);
	bool (*unchanged)(struct state *s);
	unsigned int least;
	bool first;
	unsigned int step;
};

/* x0: where to; writes x1 and reads it back into x0 */
GUEST_ASM(guest_store_load, "str x1, [x0]\n ldr x0, [x0]\n hvc #0x5510\n b .");

static inline void prepare_vcpu(struct state *s)
{
	vm_create(&s->vm);
	s->vcpu = vcpu_create(&s->vm);
	vcpu_enter(s->vcpu, guest_hvc, 42, 0);
}

static bool vcpu_works(struct vcpu *vcpu)
{
	vcpu_enter(vcpu, guest_hvc, 42, 0);
	return vcpu_next(vcpu) == ARM_VCPU_EXIT_HYPERCALL && vcpu->run->x[0] == 42;
}

static inline bool first_vcpu_works(struct state *s)
{
	return vcpu_works(s->vcpu);
}

FIXTURE(failure) {
	struct state state;
};

FIXTURE_VARIANT(failure) {
	struct command command;
};

#define COMMAND(name, ...) FIXTURE_VARIANT_ADD(failure, name) { .command = { __VA_ARGS__ } }

FIXTURE_SETUP(failure)
{
	self->state.vm.fd = -1;
	self->state.memory = map_pages(page_size());
	if (variant->command.prepare)
		variant->command.prepare(&self->state);
}

FIXTURE_TEARDOWN(failure)
{
	if (self->state.vm.ram)
		vm_destroy(&self->state.vm);
	else if (self->state.vm.fd >= 0)
		close(self->state.vm.fd);
}

/* What became of a command of which something failed.  One that is refused leaves no trace. */
enum outcome { NOTHING_FAILED, WORKED_ALL_THE_SAME, REFUSED, BROKEN };

/* What is freed after a grace period, or by a work queue, goes in a while */
static bool has_no_more_than(long memory)
{
	return wait_for(module_memory() <= memory);
}

static enum outcome one_failure(struct __test_metadata *_metadata, struct state *s,
				const struct command *c, unsigned int nth)
{
	long memory = module_memory();
	bool failed;
	int ret;

	fail_arm(nth);
	ret = c->issue(s);
	failed = fail_disarm();
	if (ret) {
		ASSERT_TRUE(failed) TH_LOG("%d without a failure", ret);
		ASSERT_TRUE(ret == -ENOMEM || ret == -EFAULT) TH_LOG("failure %u: %d", nth, ret);
		/* The first may have bound the VM, whose end shows then what it took */
		if (!c->first)
			EXPECT_TRUE(has_no_more_than(memory)) TH_LOG("failure %u leaks", nth);
		if (c->unchanged)
			EXPECT_TRUE(c->unchanged(s)) TH_LOG("failure %u leaves a trace", nth);
		ASSERT_EQ(0, c->issue(s)) TH_LOG("failure %u can't be repeated", nth);
	}
	ASSERT_TRUE(c->worked(s)) TH_LOG("failure %u: it didn't work", nth);
	if (c->undo)
		c->undo(s);
	if (c->first)
		EXPECT_TRUE(has_no_more_than(memory)) TH_LOG("failure %u leaks", nth);
	if (!failed)
		return NOTHING_FAILED;
	return ret ? REFUSED : WORKED_ALL_THE_SAME;
}

static enum outcome one_first_failure(struct __test_metadata *_metadata, struct state *s,
				      const struct command *c, unsigned int nth)
{
	enum outcome outcome;
	pid_t pid = fork();
	int status;

	if (!pid) {
		c->prepare(s);
		outcome = one_failure(_metadata, s, c, nth);
		_exit(_metadata->exit_code != KSFT_PASS ? BROKEN : outcome);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) < BROKEN);
	return WEXITSTATUS(status);
}

TEST_F_TIMEOUT(failure, each_in_turn, 120)
{
	const struct command *c = &variant->command;
	unsigned int step = c->step ?: 1, nth, refused = 0;
	enum outcome outcome;

	for (nth = 1; nth < MOST_FAILURES * step; nth += step) {
		outcome = (c->first ? one_first_failure : one_failure)(_metadata, &self->state,
								       c, nth);
		if (outcome == NOTHING_FAILED)
			break;
		refused += outcome == REFUSED;
	}
	TH_LOG("%u failures, %u of them fatal", (nth - 1) / step, refused);
	EXPECT_LE(c->least, refused);
	EXPECT_GT(MOST_FAILURES * step, nth);
}

int main(int argc, char **argv)
{
	const char *reason = fail_setup(NULL);

	if (reason)
		ksft_exit_skip("%s\n", reason);
	return test_harness_run(argc, argv);
}

#endif
