/* SPDX-License-Identifier: MIT */
/* Where a vCPU is, in words, for a guest that didn't end well */
#ifndef AVM_REPORT_H
#define AVM_REPORT_H

#include <linux/types.h>

struct vcpu;

/**
 * report_vcpu() - say where a vCPU is, and what exception it took last
 * @vcpu: not in RUN
 *
 * Of the one that has crashed, the instruction and the general registers too.
 */
void report_vcpu(struct vcpu *vcpu);

/**
 * report_class() - the class of an exception, in words
 * @esr: its syndrome
 */
const char *report_class(__u64 esr);

#endif /* AVM_REPORT_H */
