/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * <linux/types.h> of a proof, of the module's sources and of the library's.
 */
#ifndef PROOF_TYPES_H
#define PROOF_TYPES_H

#include <stdbool.h>
#include <stddef.h>

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
typedef u8 __u8;
typedef u16 __u16;
typedef u32 __u32;
typedef u64 __u64;
typedef int __s32;
typedef long __s64;

#endif /* PROOF_TYPES_H */
