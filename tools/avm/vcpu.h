/* SPDX-License-Identifier: MIT */
/* A virtual CPU: its thread, its power state, its exits */
#ifndef AVM_VCPU_H
#define AVM_VCPU_H

#include <pthread.h>

#include "armvcpu.h"

struct machine;

/**
 * enum power - PSCI's states of a CPU
 * @POWER_OFF: its thread waits
 * @POWER_ON_PENDING: somebody has switched it on; its thread hasn't noticed yet
 * @POWER_ON: it runs
 */
enum power { POWER_OFF, POWER_ON_PENDING, POWER_ON };

/**
 * struct vcpu - a virtual CPU
 * @machine: that it belongs to
 * @cpu: what the library knows of it; the run page is its thread's alone
 * @thread: runs it
 * @mpidr: its affinity
 * @power: under the machine's lock, as are the next two
 * @entry: where it begins, in POWER_ON_PENDING
 * @arg: its x0 there
 */
struct vcpu {
	struct machine *machine;
	struct armvcpu_cpu cpu;
	pthread_t thread;
	__u64 mpidr;
	enum power power;
	__u64 entry;
	__u64 arg;
};

/**
 * vcpu_mpidr() - affinity of a vCPU
 * @index: counted from 0
 *
 * 16 a cluster: that is what the target list of a GICv3's SGI can name.
 */
__u64 vcpu_mpidr(unsigned int index);

/**
 * vcpu_thread() - the thread of a vCPU
 * @vcpu: a struct vcpu
 */
void *vcpu_thread(void *vcpu);

#endif /* AVM_VCPU_H */
