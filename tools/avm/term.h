/* SPDX-License-Identifier: MIT */
/* The terminal that avm was started on */
#ifndef AVM_TERM_H
#define AVM_TERM_H

#include <stdbool.h>

/**
 * term_raw() - give every key to the guest, if stdin is a terminal
 *
 * The terminal is as it was when avm ends, however it ends (SIGKILL aside).
 *
 * Return: whether it is one.
 */
bool term_raw(void);

#endif /* AVM_TERM_H */
