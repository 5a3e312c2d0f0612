/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Code that the host writes where a guest executes it.
 */
#ifndef SELFTEST_CODE_H
#define SELFTEST_CODE_H

#include "guest.h"

/* mov x0, #n; hvc #1; b back */
static inline void write_code(void *where, u32 n)
{
	u32 *code = where;

	WRITE_ONCE(code[0], 0xd2800000 | n << 5);
	WRITE_ONCE(code[1], 0xd4000022);
	WRITE_ONCE(code[2], 0x17fffffe);
	__builtin___clear_cache((char *)where, (char *)where + 12);
}

#endif
