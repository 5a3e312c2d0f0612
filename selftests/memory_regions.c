// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a guest on two vCPUs loses nothing of as many regions as there can be while one of
 * them after the other gets other memory, or other flags: what it accesses while there is none, or
 * may not write to, the VMM does for it.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include "kselftest_harness.h"
#include "vm.h"

#define BASE	(1UL << 36)	/* guest-physical */
#define VCPUS	2UL
#define MS_LONG	thorough(1000)

/* In GUEST_SHARED */
struct control {
	u64 end;
	u64 regions, page_size;
	u64 rounds[VCPUS];
};

/* Pages, with one between two */
struct many {
	struct vm vm;		/* the first, by which a vCPU's thread finds the rest */
	size_t page;
	u64 nr;
	char **user;		/* the page behind each */
	char *spare;
	pthread_mutex_t moves;
	u64 served;
	volatile struct control *control;
};

FIXTURE(regions) {
	struct many m;
};

static u64 gpa_of(struct many *m, u64 region)
{
	return BASE + 2 * region * m->page;
}

static int set(struct many *m, u64 region, u64 flags, char *user)
{
	return vm_memory(m->vm.fd, flags, gpa_of(m, region), user ? m->page : 0, user);
}

FIXTURE_SETUP(regions)
{
	struct many *m = &self->m;
	struct arm_vcpu_info info;
	char *pages;
	u64 i;

	vm_create(&m->vm);
	ASSERT_EQ(0, vm_info(m->vm.fd, &info));
	m->nr = info.max_regions - 1;		/* and guest code */
	m->page = page_size();
	m->user = calloc(m->nr, sizeof(*m->user));
	pages = map_pages((m->nr + 1) * m->page);
	madvise(pages, (m->nr + 1) * m->page, MADV_NOHUGEPAGE);
	memset(pages, 0, (m->nr + 1) * m->page);	/* there, so that each takes one fault */
	m->spare = pages + m->nr * m->page;
	for (i = 0; i < m->nr; i++) {
		m->user[i] = pages + i * m->page;
		ASSERT_EQ(0, set(m, i, 0, m->user[i]));
	}
	ASSERT_EQ(-ENOSPC, set(m, m->nr, 0, m->spare));
	pthread_mutex_init(&m->moves, NULL);
	m->control = vm_host(&m->vm, GUEST_SHARED);
	m->control->regions = m->nr;
	m->control->page_size = m->page;
}

FIXTURE_TEARDOWN(regions)
{
	vm_destroy(&self->m.vm);
}

/* Another place in each */
__guest_inline u64 offset(u64 region, u64 me)
{
	return 8 * me + 64 * (region % 64);
}

static u64 __guest guest_counts(u64 me)
{
	volatile struct control *control = (void *)GUEST_SHARED;
	u64 nr = control->regions, page_size = control->page_size, round, i;
	volatile u64 *word;

	for (round = 0; !control->end; round++) {
		for (i = 0; i < nr; i++) {
			word = (u64 *)(BASE + 2 * i * page_size + offset(i, me));
			GUEST_ASSERT_EQ(*word, round);
			*word = round + 1;
		}
		control->rounds[me] = round + 1;
	}
	return round;
}

/* What a region would have done */
static void access_for_guest(struct many *m, struct arm_vcpu_run *run)
{
	u64 from = run->mmio.addr - BASE, region = from / (2 * m->page);
	char *at;

	if (region >= m->nr || from % (2 * m->page) >= m->page || run->mmio.width != 8)
		die("MMIO at %lx", (unsigned long)run->mmio.addr);
	pthread_mutex_lock(&m->moves);
	at = m->user[region] + from % m->page;
	if (run->exit_reason == ARM_VCPU_EXIT_MMIO_READ)
		memcpy(&run->mmio.data, at, 8);
	else
		memcpy(at, &run->mmio.data, 8);
	m->served++;
	pthread_mutex_unlock(&m->moves);
}

static void *run(void *arg)
{
	struct vcpu *vcpu = arg;
	u32 reason;

	for (;;) {
		reason = vcpu_next(vcpu);
		if (reason != ARM_VCPU_EXIT_MMIO_READ && reason != ARM_VCPU_EXIT_MMIO_WRITE)
			break;
		access_for_guest((struct many *)vcpu->vm, vcpu->run);
	}
	vcpu->result = (int)reason;
	return NULL;
}

/* All of it to the spare page, where nothing but a byte again and again is left */
static int move(struct many *m, u64 region)
{
	char *old = m->user[region];
	int ret;

	pthread_mutex_lock(&m->moves);
	ret = set(m, region, 0, NULL);
	memcpy(m->spare, old, m->page);
	ret = ret ?: set(m, region, 0, m->spare);
	m->user[region] = m->spare;
	m->spare = old;
	memset(old, 0x5a, m->page);
	pthread_mutex_unlock(&m->moves);
	return ret;
}

static int change_flags(struct many *m, u64 region)
{
	int ret = set(m, region, ARM_VCPU_MEMORY_READONLY, m->user[region]);

	sleep_ms(1);
	return ret ?: set(m, region, 0, m->user[region]);
}

static u64 wrong(struct many *m)
{
	u64 i, me, nr = 0;

	for (i = 0; i < m->nr; i++)
		for (me = 0; me < VCPUS; me++)
			nr += *(u64 *)(m->user[i] + offset(i, me)) != m->control->rounds[me];
	return nr;
}

TEST_F(regions, as_many_as_there_can_be_are_used_while_one_is_replaced)
{
	struct many *m = &self->m;
	u64 end = now_ns() + MS_LONG * MS, changes = 0, i;
	struct vcpu *vcpu;

	for (i = 0; i < VCPUS; i++) {
		vcpu = vcpu_create(&m->vm);
		vcpu_call(vcpu, guest_counts, i, 0);
		pthread_create(&vcpu->thread, NULL, run, vcpu);
	}
	for (; now_ns() < end || changes < 64; changes++) {
		i = changes * 7 % m->nr;
		ASSERT_EQ(0, changes % 4 ? move(m, i) : change_flags(m, i));
		/* Nobody has written to what was some region's before */
		ASSERT_TRUE(!changes || !memcmp(m->spare, m->spare + 1, m->page - 1));
		if (changes % 16 == 0)
			sleep_ms(10);
	}
	m->control->end = 1;
	for (i = 0; i < VCPUS; i++) {
		EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(&m->vm.vcpus[i]));
		EXPECT_LT(0, m->control->rounds[i]);
	}
	EXPECT_EQ(0, wrong(m));
	TH_LOG("%lu changes, %lu accesses by the VMM, %lu and %lu rounds", changes, m->served,
	       m->control->rounds[0], m->control->rounds[1]);
}

TEST_HARNESS_MAIN
