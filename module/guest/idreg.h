/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a guest may know of the CPU: the ID registers.
 */
#ifndef ARM_VCPU_IDREG_H
#define ARM_VCPU_IDREG_H

#include "guest.h"

void idreg_init(void);
bool idreg_shows_gic(const struct vm *vm);
bool idreg_shows_pauth(const struct vm *vm);
u64 idreg_read(const struct vm *vm, unsigned int encoding);
void idreg_fill(const struct vm *vm, u64 *ids);
u64 idreg_ctr(void);
unsigned int idreg_breakpoints(void);
unsigned int idreg_watchpoints(void);
bool idreg_has_pauth(void);
bool idreg_has_pan(void);

#endif /* ARM_VCPU_IDREG_H */
