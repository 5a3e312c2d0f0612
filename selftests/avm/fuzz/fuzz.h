/* SPDX-License-Identifier: MIT */
/*
 * What the targets share, each of which has libFuzzer call it with bytes at random: nothing that
 * they say is heard, and nothing that they do may be out of bounds, undefined, or for ever.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An open file with these bytes and no name; its path comes to @path */
int fuzz_file(const uint8_t *data, size_t size, char path[32]);

/* The next bytes, as many as two bytes before them say or as there are; moves on behind them */
size_t fuzz_piece(const uint8_t **data, size_t *size, const uint8_t **piece);

#endif
