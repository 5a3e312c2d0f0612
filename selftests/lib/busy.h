/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that is used all the time, by two vCPUs and by the host, while a test does something to
 * it: each adds 1 to a word of its own in every page, round by round, and finds there what it has
 * left.  The vCPUs also look for what the host has written, and the host for what they have:
 * nothing is lost, and nothing old is seen, from either side.  What a test takes away it has to
 * bring back: the vCPUs wait for it where busy_loses() has said so.
 */
#ifndef SELFTEST_BUSY_H
#define SELFTEST_BUSY_H

#include "kselftest_harness.h"
#include "vm.h"

#define BUSY_BASE	(GUEST_RAM + 0x10000000UL)
#define BUSY_VCPUS	2UL
#define BUSY_HOST	BUSY_VCPUS	/* who, beside the vCPUs */
#define BUSY_WORDS	170		/* of each of them: in a page of theirs one is used */

/* In GUEST_SHARED */
struct busy_control {
	u64 end;
	u64 pages, page_size;
	u64 host;			/* rounds of the host's, in all pages */
	u64 losses;			/* begun and ended: while it is odd, some isn't there */
	u64 rounds[BUSY_VCPUS];
};

struct busy {
	struct vm vm;
	struct vcpu *vcpu[BUSY_VCPUS];
	char *user;			/* at BUSY_BASE */
	u64 pages;
	volatile struct busy_control *control;
};

__guest_inline volatile u64 *busy_word(u64 base, u64 page_size, u64 page, u64 who)
{
	return (u64 *)(base + page * page_size) + page % BUSY_WORDS + BUSY_WORDS * who;
}

/* What is there: from @least to @most, unless it is lost meanwhile */
__guest_inline u64 busy_read(volatile struct busy_control *control, volatile u64 *word, u64 least,
			     u64 most)
{
	u64 losses, seen;

	do {
		losses = control->losses;
		dmb();
		seen = *word;
		dmb();
	} while ((seen < least || seen > most) && (losses & 1 || control->losses != losses));
	return seen;
}

static u64 __guest guest_is_busy(u64 me)
{
	volatile struct busy_control *control = (void *)GUEST_SHARED;
	u64 pages = control->pages, page_size = control->page_size, round, host, i;
	volatile u64 *word;

	guest_mmu_on(GUEST_TABLES);
	for (round = 0; !control->end; round++) {
		for (i = 0; i < pages; i++) {
			host = control->host;
			dmb();
			word = busy_word(BUSY_BASE, page_size, i, BUSY_HOST);
			GUEST_ASSERT(busy_read(control, word, host, ~0UL) >= host);
			word = busy_word(BUSY_BASE, page_size, i, me);
			GUEST_ASSERT_EQ(busy_read(control, word, round, round), round);
			*word = round + 1;
		}
		control->rounds[me] = round + 1;
	}
	return round;
}

/* Memory with nothing in it yet, for a VM of its own */
static inline void busy_create(struct busy *busy, char *user, u64 pages)
{
	u64 i;

	vm_create(&busy->vm);
	vm_tables(&busy->vm);
	busy->user = user;
	busy->pages = pages;
	busy->control = vm_host(&busy->vm, GUEST_SHARED);
	busy->control->pages = pages;
	busy->control->page_size = page_size();
	for (i = 0; i < BUSY_VCPUS; i++)
		busy->vcpu[i] = vcpu_create(&busy->vm);
	if (vm_memory(busy->vm.fd, 0, BUSY_BASE, pages * page_size(), user))
		die("SET_MEMORY failed");
}

static inline void busy_start(struct busy *busy)
{
	u64 i;

	for (i = 0; i < BUSY_VCPUS; i++) {
		vcpu_call(busy->vcpu[i], guest_is_busy, i, 0);
		vcpu_start_persistent(busy->vcpu[i]);
	}
}

/* From here on a page may be without what was in it, and isn't written to; until all is back */
static inline void busy_loses(struct busy *busy)
{
	busy->control->losses = busy->control->losses + 1;
	dmb();
}

static inline void busy_has_all(struct busy *busy)
{
	dmb();
	busy->control->losses = busy->control->losses + 1;
}

/* Ends the test if there is anything in a page that can't be */
static inline void busy_look(struct busy *busy, u64 page)
{
	u64 base = (u64)busy->user, who, before, seen;

	for (who = 0; who < BUSY_VCPUS; who++) {
		before = busy->control->rounds[who];
		dmb();
		seen = *busy_word(base, page_size(), page, who);
		dmb();
		if (seen < before || seen > busy->control->rounds[who] + 1)
			die("page %lu: vCPU %lu has written %lu, and %lu is there", page, who,
			    before, seen);
	}
	seen = *busy_word(base, page_size(), page, BUSY_HOST);
	if (seen != busy->control->host)
		die("page %lu: the host has written %lu, and %lu is there", page,
		    busy->control->host, seen);
}

/* The host's round */
static inline void busy_round(struct busy *busy)
{
	u64 host = busy->control->host + 1, i;

	for (i = 0; i < busy->pages; i++) {
		busy_look(busy, i);
		*busy_word((u64)busy->user, page_size(), i, BUSY_HOST) = host;
	}
	dmb();
	busy->control->host = host;
}

/* Until each vCPU has written to all of it @rounds times more, and read what the host has last */
static inline bool busy_wait(struct busy *busy, u64 rounds)
{
	u64 begin[BUSY_VCPUS], i;
	bool came = true;

	for (i = 0; i < BUSY_VCPUS; i++)
		begin[i] = busy->control->rounds[i];
	for (i = 0; i < BUSY_VCPUS; i++)
		came &= wait_for(busy->control->rounds[i] > begin[i] + rounds ||
				 READ_ONCE(busy->vcpu[i]->result) != -EAGAIN);
	return came;
}

/* Whether all came to their ends, and all that they have written is there */
static inline bool busy_end(struct busy *busy)
{
	bool fine = true;
	u64 i, who;

	busy->control->end = 1;
	for (who = 0; who < BUSY_VCPUS; who++)
		fine &= vcpu_join(busy->vcpu[who]) == ARM_VCPU_EXIT_HYPERCALL &&
			busy->vcpu[who]->run->call.immediate == CALL_DONE &&
			busy->control->rounds[who];
	for (i = 0; i < busy->pages; i++) {
		busy_look(busy, i);
		for (who = 0; who < BUSY_VCPUS; who++)
			fine &= *busy_word((u64)busy->user, page_size(), i, who) ==
				busy->control->rounds[who];
	}
	return fine;
}

/*
 * What a test does, and the host's round in between: for so long, and where all is slow until
 * @enough of it has come about.
 */
#define busy_for(busy, ms, enough)							\
	for (u64 begin_ = now_ns();							\
	     now_ns() < begin_ + (ms) * MS ||						\
	     (!(enough) && now_ns() < begin_ + 8 * SECOND * slowness());		\
	     busy_round(busy))

#endif
