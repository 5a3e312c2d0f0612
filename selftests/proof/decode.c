// SPDX-License-Identifier: MIT
/*
 * The library's decoder (tools/lib/decode.c), for each of the 2^32 instructions: it comes to what
 * the manual's tables of Loads and Stores have (DDI 0487, C4.1), which stand here as tables.
 */
#include "proof.h"
#include "decode.h"

#define BITS(insn, high, low)	((insn) >> (low) & ((2U << ((high) - (low))) - 1))

struct row {
	__u8 size;	/* 0: unallocated, or no load and no store */
	__u8 reg_size;
	bool load;
	bool sign_extend;
};

/* By size, V and opc */
static const struct row registers[32] = {
	{ 1, 4 }, { 1, 4, 1 }, { 1, 8, 1, 1 }, { 1, 4, 1, 1 },	/* STRB LDRB LDRSB */
	{ 1, 16 }, { 1, 16, 1 }, { 16, 16 }, { 16, 16, 1 },	/* B, Q */
	{ 2, 4 }, { 2, 4, 1 }, { 2, 8, 1, 1 }, { 2, 4, 1, 1 },	/* STRH LDRH LDRSH */
	{ 2, 16 }, { 2, 16, 1 }, { 0 }, { 0 },			/* H */
	{ 4, 4 }, { 4, 4, 1 }, { 4, 8, 1, 1 }, { 0 },		/* STR LDR LDRSW */
	{ 4, 16 }, { 4, 16, 1 }, { 0 }, { 0 },			/* S */
	{ 8, 8 }, { 8, 8, 1 }, { 0 }, { 0 },			/* STR LDR PRFM */
	{ 8, 16 }, { 8, 16, 1 }, { 0 }, { 0 },			/* D */
};

/* By opc, V and L */
static const struct row pairs[16] = {
	{ 4, 4 }, { 4, 4, 1 }, { 4, 16 }, { 4, 16, 1 },		/* W, S */
	{ 0 }, { 4, 8, 1, 1 }, { 8, 16 }, { 8, 16, 1 },		/* STGP LDPSW, D */
	{ 8, 8 }, { 8, 8, 1 }, { 16, 16 }, { 16, 16, 1 },	/* X, Q */
	{ 0 }, { 0 }, { 0 }, { 0 },
};

static __s64 signed_field(__u32 field, unsigned int bits)
{
	return field >> (bits - 1) ? (__s64)field - (1LL << bits) : (__s64)field;
}

static bool is_register(__u32 insn)
{
	return (insn & 0x3a000000) == 0x38000000;
}

static bool is_pair(__u32 insn)
{
	return (insn & 0x3a000000) == 0x28000000;
}

static bool is_atomic(__u32 insn)
{
	/* LDXR, CASP and CAS, but not LDAR; LDADD to LDUMIN; SWP */
	return (insn & 0x3f800000) == 0x08000000 || (insn & 0x3fa00000) == 0x08a00000 ||
	       (insn & 0x3f208c00) == 0x38200000 || (insn & 0x3f20fc00) == 0x38208000;
}

static struct armvcpu_access new_access(__u32 insn, const struct row *row)
{
	struct armvcpu_access access = {
		.form = row->size ? ARMVCPU_FORM_ACCESS : ARMVCPU_FORM_UNKNOWN,
		.load = row->load, .sign_extend = row->sign_extend,
		.size = row->size, .reg_size = row->reg_size,
		.vector = BITS(insn, 26, 26), .rn = BITS(insn, 9, 5), .count = 1,
		.rt = { BITS(insn, 4, 0) },
	};

	return access;
}

static struct armvcpu_access pair_of(__u32 insn)
{
	unsigned int by = BITS(insn, 31, 30) << 2 | BITS(insn, 26, 26) << 1 | BITS(insn, 22, 22);
	struct armvcpu_access access = new_access(insn, &pairs[by]);

	access.count = 2;
	access.rt[1] = BITS(insn, 14, 10);
	access.offset = signed_field(BITS(insn, 21, 15), 7) * access.size;
	switch (BITS(insn, 24, 23)) {
	case 0: /* non-temporal, of which there is no LDPSW */
		if (access.sign_extend)
			access.form = ARMVCPU_FORM_UNKNOWN;
		break;
	case 1:
		access.post_index = true;
		access.writeback = true;
		break;
	case 3:
		access.writeback = true;
		break;
	}
	return access;
}

static void index_by_register(__u32 insn, struct armvcpu_access *access)
{
	unsigned int option = BITS(insn, 15, 13);

	if (BITS(insn, 11, 10) != 2 || option == 0 || option == 1 || option == 4 || option == 5)
		access->form = ARMVCPU_FORM_UNKNOWN;
	access->has_index = true;
	access->rm = BITS(insn, 20, 16);
	access->extend = option;
	if (BITS(insn, 12, 12))
		while (1 << access->shift < access->size)
			access->shift++;
}

static struct armvcpu_access register_of(__u32 insn)
{
	unsigned int by = BITS(insn, 31, 30) << 3 | BITS(insn, 26, 26) << 2 | BITS(insn, 23, 22);
	struct armvcpu_access access = new_access(insn, &registers[by]);

	if (BITS(insn, 24, 24)) {
		access.offset = BITS(insn, 21, 10) * access.size;
		return access;
	}
	if (BITS(insn, 21, 21)) {
		index_by_register(insn, &access);
		return access;
	}
	access.offset = signed_field(BITS(insn, 20, 12), 9);
	switch (BITS(insn, 11, 10)) {
	case 1:
		access.post_index = true;
		access.writeback = true;
		break;
	case 2: /* LDTR */
		if (access.vector)
			access.form = ARMVCPU_FORM_UNKNOWN;
		break;
	case 3:
		access.writeback = true;
		break;
	}
	return access;
}

/* C6.2 and C7.2: a pair is loaded into two registers, and a base that changes is no other */
static bool unpredictable(const struct armvcpu_access *access)
{
	unsigned int i;

	if (access->count == 2 && access->load && access->rt[0] == access->rt[1])
		return true;
	for (i = 0; i < access->count; i++)
		if (access->writeback && !access->vector && access->rn != 31 &&
		    access->rn == access->rt[i])
			return true;
	return false;
}

static bool same(const struct armvcpu_access *a, const struct armvcpu_access *b)
{
	return a->load == b->load && a->vector == b->vector &&
	       a->sign_extend == b->sign_extend && a->writeback == b->writeback &&
	       a->post_index == b->post_index && a->has_index == b->has_index &&
	       a->count == b->count && a->size == b->size && a->reg_size == b->reg_size &&
	       a->rt[0] == b->rt[0] && a->rt[1] == b->rt[1] && a->rn == b->rn &&
	       a->rm == b->rm && a->extend == b->extend && a->shift == b->shift &&
	       a->offset == b->offset;
}

void proof_decode(void)
{
	__u32 insn = nondet_u32();
	struct armvcpu_access got = armvcpu_decode(insn), want = { ARMVCPU_FORM_UNKNOWN };

	if ((insn & 0xffffffe0) == 0xd50b7420)
		want.form = ARMVCPU_FORM_ZERO;
	else if (is_atomic(insn))
		want.form = ARMVCPU_FORM_ATOMIC;
	else if (is_pair(insn))
		want = pair_of(insn);
	else if (is_register(insn))
		want = register_of(insn);
	if (want.form == ARMVCPU_FORM_ACCESS && unpredictable(&want))
		want.form = ARMVCPU_FORM_UNKNOWN;

	prove(got.form == want.form);
	prove(got.form != ARMVCPU_FORM_ACCESS || same(&got, &want));
}
