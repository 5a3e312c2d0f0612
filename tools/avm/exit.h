/* SPDX-License-Identifier: MIT */
/* What avm does about each exit */
#ifndef AVM_EXIT_H
#define AVM_EXIT_H

#include "emulate.h"

struct machine;
struct vcpu;

/**
 * exit_handle() - act on what the run page says
 * @vcpu: that came back from RUN; the machine is locked
 *
 * Afterwards the vCPU can run again, unless its power or the machine's phase says no.
 */
void exit_handle(struct vcpu *vcpu);

/**
 * exit_bus() - how the guest's physical addresses are reached, for the library
 * @machine: whose they are
 */
struct armvcpu_bus exit_bus(struct machine *machine);

#endif /* AVM_EXIT_H */
