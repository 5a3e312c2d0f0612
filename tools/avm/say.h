/* SPDX-License-Identifier: MIT */
/* Messages to the user, on stderr: one sentence a line */
#ifndef AVM_SAY_H
#define AVM_SAY_H

#include <stdbool.h>

#include "util.h"

/**
 * say() - print "avm: ..." and end the line
 * @format: a sentence; where something went wrong, one that says what to do
 */
void __printf(1, 2) say(const char *format, ...);

/**
 * say_raw() - lines end with CR LF from now on, for a terminal in raw mode
 * @raw: whether they do
 */
void say_raw(bool raw);

#endif /* AVM_SAY_H */
