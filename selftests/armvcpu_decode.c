// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that libarmvcpu decodes what the assembler encodes, and nothing that it doesn't know.
 * What the decoded instructions do is armvcpu_emulate's.  Needs no VM.
 */
#include <string.h>
#include "kselftest_harness.h"
#include "decode.h"

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#endif

#define ACCESS	.form = ARMVCPU_FORM_ACCESS
#define LOAD	ACCESS, .load = true
#define STORE	ACCESS
#define VECTOR	.vector = true, .reg_size = 16
#define PRE	.writeback = true
#define POST	.writeback = true, .post_index = true
#define INDEX(m, ext, by) .has_index = true, .rm = (m), .extend = (ext), .shift = (by)
#define ONE(t, n, bytes) .count = 1, .rt = { t }, .rn = (n), .size = (bytes)
#define TWO(t, t2, n, bytes) .count = 2, .rt = { t, t2 }, .rn = (n), .size = (bytes)
#define W	.reg_size = 4
#define X	.reg_size = 8
#define SIGNED	.sign_extend = true
#define OFFSET(by) .offset = (by)

#define FORMS(F)								\
F("ldp w2, w3, [x1]", LOAD, TWO(2, 3, 1, 4), W)					\
F("ldp x2, x3, [x1, #-512]", LOAD, TWO(2, 3, 1, 8), X, OFFSET(-512))		\
F("ldp x30, xzr, [sp, #504]", LOAD, TWO(30, 31, 31, 8), X, OFFSET(504))		\
F("ldp x2, x3, [x1], #16", LOAD, TWO(2, 3, 1, 8), X, POST, OFFSET(16))		\
F("ldp w2, w3, [x1, #-8]!", LOAD, TWO(2, 3, 1, 4), W, PRE, OFFSET(-8))		\
F("ldpsw x2, x3, [x1, #4]", LOAD, TWO(2, 3, 1, 4), X, SIGNED, OFFSET(4))	\
F("ldpsw x2, x3, [x1], #8", LOAD, TWO(2, 3, 1, 4), X, SIGNED, POST, OFFSET(8))	\
F("ldnp x4, x5, [x6, #32]", LOAD, TWO(4, 5, 6, 8), X, OFFSET(32))		\
F("stnp w4, w5, [x6, #32]", STORE, TWO(4, 5, 6, 4), W, OFFSET(32))		\
F("stp x2, x2, [x1]", STORE, TWO(2, 2, 1, 8), X)				\
F("stp xzr, x1, [x1, #16]", STORE, TWO(31, 1, 1, 8), X, OFFSET(16))		\
F("stp x1, x2, [sp, #-16]!", STORE, TWO(1, 2, 31, 8), X, PRE, OFFSET(-16))	\
F("ldp s0, s1, [x2, #4]", LOAD, TWO(0, 1, 2, 4), VECTOR, OFFSET(4))		\
F("ldp d30, d31, [x2], #-16", LOAD, TWO(30, 31, 2, 8), VECTOR, POST, OFFSET(-16)) \
F("stp q0, q1, [x0, #1008]", STORE, TWO(0, 1, 0, 16), VECTOR, OFFSET(1008))	\
F("stnp q0, q1, [x0, #-1024]", STORE, TWO(0, 1, 0, 16), VECTOR, OFFSET(-1024))	\
F("stp d1, d2, [x1, #8]!", STORE, TWO(1, 2, 1, 8), VECTOR, PRE, OFFSET(8))	\
F("ldrb w2, [x1], #1", LOAD, ONE(2, 1, 1), W, POST, OFFSET(1))			\
F("ldrh w2, [x1, #-2]!", LOAD, ONE(2, 1, 2), W, PRE, OFFSET(-2))		\
F("ldr w2, [x1], #-256", LOAD, ONE(2, 1, 4), W, POST, OFFSET(-256))		\
F("ldr x2, [x1, #255]!", LOAD, ONE(2, 1, 8), X, PRE, OFFSET(255))		\
F("ldrsb w2, [x1], #1", LOAD, ONE(2, 1, 1), W, SIGNED, POST, OFFSET(1))		\
F("ldrsb x2, [x1], #1", LOAD, ONE(2, 1, 1), X, SIGNED, POST, OFFSET(1))		\
F("ldrsh w2, [x1, #2]!", LOAD, ONE(2, 1, 2), W, SIGNED, PRE, OFFSET(2))		\
F("ldrsh x2, [x1, #2]!", LOAD, ONE(2, 1, 2), X, SIGNED, PRE, OFFSET(2))		\
F("ldrsw x2, [sp], #16", LOAD, ONE(2, 31, 4), X, SIGNED, POST, OFFSET(16))	\
F("strb w2, [x1, #1]!", STORE, ONE(2, 1, 1), W, PRE, OFFSET(1))			\
F("strh wzr, [x1], #2", STORE, ONE(31, 1, 2), W, POST, OFFSET(2))		\
F("str x2, [sp, #-16]!", STORE, ONE(2, 31, 8), X, PRE, OFFSET(-16))		\
F("ldur x2, [x1, #-3]", LOAD, ONE(2, 1, 8), X, OFFSET(-3))			\
F("sttrh w2, [x1, #3]", STORE, ONE(2, 1, 2), W, OFFSET(3))			\
F("ldtrsw x2, [x1, #3]", LOAD, ONE(2, 1, 4), X, SIGNED, OFFSET(3))		\
F("ldr x2, [x1, #32760]", LOAD, ONE(2, 1, 8), X, OFFSET(32760))			\
F("ldrsb w2, [x1, #4095]", LOAD, ONE(2, 1, 1), W, SIGNED, OFFSET(4095))		\
F("ldr b1, [x2, #4095]", LOAD, ONE(1, 2, 1), VECTOR, OFFSET(4095))		\
F("str h1, [x2], #2", STORE, ONE(1, 2, 2), VECTOR, POST, OFFSET(2))		\
F("ldur s1, [x2, #-1]", LOAD, ONE(1, 2, 4), VECTOR, OFFSET(-1))			\
F("str d1, [x2, #8]", STORE, ONE(1, 2, 8), VECTOR, OFFSET(8))			\
F("ldr q1, [x1, #65520]", LOAD, ONE(1, 1, 16), VECTOR, OFFSET(65520))		\
F("str q31, [sp, #-16]!", STORE, ONE(31, 31, 16), VECTOR, PRE, OFFSET(-16))	\
F("ldr q1, [x1], #16", LOAD, ONE(1, 1, 16), VECTOR, POST, OFFSET(16))		\
F("ldr w2, [x1, x3]", LOAD, ONE(2, 1, 4), W, INDEX(3, 3, 0))			\
F("ldr x2, [x1, w3, uxtw #3]", LOAD, ONE(2, 1, 8), X, INDEX(3, 2, 3))		\
F("strb w2, [x1, w3, sxtw]", STORE, ONE(2, 1, 1), W, INDEX(3, 6, 0))		\
F("ldrsh x2, [x1, x3, sxtx #1]", LOAD, ONE(2, 1, 2), X, SIGNED, INDEX(3, 7, 1))	\
F("str q2, [x1, x3, lsl #4]", STORE, ONE(2, 1, 16), VECTOR, INDEX(3, 3, 4))	\
F("ldr d2, [sp, xzr, lsl #3]", LOAD, ONE(2, 31, 8), VECTOR, INDEX(31, 3, 3))	\
F("ldxr x2, [x1]", .form = ARMVCPU_FORM_ATOMIC)					\
F("stxrb w2, w3, [x1]", .form = ARMVCPU_FORM_ATOMIC)				\
F("ldaxp x2, x3, [x1]", .form = ARMVCPU_FORM_ATOMIC)				\
F("stlxp w4, x2, x3, [x1]", .form = ARMVCPU_FORM_ATOMIC)			\
F("casal x2, x3, [x1]", .form = ARMVCPU_FORM_ATOMIC)				\
F("casp x2, x3, x4, x5, [x1]", .form = ARMVCPU_FORM_ATOMIC)			\
F("ldadd w2, w3, [x1]", .form = ARMVCPU_FORM_ATOMIC)				\
F("stsetb w2, [x1]", .form = ARMVCPU_FORM_ATOMIC)				\
F("ldumin x2, x3, [x1]", .form = ARMVCPU_FORM_ATOMIC)				\
F("swpal x2, x3, [x1]", .form = ARMVCPU_FORM_ATOMIC)				\
F("dc zva, x7", .form = ARMVCPU_FORM_ZERO)					\
F("ldar x2, [x1]", .form = ARMVCPU_FORM_UNKNOWN)				\
F("stlrb w2, [x1]", .form = ARMVCPU_FORM_UNKNOWN)				\
F("ldapr x2, [x1]", .form = ARMVCPU_FORM_UNKNOWN)				\
F("ldapur x2, [x1, #8]", .form = ARMVCPU_FORM_UNKNOWN)				\
F("ldraa x2, [x1, #8]", .form = ARMVCPU_FORM_UNKNOWN)				\
F("stg x2, [x1, #16]", .form = ARMVCPU_FORM_UNKNOWN)				\
F("stgp x2, x3, [x1, #16]", .form = ARMVCPU_FORM_UNKNOWN)			\
F("stgp x2, x3, [x1], #16", .form = ARMVCPU_FORM_UNKNOWN)			\
F("ldr x2, 1f\n1:", .form = ARMVCPU_FORM_UNKNOWN)				\
F("ldr q2, 1f\n1:", .form = ARMVCPU_FORM_UNKNOWN)				\
F("ld1 {v0.16b}, [x1]", .form = ARMVCPU_FORM_UNKNOWN)				\
F("st4 {v0.b, v1.b, v2.b, v3.b}[3], [x1], #4", .form = ARMVCPU_FORM_UNKNOWN)	\
F("prfm pldl1keep, [x1, #8]", .form = ARMVCPU_FORM_UNKNOWN)			\
F("prfum pldl1keep, [x1, #-8]", .form = ARMVCPU_FORM_UNKNOWN)			\
F("prfm pldl1keep, [x1, x2]", .form = ARMVCPU_FORM_UNKNOWN)			\
F("dc cvac, x7", .form = ARMVCPU_FORM_UNKNOWN)					\
F("add x1, x2, x3", .form = ARMVCPU_FORM_UNKNOWN)				\
F("ret", .form = ARMVCPU_FORM_UNKNOWN)

/* The assembler's words, in the order of the list */
#define WORD(text, ...) text "\n"
asm(".pushsection .rodata\n.arch armv8.6-a+memtag\n.balign 4\n.global insn_words\ninsn_words:\n"
	FORMS(WORD) ".popsection\n");
extern const __u32 insn_words[];

#define ROW(insn_text, ...) { insn_text, { __VA_ARGS__ } },
static const struct {
	const char *text;
	struct armvcpu_access access;
} forms[] = { FORMS(ROW) };

static bool same(const struct armvcpu_access *a, const struct armvcpu_access *b)
{
	if (a->form != b->form || a->form != ARMVCPU_FORM_ACCESS)
		return a->form == b->form;
	return a->load == b->load && a->vector == b->vector &&
	       a->sign_extend == b->sign_extend && a->writeback == b->writeback &&
	       a->post_index == b->post_index && a->has_index == b->has_index &&
	       a->count == b->count && a->size == b->size && a->reg_size == b->reg_size &&
	       a->rt[0] == b->rt[0] && a->rt[1] == b->rt[1] && a->rn == b->rn &&
	       a->rm == b->rm && a->extend == b->extend && a->shift == b->shift &&
	       a->offset == b->offset;
}

TEST(what_the_assembler_encodes)
{
	__u32 i;

	for (i = 0; i < ARRAY_SIZE(forms); i++) {
		struct armvcpu_access access = armvcpu_decode(insn_words[i]);

		EXPECT_TRUE(same(&forms[i].access, &access)) TH_LOG("%s", forms[i].text);
	}
}

/* Encodings that no assembler makes: unallocated, or CONSTRAINED UNPREDICTABLE */
TEST(what_the_manual_does_not_allocate)
{
	static const struct {
		const char *text;
		__u32 insn;
	} words[] = {
		{ "ldp x2, x2, [x1]", 0xa9400822 },
		{ "ldp q2, q2, [x1]", 0xad400822 },
		{ "ldp x1, x2, [x1], #16", 0xa8c10821 },
		{ "stp x2, x1, [x1, #16]!", 0xa9810422 },
		{ "ldr x1, [x1], #8", 0xf8408421 },
		{ "str x1, [x1, #8]!", 0xf8008c21 },
		{ "pair, opc 3", 0xe9400c22 },
		{ "SIMD pair, opc 3", 0xed400c22 },
		{ "non-temporal LDPSW", 0x68400c22 },
		{ "ldrsw to 32 bits", 0xb8c08422 },
		{ "ldr of 64 bits, signed", 0xf8c08422 },
		{ "size and opc beyond Q", 0x7cc08422 },
		{ "unprivileged SIMD", 0x3c400822 },
		{ "index extended from a byte", 0xb8630822 },
		{ "index extended from 16 bits, signed", 0xb863a822 },
		{ "SIMD atomic", 0x3c620023 },
	};
	__u32 i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		EXPECT_EQ(ARMVCPU_FORM_UNKNOWN, armvcpu_decode(words[i].insn).form) {
			TH_LOG("%s", words[i].text);
		}
	}
}

TEST_HARNESS_MAIN
