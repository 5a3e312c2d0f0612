// SPDX-License-Identifier: MIT
/* See decode.h.  Field names are the manual's. */
#include "decode.h"

#define BIT(insn, n)		((insn) >> (n) & 1)
#define FIELD(insn, hi, lo)	((insn) >> (lo) & ((1U << ((hi) - (lo) + 1)) - 1))

/* op0 of Loads and Stores is bits 31:28; a class is told by bits 29:27 and 25:24 */
#define CLASS(insn)		(FIELD(insn, 29, 27) << 2 | FIELD(insn, 25, 24))
#define CLASS_PAIR_NO_INDEX	0x14 /* 101 00, with bit 23 clear: non-temporal, else post-index */
#define CLASS_PAIR_INDEX	0x15 /* 101 01 */
#define CLASS_REGISTER		0x1c /* 111 00 */
#define CLASS_REGISTER_UNSIGNED	0x1d /* 111 01 */
#define CLASS_EXCLUSIVE		0x04 /* 001 00 */

static const struct armvcpu_access unknown = { .form = ARMVCPU_FORM_UNKNOWN };

static __s64 sign_extend(__u32 value, unsigned int bits)
{
	__u32 sign = 1U << (bits - 1);

	return (__s64)(value ^ sign) - sign;
}

/* Would the manual let a CPU do this and that? */
static bool unpredictable(const struct armvcpu_access *access)
{
	if (access->load && access->count == 2 && access->rt[0] == access->rt[1])
		return true;
	if (!access->writeback || access->vector || access->rn == 31)
		return false;
	return access->rt[0] == access->rn || (access->count == 2 && access->rt[1] == access->rn);
}

static bool pair_sizes(struct armvcpu_access *access, __u32 opc, bool temporal)
{
	if (access->vector) {
		access->size = 4 << opc;
		access->reg_size = 16;
		return opc != 3;
	}

	access->size = opc == 2 ? 8 : 4;
	access->reg_size = opc ? 8 : 4;
	if (opc == 1) { /* LDPSW; what would be its store is STGP, of tags */
		access->sign_extend = true;
		return access->load && temporal;
	}
	return opc != 3;
}

static struct armvcpu_access decode_pair(__u32 insn)
{
	/* 0: non-temporal, 1: post-index, 2: offset, 3: pre-index */
	__u32 mode = FIELD(insn, 24, 23);
	struct armvcpu_access access = {
		.form = ARMVCPU_FORM_ACCESS,
		.load = BIT(insn, 22),
		.vector = BIT(insn, 26),
		.writeback = mode & 1,
		.post_index = mode == 1,
		.count = 2,
		.rt = { FIELD(insn, 4, 0), FIELD(insn, 14, 10) },
		.rn = FIELD(insn, 9, 5),
	};

	if (!pair_sizes(&access, FIELD(insn, 31, 30), mode))
		return unknown;
	access.offset = sign_extend(FIELD(insn, 21, 15), 7) * access.size;
	return access;
}

static bool register_sizes(struct armvcpu_access *access, __u32 size, __u32 opc)
{
	if (access->vector) {
		__u32 scale = (opc >> 1) << 2 | size;

		access->size = 1 << scale;
		access->reg_size = 16;
		access->load = opc & 1;
		return scale <= 4;
	}

	access->size = 1 << size;
	access->load = opc;
	access->sign_extend = opc >= 2;
	access->reg_size = size == 3 || opc == 2 ? 8 : 4;
	/* 2: to 64 bits; of 64 bits it is a prefetch.  3: to 32 bits */
	return opc < 2 || size < (opc == 2 ? 3 : 2);
}

/* Bits 11:10 say how, where bit 21 is clear */
enum { UNSCALED, POST_INDEX, UNPRIVILEGED, PRE_INDEX };

static bool immediate_offset(struct armvcpu_access *access, __u32 insn)
{
	__u32 mode = FIELD(insn, 11, 10);

	access->offset = sign_extend(FIELD(insn, 20, 12), 9);
	access->writeback = mode == POST_INDEX || mode == PRE_INDEX;
	access->post_index = mode == POST_INDEX;
	return !(mode == UNPRIVILEGED && access->vector);
}

static bool register_offset(struct armvcpu_access *access, __u32 insn, __u32 scale)
{
	access->has_index = true;
	access->rm = FIELD(insn, 20, 16);
	access->extend = FIELD(insn, 15, 13);
	access->shift = BIT(insn, 12) ? scale : 0;
	/* extension from less than 32 bits is unallocated, and bits 11:10 say what else it is */
	return access->extend & 2 && FIELD(insn, 11, 10) == 2;
}

static struct armvcpu_access decode_register(__u32 insn)
{
	struct armvcpu_access access = {
		.form = ARMVCPU_FORM_ACCESS,
		.vector = BIT(insn, 26),
		.count = 1,
		.rt = { FIELD(insn, 4, 0) },
		.rn = FIELD(insn, 9, 5),
	};
	bool known;

	if (!register_sizes(&access, FIELD(insn, 31, 30), FIELD(insn, 23, 22)))
		return unknown;
	if (BIT(insn, 24)) {
		access.offset = (__s64)FIELD(insn, 21, 10) * access.size;
		return access;
	}
	if (BIT(insn, 21))
		known = register_offset(&access, insn, __builtin_ctz(access.size));
	else
		known = immediate_offset(&access, insn);
	return known ? access : unknown;
}

/* LDADD, SWP and their like; with o3, bit 15, opc, bits 14:12, is other things than SWP */
static bool is_atomic_operation(__u32 insn)
{
	return CLASS(insn) == CLASS_REGISTER && !BIT(insn, 26) && BIT(insn, 21) &&
	       !FIELD(insn, 11, 10) && (!BIT(insn, 15) || !FIELD(insn, 14, 12));
}

/* With o2, bit 23, and without o1, bit 21, they are LDAR and STLR */
static bool is_exclusive(__u32 insn)
{
	return CLASS(insn) == CLASS_EXCLUSIVE && !BIT(insn, 26) &&
	       (!BIT(insn, 23) || BIT(insn, 21));
}

static bool is_dc_zva(__u32 insn)
{
	return (insn & ~0x1fU) == 0xd50b7420;
}

struct armvcpu_access armvcpu_decode(__u32 insn)
{
	struct armvcpu_access access = unknown;

	if (is_dc_zva(insn)) {
		access.form = ARMVCPU_FORM_ZERO;
		return access;
	}
	if (is_exclusive(insn) || is_atomic_operation(insn)) {
		access.form = ARMVCPU_FORM_ATOMIC;
		return access;
	}

	switch (CLASS(insn)) {
	case CLASS_PAIR_NO_INDEX:
	case CLASS_PAIR_INDEX:
		access = decode_pair(insn);
		break;
	case CLASS_REGISTER:
	case CLASS_REGISTER_UNSIGNED:
		access = decode_register(insn);
		break;
	}
	return unpredictable(&access) ? unknown : access;
}
