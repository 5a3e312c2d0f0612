/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * V0 to V31, FPCR and FPSR: in guests and around a RUN.
 */
#ifndef SELFTEST_FP_H
#define SELFTEST_FP_H

#define FP_FPCR		512	/* offsets in struct fp */
#define FP_FPSR		520

#ifndef __ASSEMBLER__
#include "guest.h"

struct fp {
	u64 v[64];
	u64 fpcr, fpsr;
};

/* Guests. x0: struct fp to load, x1: where to store, again and again; HVC 1 in between, 2 after */
extern void guest_fp(void);
/* The same once, without an exit in between: x2 counts down there, with FP in use */
extern void guest_fp_long(void);
/* Stores to x1 what it finds */
extern void guest_fp_fresh(void);

/*
 * For guests with FP allowed: a computation in which every register depends on its neighbours,
 * with what FPCR does to D31; guest_fp_end() stores them all
 */
void guest_fp_begin(u64 seed);
void guest_fp_step(void);
void guest_fp_end(struct fp *fp);

/* ioctl(fd, command) with @in in the registers, which go to @out afterwards; -errno */
int host_run(int fd, unsigned long command, const struct fp *in, struct fp *out);
#endif
#endif
