/* SPDX-License-Identifier: MIT */
/*
 * PSCI (Arm DEN 0022) and the basics of SMCCC (DEN 0028), by HVC or SMC.  The kernel
 * tells CPU_ON, CPU_OFF and the SYSTEM functions apart; all others come as calls, and so
 * does what the kernel doesn't take for a PSCI function.
 */
#ifndef AVM_PSCI_H
#define AVM_PSCI_H

#include <linux/types.h>

struct machine;
struct vcpu;

#define PSCI_SUCCESS		0
#define PSCI_NOT_SUPPORTED	-1
#define PSCI_INVALID_PARAMETERS	-2
#define PSCI_DENIED		-3
#define PSCI_ALREADY_ON		-4
#define PSCI_INTERNAL_FAILURE	-6
#define PSCI_INVALID_ADDRESS	-9

/**
 * psci_call() - a call that the kernel has no exit of its own for
 * @vcpu: that calls; the machine is locked
 * @x: its registers: function id and arguments
 *
 * Return: the result, for x0; NOT_SUPPORTED for a function that doesn't exist.
 */
__s64 psci_call(struct vcpu *vcpu, const __u64 *x);

/**
 * psci_cpu_on() - CPU_ON
 * @machine: locked
 * @target: affinity of the CPU to start
 * @entry: where it begins
 * @arg: its x0
 *
 * Return: the result, for the caller's x0.
 */
__s64 psci_cpu_on(struct machine *machine, __u64 target, __u64 entry, __u64 arg);

/**
 * psci_cpu_off() - CPU_OFF
 * @vcpu: that calls, and runs no more; the machine is locked
 *
 * A machine whose CPUs are all off can't come back: it ends.
 */
void psci_cpu_off(struct vcpu *vcpu);

#endif /* AVM_PSCI_H */
