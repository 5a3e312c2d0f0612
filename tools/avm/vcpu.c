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

/* Wait until the vCPU is to run.  Returns false at the machine's end. */
static bool may_run(struct vcpu *vcpu)
{
	struct machine *machine = vcpu->machine;

	if (machine->phase == PHASE_RUN && vcpu->power != POWER_OFF)
		return true;

	machine->parked++;
	pthread_cond_broadcast(&machine->changed);
	while (machine->phase == PHASE_RESET ||
	       (machine->phase == PHASE_RUN && vcpu->power == POWER_OFF))
		pthread_cond_wait(&machine->changed, &machine->lock);
	machine->parked--;
	return machine->phase != PHASE_END;
}

static int power_up(struct vcpu *vcpu)
{
	int rc = armvcpu_set_entry(&vcpu->cpu, vcpu->entry, vcpu->arg);

	if (!rc)
		vcpu->power = POWER_ON;
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
	int rc = 0;

	pthread_mutex_lock(&machine->lock);
	while (may_run(vcpu)) {
		if (vcpu->power == POWER_ON_PENDING)
			rc = power_up(vcpu);
		if (!rc)
			rc = run_guest(vcpu);
		if (rc) {
			say("a virtual CPU doesn't run: %s (the kernel log may say why)",
			    strerror(-rc));
			machine_end(machine, STATUS_HOST);
			break;
		}
		exit_handle(vcpu);
	}
	pthread_mutex_unlock(&machine->lock);
	return NULL;
}
