// SPDX-License-Identifier: MIT
#include "vcpu.h"

#include <errno.h>
#include <string.h>

#include "exit.h"
#include "machine.h"
#include "say.h"

__u64 vcpu_mpidr(unsigned int index)
{
	return (index / 16) << 8 | (index % 16);
}

static bool has_to_wait(const struct vcpu *vcpu)
{
	enum machine_phase phase = vcpu->machine->phase;

	return phase == PHASE_RUN ? gdb_holds(vcpu) : phase != PHASE_END;
}

/* Wait while the machine is paused, debugged or reset.  Returns false at the machine's end. */
static bool may_run(struct vcpu *vcpu)
{
	struct machine *machine = vcpu->machine;

	if (has_to_wait(vcpu)) {
		machine_park(machine);
		while (has_to_wait(vcpu))
			pthread_cond_wait(&machine->changed, &machine->lock);
		machine->parked--;
	}
	return machine->phase == PHASE_RUN;
}

/* Whatever a vCPU can't do, the host's kernel is why */
static void give_up(struct vcpu *vcpu, int rc)
{
	say("a virtual CPU doesn't run: %s (the kernel log may say why)", strerror(-rc));
	machine_end(vcpu->machine, STATUS_HOST);
}

int vcpu_power_on(struct vcpu *vcpu, __u64 entry, __u64 arg)
{
	int rc = armvcpu_set_entry(&vcpu->cpu, entry, arg);

	if (rc)
		give_up(vcpu, rc);
	return rc;
}

int vcpu_power_off(struct vcpu *vcpu)
{
	int rc = armvcpu_set_power(&vcpu->cpu, ARM_VCPU_POWER_OFF);

	if (rc)
		give_up(vcpu, rc);
	return rc;
}

/* One trip into the guest, without the lock */
static int run_guest(struct vcpu *vcpu)
{
	struct machine *machine = vcpu->machine;
	int rc;

	pthread_mutex_unlock(&machine->lock);
	do
		rc = armvcpu_run(&vcpu->cpu);
	while (rc == -EINTR);
	pthread_mutex_lock(&machine->lock);
	return rc;
}

void *vcpu_thread(void *arg)
{
	struct vcpu *vcpu = arg;
	struct machine *machine = vcpu->machine;
	int rc;

	pthread_mutex_lock(&machine->lock);
	while (may_run(vcpu)) {
		rc = run_guest(vcpu);
		if (rc) {
			give_up(vcpu, rc);
			break;
		}
		exit_handle(vcpu);
	}
	pthread_mutex_unlock(&machine->lock);
	return NULL;
}
