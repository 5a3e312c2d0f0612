/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fuzzer of commands: threads, and a child now and then, issue what a table has, on files
 * that the others close and replace meanwhile, with arguments that are plausible, nearly so, or
 * not at all.  All that a guest shares with the host is rewritten at the same time, and its
 * memory goes and comes.  What a command returns has to be what its documentation names.
 *
 *   ARM_VCPU_SEED           other draws than the usual ones
 *   ARM_VCPU_FUZZ_MINUTES   goes on for so long, and not for so many calls
 */
#ifndef SELFTEST_FUZZ_H
#define SELFTEST_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include "vm.h"

/* Kinds of files */
enum fuzz_kind { FUZZ_NONE, FUZZ_SYSTEM, FUZZ_VM, FUZZ_VCPU, FUZZ_DEVICE, FUZZ_KINDS };

#define FUZZ_FILES	6	/* of a kind at a time */
#define FUZZ_PAGES	64UL	/* of guests' memory */
#define FUZZ_RAM	0x40000000UL	/* where guests have it */
#define FUZZ_CODE	8UL	/* of them, the first that guests execute */
#define FUZZ_MAX_SIZE	3328	/* of an argument */

/* Where guests have a GIC's frames */
#define FUZZ_DIST	0x08000000UL
#define FUZZ_ITS	0x08080000UL
#define FUZZ_REDIST	0x08100000UL

/* A thread's */
struct fuzz {
	u64 state;
	char *arg;	/* the end of the memory for an argument, behind which there is none */
};

/**
 * struct fuzz_command - a row of the table
 * @name: for people
 * @number: of the ioctl
 * @size: of its struct; 0: its argument is a number
 * @sized: the struct begins with its size
 * @on: what kind of file it is for
 * @gives: what kind of descriptor it returns, if it is one
 * @address: where in the struct an address of this process is; 0: nowhere
 * @always: it is never refused
 * @gic: it is for hosts whose guests can have a GIC
 * @make: a plausible argument, in zeros
 * @tame: takes out of one what the fuzzer couldn't live with; NULL: nothing
 * @given: the descriptor in the struct of one that has succeeded, or -1; NULL: what it returns
 * @errors: that it may return, beside what any may (fuzz_call.c); ends with 0
 */
struct fuzz_command {
	const char *name;
	unsigned int number;
	u16 size;
	bool sized;
	u8 on;
	u8 gives;
	u16 address;
	bool always;
	bool gic;
	void (*make)(struct fuzz *f, void *arg);
	void (*tame)(void *arg);
	int (*given)(const void *arg);
	const int *errors;
};

#define FUZZ_ERRORS(...)	((const int[]) { __VA_ARGS__, 0 })

/**
 * struct fuzz_abi - what is fuzzed
 * @device: its node
 * @opens: what kind of file that is
 * @has_gic: whether guests can have a GIC here
 * @commands: all that it has
 * @nr: how many
 * @build: sets up a VM, by fuzz_call()
 * @run: runs a vCPU, whose page is @page, a few times, by fuzz_call()
 * @scribble: rewrites a vCPU's page
 */
struct fuzz_abi {
	const char *device;
	enum fuzz_kind opens;
	bool has_gic;
	const struct fuzz_command *commands;
	unsigned int nr;
	void (*build)(struct fuzz *f);
	void (*run)(struct fuzz *f, int vcpu, void *page);
	void (*scribble)(struct fuzz *f, void *page);
};

/* Whether all went well; says what didn't */
bool fuzz_run(const struct fuzz_abi *abi);

/**
 * struct fuzz_session - a run of a fuzzer, of whatever it is
 * @seed: of its draws
 * @minutes: that somebody has asked for, or 0
 * @end: of its time
 * @users: that the module has had before
 * @kmsg: the kernel's log, from then on
 */
struct fuzz_session {
	u64 seed, minutes, end;
	int users, kmsg;
};

/* @patience: in ns, if nobody has asked for minutes.  Of @abi, what fuzz_call() needs. */
void fuzz_begin(struct fuzz_session *session, const struct fuzz_abi *abi, u64 patience);
/* All files are closed.  Whether nothing was found, in the log neither, and nothing is left */
bool fuzz_end(struct fuzz_session *session);
/* A thread's draws: @nr of @seed, below 2 * FUZZ_PAGES */
void fuzz_thread(struct fuzz *f, u64 seed, u64 nr);

/* For the functions of an ABI */

void fuzz_exited(u32 reason);		/* counts a guest's exit */
/* What mustn't be */
void fuzz_found(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

u64 fuzz_next(struct fuzz *f);
#define fuzz_below(f, n)	(fuzz_next(f) % (n))
#define fuzz_one_in(f, n)	(!fuzz_below(f, n))
#define fuzz_pick(f, array)	((array)[fuzz_below(f, ARRAY_SIZE(array))])
u64 fuzz_value(struct fuzz *f);		/* anything, often with a meaning */
u64 fuzz_page(struct fuzz *f);		/* a page of the memory of guests: its number */
u64 fuzz_gpa(struct fuzz *f);		/* a guest-physical address */
u64 fuzz_user(struct fuzz *f);		/* a page of this process that a guest may have, too */
u64 fuzz_word(struct fuzz *f, u64 value);	/* the address of one that has this value */
int fuzz_event(struct fuzz *f);		/* an eventfd */
int fuzz_file(struct fuzz *f, enum fuzz_kind kind);	/* -1: none at the moment */
int fuzz_open(struct fuzz *f);		/* the device */

/* A command as it is, and its result; and with what is plausible */
int fuzz_call(struct fuzz *f, const struct fuzz_command *c, int fd, const void *arg);
int fuzz_try(struct fuzz *f, const struct fuzz_command *c, int fd);

/* Between the parts of the fuzzer */

extern const struct fuzz_abi *fuzz_target;

/* Of all commands, also a child's */
#define FUZZ_FINDS	8
void fuzz_calls_begin(const struct fuzz_abi *abi);
void fuzz_calls_end(void);		/* closes all files */
u64 fuzz_calls(void);			/* how many there were */
u32 fuzz_finds(void);			/* how many returned what they mustn't */
bool fuzz_reached_all(void);		/* each has done what it is for, and has been refused */
void fuzz_print(u64 seed);

/* One step of a thread; and a vCPU's page, rewritten so often */
void fuzz_step(struct fuzz *f);
void fuzz_scribble(struct fuzz *f, u64 times);

/* In the place of another one, which is closed; -1: nothing */
void fuzz_put_file(struct fuzz *f, enum fuzz_kind kind, int fd);
void fuzz_put_event(struct fuzz *f, int fd);

/* @arg is what the ioctl takes, @shown what it was, in memory that can be read */
int fuzz_issue(struct fuzz *f, const struct fuzz_command *c, int fd, void *arg, const void *shown);
/* Draws @arg */
void *fuzz_argument(struct fuzz *f, const struct fuzz_command *c);
/* Counts and judges what one has returned, @took ns later; what it comes to */
int fuzz_result(struct fuzz *f, const struct fuzz_command *c, int ret, u64 took, const void *shown);

/* What guests execute: @words of it, in the end a branch to the first; and at EL0 in AArch32 */
void fuzz_code(struct fuzz *f, u32 *code, unsigned int words);
void fuzz_code32(struct fuzz *f, u32 *code, unsigned int words, bool thumb);

/* Beside this range, nothing of the process is below 1 TiB but its program and heap */
#define FUZZ_ARENA	(1UL << 36)
#define FUZZ_ARENA_SIZE	(1UL << 30)
#define FUZZ_MEMORY	(FUZZ_ARENA + FUZZ_ARENA_SIZE / 2)
#define FUZZ_ARGS	(FUZZ_ARENA + FUZZ_ARENA_SIZE / 4)

#endif
