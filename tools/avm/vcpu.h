/* SPDX-License-Identifier: MIT */
/* A virtual CPU: its thread, its exits.  Its power is the kernel's: one that is off is in RUN */
#ifndef AVM_VCPU_H
#define AVM_VCPU_H

#include <pthread.h>

#include "armvcpu.h"

struct machine;

/**
 * struct vcpu - a virtual CPU
 * @machine: that it belongs to
 * @cpu: what the library knows of it; the run page is its thread's alone
 * @thread: runs it
 * @mpidr: its affinity
 */
struct vcpu {
	struct machine *machine;
	struct armvcpu_cpu cpu;
	pthread_t thread;
	__u64 mpidr;
};

/**
 * vcpu_mpidr() - affinity of a vCPU
 * @index: counted from 0
 *
 * 16 a cluster: that is what the target list of a GICv3's SGI can name.
 */
__u64 vcpu_mpidr(unsigned int index);

/**
 * vcpu_power_on() - have a vCPU begin
 * @vcpu: not in RUN; the machine is locked
 * @entry: where
 * @arg: its x0
 *
 * Return: 0, or a negative errno after a message; the machine ends then.
 */
int vcpu_power_on(struct vcpu *vcpu, __u64 entry, __u64 arg);

/**
 * vcpu_power_off() - have a vCPU wait until the guest switches it on
 * @vcpu: not in RUN; the machine is locked
 *
 * Return: as vcpu_power_on().
 */
int vcpu_power_off(struct vcpu *vcpu);

/**
 * vcpu_thread() - the thread of a vCPU
 * @vcpu: a struct vcpu
 */
void *vcpu_thread(void *vcpu);

#endif /* AVM_VCPU_H */
