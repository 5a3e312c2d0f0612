/* SPDX-License-Identifier: MIT */
/*
 * What a load or store instruction of A64 does, from its 32 bits and nothing else
 * (DDI 0487, C4.1: Loads and Stores).
 */
#ifndef ARMVCPU_DECODE_H
#define ARMVCPU_DECODE_H

#include <stdbool.h>
#include <linux/types.h>

/**
 * enum armvcpu_form - kinds of instruction that access memory
 * @ARMVCPU_FORM_UNKNOWN: not one of those below
 * @ARMVCPU_FORM_ACCESS: loads or stores one or two registers
 * @ARMVCPU_FORM_ATOMIC: load and store exclusive, compare and swap, atomic memory operations
 * @ARMVCPU_FORM_ZERO: DC ZVA
 */
enum armvcpu_form {
	ARMVCPU_FORM_UNKNOWN,
	ARMVCPU_FORM_ACCESS,
	ARMVCPU_FORM_ATOMIC,
	ARMVCPU_FORM_ZERO,
};

/**
 * struct armvcpu_access - a decoded instruction
 * @form: the rest is for ARMVCPU_FORM_ACCESS
 * @load: it loads; else it stores
 * @vector: @rt are SIMD and FP registers
 * @sign_extend: what is loaded is sign-extended to @reg_size
 * @writeback: @rn gets base plus offset
 * @post_index: the address is the base alone
 * @has_index: the offset is register @rm, extended and shifted; else it is @offset
 * @count: how many registers, 1 or 2; the first one has the lower address
 * @size: bytes of memory for each: 1, 2, 4, 8 or 16
 * @reg_size: bytes of the target register: 4 or 8; 16 of a vector
 * @rt: the registers; 31 is XZR
 * @rn: base register; 31 is SP
 * @rm: index register; 31 is XZR
 * @extend: of @rm, as the instruction has it: 2 UXTW, 3 LSL, 6 SXTW, 7 SXTX
 * @shift: of @rm, to the left
 * @offset: in bytes
 */
struct armvcpu_access {
	enum armvcpu_form form;
	bool load;
	bool vector;
	bool sign_extend;
	bool writeback;
	bool post_index;
	bool has_index;
	__u8 count;
	__u8 size;
	__u8 reg_size;
	__u8 rt[2];
	__u8 rn;
	__u8 rm;
	__u8 extend;
	__u8 shift;
	__s64 offset;
};

/**
 * armvcpu_decode() - decode an instruction
 * @insn: its 32 bits
 *
 * Decoded as ARMVCPU_FORM_ACCESS: load and store pair (LDP, LDPSW, STP, LDNP, STNP) and
 * load and store register (LDR, LDUR, LDTR and their like) of general and of SIMD and FP
 * registers, with all addressing modes but the literal one.  What the manual has as
 * CONSTRAINED UNPREDICTABLE is unknown: two loads of one register, write-back to a register
 * that is transferred.
 *
 * Return: the instruction
 */
struct armvcpu_access armvcpu_decode(__u32 insn);

#endif /* ARMVCPU_DECODE_H */
