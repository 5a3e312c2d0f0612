/* SPDX-License-Identifier: MIT */
/*
 * Marks in the instruction stream, which plugin.c looks for.  They are hints that the
 * architecture hasn't given a meaning: no-operations on every CPU.
 */
#ifndef BENCH_MARKER_H
#define BENCH_MARKER_H

#define MARK_OPERATION	0x60 /* another operation begins */
#define MARK_START	0x61 /* what is measured begins */
#define MARK_STOP	0x62 /* and ends */

/* The instruction HINT #mark */
#define MARK_OPCODE(mark)	(0xd503201f | ((mark) << 5))

#ifndef __ASSEMBLER__
#define mark(which)	asm volatile("hint #%0" : : "i" (which) : "memory")
#endif

#endif /* BENCH_MARKER_H */
