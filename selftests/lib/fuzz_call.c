// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands that the fuzzer issues, the files that they are for, and what becomes of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>
#include "fuzz.h"

#define EVENTS		4
#define MAX_COMMANDS	64
#define MAX_EXITS	64

struct find {
	const struct fuzz_command *command;
	int result;
	u64 arg[8];
};

/* Children's results count, too */
struct shared {
	u64 calls;
	u64 succeeded[MAX_COMMANDS];
	u64 refused[MAX_COMMANDS];	/* for a reason of its own */
	u64 longest[MAX_COMMANDS];	/* in ns, by the clock */
	u64 exits[MAX_EXITS];		/* of guests, by reason */
	u32 nr_finds;
	struct find finds[FUZZ_FINDS];
};

const struct fuzz_abi *fuzz_target;
static struct shared *shared;
static int files[FUZZ_KINDS][FUZZ_FILES];	/* taken and replaced by any thread; -1: none */
static int events[EVENTS];

static u64 add(u64 *counter, u64 n)
{
	return __atomic_add_fetch(counter, n, __ATOMIC_RELAXED);
}

int fuzz_file(struct fuzz *f, enum fuzz_kind kind)
{
	return __atomic_load_n(&files[kind][fuzz_below(f, FUZZ_FILES)], __ATOMIC_ACQUIRE);
}

int fuzz_event(struct fuzz *f)
{
	return __atomic_load_n(&fuzz_pick(f, events), __ATOMIC_ACQUIRE);
}

/* Puts @fd, or nothing (-1), into a slot, and closes what was there */
static void replace(int *slot, int fd)
{
	fd = __atomic_exchange_n(slot, fd, __ATOMIC_ACQ_REL);
	if (fd >= 0)
		close(fd);
}

void fuzz_put_file(struct fuzz *f, enum fuzz_kind kind, int fd)
{
	replace(&fuzz_pick(f, files[kind]), fd);
}

void fuzz_put_event(struct fuzz *f, int fd)
{
	replace(&fuzz_pick(f, events), fd);
}

int fuzz_open(struct fuzz *f)
{
	int fd = open(fuzz_target->device, O_RDWR | O_CLOEXEC);

	if (fd >= 0)
		fuzz_put_file(f, fuzz_target->opens, fd);
	return fd;
}

/* What any command may return: of another file by now, or of a pointer or a value */
static bool is_general(const struct fuzz_command *c, int error)
{
	return error == EBADF || error == ENOTTY || error == EINVAL ||
	       (c->size && error == EFAULT) || (c->sized && error == E2BIG);
}

static bool is_its_own(const struct fuzz_command *c, int error)
{
	const int *errors = c->errors;

	while (errors && *errors)
		if (error == *errors++)
			return true;
	return false;
}

static void found_result(const struct fuzz_command *c, int result, const void *arg)
{
	u32 n = __atomic_fetch_add(&shared->nr_finds, 1, __ATOMIC_RELAXED);
	struct find *find = &shared->finds[n];

	if (n >= FUZZ_FINDS)
		return;
	find->result = result;
	if (c->size)
		memcpy(find->arg, arg, c->size < sizeof(find->arg) ? c->size : sizeof(find->arg));
	__atomic_store_n(&find->command, c, __ATOMIC_RELEASE);
}

void fuzz_found(const char *fmt, ...)
{
	va_list args;

	if (__atomic_fetch_add(&shared->nr_finds, 1, __ATOMIC_RELAXED) >= FUZZ_FINDS)
		return;
	flockfile(stdout);
	printf("# found: ");
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
	funlockfile(stdout);
}

int fuzz_result(struct fuzz *f, const struct fuzz_command *c, int ret, u64 took, const void *shown)
{
	u64 index = (u64)(c - fuzz_target->commands);
	int fd;

	if (took > READ_ONCE(shared->longest[index]))
		WRITE_ONCE(shared->longest[index], took);
	add(&shared->calls, 1);
	if (ret >= 0) {
		add(&shared->succeeded[index], 1);
		fd = c->given ? c->given(shown) : ret;
		if (c->gives && fd >= 0)
			fuzz_put_file(f, c->gives, fd);
		return c->given ? fd : ret;
	}
	if (!is_general(c, -ret) && !is_its_own(c, -ret))
		found_result(c, ret, shown);
	else if (ret != -EBADF && ret != -ENOTTY)
		add(&shared->refused[index], 1);
	return ret;
}

int fuzz_issue(struct fuzz *f, const struct fuzz_command *c, int fd, void *arg, const void *shown)
{
	u64 begin = now_ns();
	int ret = vm_ioctl(fd, c->number, arg);

	return fuzz_result(f, c, ret, now_ns() - begin, shown);
}

int fuzz_call(struct fuzz *f, const struct fuzz_command *c, int fd, const void *arg)
{
	char *copy = f->arg - c->size;

	if (!c->size)
		return fuzz_issue(f, c, fd, (void *)arg, NULL);
	memcpy(copy, arg, c->size);
	return fuzz_issue(f, c, fd, copy, copy);
}

/* A page that isn't to be trusted says so, but mostly it is what it was */
void fuzz_exited(u32 reason)
{
	if (reason < MAX_EXITS)
		add(&shared->exits[reason], 1);
}

int fuzz_try(struct fuzz *f, const struct fuzz_command *c, int fd)
{
	char arg[FUZZ_MAX_SIZE] __attribute__((aligned(8))) = { };

	if (c->sized)
		*(u32 *)arg = c->size;
	if (c->make)
		c->make(f, arg);
	return fuzz_call(f, c, fd, c->size ? arg : (void *)*(u64 *)arg);
}

void fuzz_calls_begin(const struct fuzz_abi *abi)
{
	int kind, i;

	if (abi->nr > MAX_COMMANDS)
		die("%u commands are too many", abi->nr);
	fuzz_target = abi;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	if (shared == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	for (kind = 0; kind < FUZZ_KINDS; kind++)
		for (i = 0; i < FUZZ_FILES; i++)
			files[kind][i] = -1;
	for (i = 0; i < EVENTS; i++)
		events[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

void fuzz_calls_end(void)
{
	int kind, i;

	for (kind = 0; kind < FUZZ_KINDS; kind++)
		for (i = 0; i < FUZZ_FILES; i++)
			replace(&files[kind][i], -1);
	for (i = 0; i < EVENTS; i++)
		replace(&events[i], -1);
}

u64 fuzz_calls(void)
{
	return READ_ONCE(shared->calls);
}

u32 fuzz_finds(void)
{
	return READ_ONCE(shared->nr_finds);
}

bool fuzz_reached_all(void)
{
	const struct fuzz_command *c = fuzz_target->commands;
	unsigned int i;

	for (i = 0; i < fuzz_target->nr; i++)
		if ((!shared->succeeded[i] || (!shared->refused[i] && !c[i].always)) &&
		    (!c[i].gic || fuzz_target->has_gic))
			return false;
	return true;
}

static void print_finds(void)
{
	u32 i, j;

	for (i = 0; i < shared->nr_finds && i < FUZZ_FINDS; i++) {
		const struct find *find = &shared->finds[i];

		if (!find->command)
			continue;
		printf("# found: %s: %s:", find->command->name, strerror(-find->result));
		for (j = 0; j < ARRAY_SIZE(find->arg); j++)
			printf(" %#lx", find->arg[j]);
		printf("\n");
	}
}

void fuzz_print(u64 seed)
{
	u32 i;

	printf("# seed %lu, %lu calls: succeeded, refused, took at most\n", seed, shared->calls);
	for (i = 0; i < fuzz_target->nr; i++) {
		if (!shared->succeeded[i] && !shared->refused[i])
			continue;
		printf("#   %-26s %8lu %8lu %6lu ms\n", fuzz_target->commands[i].name,
		       shared->succeeded[i], shared->refused[i], shared->longest[i] / MS);
	}
	printf("# exits:");
	for (i = 0; i < MAX_EXITS; i++)
		if (shared->exits[i])
			printf(" %u: %lu", i, shared->exits[i]);
	printf("\n");
	print_finds();
}
