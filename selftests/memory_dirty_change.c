// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a region, its flags and its VM can change and go while guests write to it and the
 * log is read; and that a change is for all that guests do once the call has returned.
 */
#include <errno.h>
#include <sys/wait.h>
#include "live.h"

#define SECONDS	thorough(2)
#define FEW	32U	/* pages */

/* Faults that have found the region as it was are on their way when its flags change */
static void change_under_faults(struct live *live, u64 flags, unsigned int round)
{
	large_region(&live->m, 0);
	mprotect(live->m.user, live->m.huge, PROT_READ);
	mprotect(live->m.user, live->m.huge, PROT_READ | PROT_WRITE);
	if (!(round % 4))
		usleep(50);
	if (large_region(&live->m, flags))
		die("SET_MEMORY failed");
}

/* Pages that change for a while and aren't in the log, if there is one */
static u64 change_unseen(struct live *live, char *copy, bool logged)
{
	u64 n, nr = 0;
	bool changed[FEW];

	memcpy(copy, live->m.user, FEW * live->m.page);
	sleep_ms(1);
	for (n = 0; n < FEW; n++)
		changed[n] = memcmp(copy + n * live->m.page, live->m.user + n * live->m.page,
				    live->m.page);
	if (logged)
		harvest(live, 0);
	for (n = 0; n < FEW; n++)
		nr += changed[n] && !(logged && dirty_is(live->bits, n));
	return nr;
}

TEST_F_TIMEOUT(live, a_change_is_for_faults_that_are_on_their_way, 60)
{
	struct live *live = &self->live;
	char *copy = map_pages(FEW * live->m.page);
	pthread_t thread[WRITERS];
	u64 end = now_ns() + SECONDS * SECOND;
	unsigned int round;

	memset(live->m.user, 0, live->m.length);
	ASSERT_EQ(0, large_region(&live->m, LOG));
	start_writers(live, thread, FEW);
	for (round = 0; now_ns() < end; round++) {
		change_under_faults(live, LOG, round);
		EXPECT_EQ(0, change_unseen(live, copy, true)) TH_LOG("round %u", round);
		change_under_faults(live, ARM_VCPU_MEMORY_READONLY, round);
		EXPECT_EQ(0, change_unseen(live, copy, false)) TH_LOG("round %u", round);
	}
	TH_LOG("%u rounds", round);
	large_region(&live->m, 0);
	EXPECT_TRUE(stop_writers(live, thread));
}

/* Reads the log until told to end; counts what it gets */
struct reader {
	struct live *live;
	pthread_t thread;
	bool end;
	u64 worked, gone;
	int wrong;
};

static void *reads_log(void *arg)
{
	struct reader *reader = arg;
	struct live *live = reader->live;
	u64 flags = 0;
	int ret;

	for (; !READ_ONCE(reader->end); flags = flags ? flags << 1 & 3 : 1) {
		ret = dirty_get(&live->m.vm, flags, BASE, live->m.all, live->bits);
		reader->worked += !ret;
		reader->gone += ret == -ENOENT;
		if (ret && ret != -ENOENT)
			WRITE_ONCE(reader->wrong, ret);
	}
	return NULL;
}

static void change(struct live *live, u64 n)
{
	pid_t pid;

	switch (n % 4) {
	case 0:
		vm_memory(live->m.vm.fd, 0, BASE, 0, NULL);
		large_region(&live->m, LOG);
		break;
	case 1:
		large_region(&live->m, 0);
		break;
	case 2:
		large_region(&live->m, LOG | (n & 4 ? ARM_VCPU_MEMORY_READONLY : 0));
		break;
	default:
		pid = fork();
		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
}

TEST_F(live, regions_change_and_go_while_it_is_read)
{
	struct live *live = &self->live;
	struct reader reader = { .live = live };
	pthread_t thread[WRITERS];
	u64 n, end = now_ns() + SECONDS * SECOND;

	ASSERT_EQ(0, large_region(&live->m, LOG));
	start_writers(live, thread, live->m.all);
	pthread_create(&reader.thread, NULL, reads_log, &reader);
	for (n = 0; n < 200 && now_ns() < end; n++)
		change(live, n);
	EXPECT_TRUE(stop_writers(live, thread));
	WRITE_ONCE(reader.end, true);
	pthread_join(reader.thread, NULL);
	TH_LOG("%lu, and %lu where there was none", (unsigned long)reader.worked,
	       (unsigned long)reader.gone);
	EXPECT_LT(0, reader.worked);
	EXPECT_EQ(0, reader.wrong);
}

TEST_F(live, a_vm_is_closed_while_it_is_read)
{
	struct live *live = &self->live;
	struct reader reader = { .live = live };
	int n, fd;

	ASSERT_EQ(0, large_region(&live->m, LOG));
	pthread_create(&reader.thread, NULL, reads_log, &reader);
	for (n = 0; n < 50; n++) {
		fd = vm_open();
		ASSERT_EQ(0, vm_memory(fd, LOG, BASE, live->m.length, live->m.user));
		/* In its place: the last reference may be that of a command */
		ASSERT_EQ(live->m.vm.fd, dup2(fd, live->m.vm.fd));
		close(fd);
		sleep_ms(2);
	}
	WRITE_ONCE(reader.end, true);
	pthread_join(reader.thread, NULL);
	EXPECT_LT(0, reader.worked);
	EXPECT_EQ(0, reader.wrong);
}

TEST_HARNESS_MAIN
