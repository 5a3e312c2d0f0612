/* SPDX-License-Identifier: MIT */
/* What avm does about each exit */
#ifndef AVM_EXIT_H
#define AVM_EXIT_H

struct vcpu;

/**
 * exit_handle() - act on what the run page says
 * @vcpu: that came back from RUN; the machine is locked
 *
 * Afterwards the vCPU can run again, unless its power or the machine's phase says no.
 */
void exit_handle(struct vcpu *vcpu);

#endif /* AVM_EXIT_H */
