/* SPDX-License-Identifier: MIT */
/* Where a vCPU is, in words, for a guest that didn't end well */
#ifndef AVM_REPORT_H
#define AVM_REPORT_H

struct vcpu;

/**
 * report_vcpu() - say where a vCPU is, and what exception it took last
 * @vcpu: not in RUN
 */
void report_vcpu(struct vcpu *vcpu);

#endif /* AVM_REPORT_H */
