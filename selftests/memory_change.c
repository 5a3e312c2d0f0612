// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a guest on two vCPUs loses nothing, and sees nothing old, while its memory is changed
 * under it all the time: unmapped and mapped again, without rights, somewhere else, given up,
 * locked, and punched out of its file or cut off it.
 */
#include <errno.h>
#include "change.h"

#define TIME	thorough(300)	/* ms */

/* What can be done to one unit of the memory; 0, or errno says why not */
typedef int (*change_fn)(struct change *c, char *unit);

CHANGE_FIXTURE(change);
FIXTURE_VARIANT_ADD(change, pages) { .kind = HUGE_NOT };
FIXTURE_VARIANT_ADD(change, anonymous) { .kind = HUGE_ANONYMOUS };
FIXTURE_VARIANT_ADD(change, shared) { .kind = HUGE_SHARED };
FIXTURE_VARIANT_ADD(change, hugetlb) { .kind = HUGE_TLB };
FIXTURE_VARIANT_ADD(change, hugetlb_shared) { .kind = HUGE_TLB_SHARED };

/* What can be written to by others while a guest can only read it */
CHANGE_FIXTURE(lost);
FIXTURE_VARIANT_ADD(lost, pages) { .kind = HUGE_NOT };
FIXTURE_VARIANT_ADD(lost, anonymous) { .kind = HUGE_ANONYMOUS };
FIXTURE_VARIANT_ADD(lost, shared) { .kind = HUGE_SHARED };
FIXTURE_VARIANT_ADD(lost, hugetlb_shared) { .kind = HUGE_TLB_SHARED };

CHANGE_FIXTURE(file);
FIXTURE_VARIANT_ADD(file, shared) { .kind = HUGE_SHARED };
FIXTURE_VARIANT_ADD(file, hugetlb) { .kind = HUGE_TLB_SHARED };

/* All units in turn, and each that could be large is, before the next */
static void change_all_the_time(struct __test_metadata *_metadata, struct change *c,
				change_fn change)
{
	u64 nr = c->length / c->unit, enough = c->kind == HUGE_NOT ? 16 : 2, i = 0;
	char *unit;

	busy_start(&c->busy);
	busy_for(&c->busy, TIME, i > enough) {
		unit = c->busy.user + i++ % nr * c->unit;
		ASSERT_EQ(0, change(c, unit)) {
			TH_LOG("%s", strerror(errno));
		}
		make_large(c, unit, c->unit);
	}
	EXPECT_TRUE(busy_end(&c->busy));
	TH_LOG("%lu changes, %lu and %lu rounds", i, c->busy.control->rounds[0],
	       c->busy.control->rounds[1]);
}

static int restore(struct change *c, char *unit)
{
	if (c->file >= 0)
		memcpy(c->alias + (unit - c->busy.user), c->store, c->unit);
	else if (pwrite(c->mem, c->store, c->unit, (off_t)unit) != (ssize_t)c->unit)
		return -1;
	return 0;
}

/* What takes its contents away as well: nobody writes to it until they are back */
static int change_and_restore(struct change *c, char *unit, change_fn change)
{
	if (mprotect(unit, c->unit, PROT_READ))
		return -1;
	memcpy(c->store, unit, c->unit);
	busy_loses(&c->busy);
	if (change(c, unit) || restore(c, unit))
		return -1;
	busy_has_all(&c->busy);
	return mprotect(unit, c->unit, PROT_READ | PROT_WRITE);
}

static int unmap_and_map(struct change *c, char *unit)
{
	return munmap(unit, c->unit) || map_at(c, unit, c->unit, PROT_READ);
}

static int anew(struct change *c, char *unit)
{
	return change_and_restore(c, unit, unmap_and_map);
}

TEST_F(lost, what_is_unmapped_and_mapped_again)
{
	change_all_the_time(_metadata, &self->c, anew);
}

static int dont_need(struct change *c, char *unit)
{
	return madvise(unit, c->unit, MADV_DONTNEED);
}

static int give_up(struct change *c, char *unit)
{
	return change_and_restore(c, unit, dont_need);
}

TEST_F(lost, what_is_not_needed)
{
	change_all_the_time(_metadata, &self->c, give_up);
}

/* By another mapping, for it takes the right to write */
static int remove_it(struct change *c, char *unit)
{
	return madvise(c->alias + (unit - c->busy.user), c->unit, MADV_REMOVE);
}

static int punch(struct change *c, char *unit)
{
	return change_and_restore(c, unit, remove_it);
}

TEST_F(file, what_is_punched_out_of_it)
{
	change_all_the_time(_metadata, &self->c, punch);
}

/* Nobody writes to it who can't */
static bool stays_as_it_is(struct change *c, const char *unit)
{
	memcpy(c->store, unit, c->unit);
	sleep_ms(1);
	errno = EBUSY;		/* if that is what is wrong */
	return !memcmp(c->store, unit, c->unit);
}

/* All rights, those to write, and of what is transparent those of a page in its middle */
static int lose_rights(struct change *c, char *unit)
{
	char *page = unit + (is_transparent(c) ? c->unit / 2 : 0);
	size_t length = is_transparent(c) ? page_size() : c->unit;

	return mprotect(page, length, PROT_NONE) || mprotect(page, length, PROT_READ) ||
	       mprotect(unit, c->unit, PROT_NONE) || mprotect(unit, c->unit, PROT_READ) ||
	       !stays_as_it_is(c, unit) || mprotect(unit, c->unit, PROT_READ | PROT_WRITE);
}

TEST_F(change, what_loses_its_rights_and_gets_them_back)
{
	change_all_the_time(_metadata, &self->c, lose_rights);
}

static int move(struct change *c, char *from, char *to)
{
	return mremap(from, c->unit, c->unit, MREMAP_MAYMOVE | MREMAP_FIXED, to) != to;
}

static int move_and_return(struct change *c, char *unit)
{
	return move(c, unit, c->spare) || !stays_as_it_is(c, c->spare) ||
	       move(c, c->spare, unit);
}

TEST_F(change, what_is_moved_away_and_back)
{
	change_all_the_time(_metadata, &self->c, move_and_return);
}

static int lock_and_unlock(struct change *c, char *unit)
{
	return mlock(unit, c->unit) || munlock(unit, c->unit) ||
	       mlock2(unit, c->unit, MLOCK_ONFAULT) || munlock(unit, c->unit);
}

TEST_F(change, what_is_locked_and_unlocked)
{
	change_all_the_time(_metadata, &self->c, lock_and_unlock);
}

/* The last one */
static char *end_of(struct change *c)
{
	return c->busy.user + c->length - c->unit;
}

static bool faults_there(struct change *c, struct vcpu *vcpu)
{
	u64 gpa = BUSY_BASE + (u64)(end_of(c) - c->busy.user);

	return vcpu->run->exit_reason == ARM_VCPU_EXIT_MEMORY_FAULT &&
	       vcpu->run->fault.error == EFAULT && vcpu->run->fault.addr >= gpa;
}

static int cut_off(struct change *c, char *unit)
{
	bool fault;

	if (ftruncate(c->file, unit - c->busy.user))
		return -1;
	fault = wait_for(faults_there(c, c->busy.vcpu[0])) &&
		wait_for(faults_there(c, c->busy.vcpu[1]));
	errno = ENOMSG;		/* if that is what is wrong */
	return !fault || ftruncate(c->file, (off_t)c->length);
}

static int cut(struct change *c, char *unit)
{
	(void)unit;
	return change_and_restore(c, end_of(c), cut_off);
}

TEST_F(file, what_is_cut_off_it_and_there_again)
{
	change_all_the_time(_metadata, &self->c, cut);
}

struct giving_up {
	pthread_t thread;
	struct change *c;
	bool end;
};

/* Of what is large a page in its middle where that can be, by which all of it goes for a while */
static void *give_up_all_the_time(void *arg)
{
	struct giving_up *g = arg;
	struct change *c = g->c;
	size_t length = is_transparent(c) ? page_size() : c->unit;
	u64 i, nr = c->length / c->unit;

	for (i = 0; !READ_ONCE(g->end); i++)
		madvise(c->busy.user + i % nr * c->unit + (c->unit - length) / 2, length,
			MADV_DONTNEED);
	return NULL;
}

/* It is given up for this process, while it is taken out of the file: vCPUs fault beside it */
TEST_F(file, what_goes_twice_at_the_same_time)
{
	struct giving_up g = { .c = &self->c };

	ASSERT_EQ(0, pthread_create(&g.thread, NULL, give_up_all_the_time, &g));
	change_all_the_time(_metadata, &self->c, punch);
	WRITE_ONCE(g.end, true);
	pthread_join(g.thread, NULL);
}

TEST_HARNESS_MAIN
