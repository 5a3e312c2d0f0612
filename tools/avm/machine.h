/* SPDX-License-Identifier: MIT */
/*
 * The machine: memory, devices, vCPUs, and what becomes of them.
 *
 * Threads: each vCPU has one, which runs the guest and handles its exits; the main
 * thread serves the console, signals and the timeout (loop.c), and does resets.  The queues
 * of virtio devices have threads of their own (virtio/virtio.h), which take no lock.
 *
 * One lock, machine->lock, covers everything that more than one thread touches:
 * devices, the console's buffers, the phase.  A vCPU's thread holds it
 * whenever it isn't inside RUN; nobody holds it while waiting for the guest, for stdin
 * or for stdout.  machine->changed is broadcast when something that a thread may wait
 * for has changed.
 */
#ifndef AVM_MACHINE_H
#define AVM_MACHINE_H

#include <pthread.h>

#include "armvcpu.h"
#include "blob.h"
#include "bus.h"
#include "console.h"
#include "control.h"
#include "gdb/gdb.h"
#include "load.h"
#include "options.h"
#include "util.h"
#include "vcpu.h"

/**
 * enum machine_phase - what all threads do
 * @PHASE_RUN: run guests
 * @PHASE_PAUSE: wait; the guest's time goes on
 * @PHASE_DEBUG: the same, for a debugger
 * @PHASE_RESET: stop; the main thread resets when all vCPUs have
 * @PHASE_END: leave
 */
enum machine_phase { PHASE_RUN, PHASE_PAUSE, PHASE_DEBUG, PHASE_RESET, PHASE_END };

/**
 * struct machine - a virtual machine and all that belongs to it
 * @options: the command line
 * @vm: of /dev/arm_vcpu, unless the device tree is all that is wanted
 * @gic: the guest has a GICv3
 * @ram: the guest's memory
 * @images: files that go there, also again at a reset
 * @boot: where they are, and where the boot CPU begins
 * @bus: the devices
 * @virtio_count: how many of them are virtio's
 * @console: stdin and stdout
 * @control: the control socket
 * @gdb: a debugger
 * @button: the device that has the power button, or NULL
 * @balloon: the device that is one, or NULL
 * @asked: the guest has been asked to power off, by a signal
 * @vcpus: the virtual CPUs; the first one boots
 * @vcpu_count: of them
 * @lock: see above
 * @changed: see above
 * @phase: see above
 * @status: to exit with, once the phase is PHASE_END
 * @crashed: the vCPU that can't go on, or NULL
 * @parked: vCPU threads that wait for the end of a pause or a reset, for a debugger, or for stdout
 * @wake: eventfd that brings the main thread out of poll()
 */
struct machine {
	const struct options *options;
	struct armvcpu_vm vm;
	bool gic;
	struct ram ram;
	struct images images;
	struct boot boot;
	struct bus bus;
	unsigned int virtio_count;
	struct console console;
	struct control control;
	struct gdb gdb;
	struct device *button;
	struct device *balloon;
	bool asked;
	struct vcpu vcpus[MAX_CPUS];
	unsigned int vcpu_count;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum machine_phase phase;
	int status;
	struct vcpu *crashed;
	unsigned int parked;
	int wake;
};

/**
 * machine_create() - what the host offers; memory, devices, images and device tree
 * @machine: is filled in
 * @options: the command line
 *
 * Return: 0, or the status to exit with, after a message.
 */
int machine_create(struct machine *machine, const struct options *options);

/**
 * machine_start() - give the VM all that, and start its vCPU threads
 * @machine: from machine_create()
 *
 * Return: 0, or the status to exit with, after a message.
 */
int machine_start(struct machine *machine);

/**
 * machine_join() - wait for all vCPU threads to end, after machine_end()
 * @machine: from machine_start()
 */
void machine_join(struct machine *machine);

/**
 * machine_reset() - what the main thread does in PHASE_RESET: start anew
 * @machine: from machine_start(), locked
 */
void machine_reset(struct machine *machine);

/**
 * machine_end() - end the machine; the first caller's status counts
 * @machine: from machine_create(), locked
 * @status: to exit with
 */
void machine_end(struct machine *machine, int status);

/**
 * machine_request_reset() - the guest asks for a reset
 * @machine: from machine_create(), locked
 */
void machine_request_reset(struct machine *machine);

/**
 * machine_pause() - stop the vCPUs
 * @machine: from machine_create(), locked
 *
 * Return: whether they were running.
 */
bool machine_pause(struct machine *machine);

/**
 * machine_resume() - let them go on
 * @machine: from machine_create(), locked
 *
 * Return: whether they were paused.
 */
bool machine_resume(struct machine *machine);

/**
 * machine_debug_stop() - stop the vCPUs for a debugger
 * @machine: from machine_create(), locked
 *
 * Return: whether they weren't already, and can be.
 */
bool machine_debug_stop(struct machine *machine);

/**
 * machine_debug_go() - let those go on that it doesn't hold
 * @machine: from machine_create(), locked
 */
void machine_debug_go(struct machine *machine);

/**
 * machine_press_power() - press the power button
 * @machine: from machine_create(), locked
 *
 * Return: whether there is one, and the guest looks at it.
 */
bool machine_press_power(struct machine *machine);

/**
 * machine_leave_memory() - say how much the guest is to have left
 * @machine: from machine_create(), locked
 * @size: in bytes, up to all that it has
 *
 * Return: whether it has a balloon, by which it gives the rest.
 */
bool machine_leave_memory(struct machine *machine, __u64 size);

/**
 * machine_park() - a vCPU's thread stands still, until it takes itself out of @machine->parked
 * @machine: from machine_create(), locked
 */
void machine_park(struct machine *machine);

/**
 * machine_wake() - have the main thread look again
 * @machine: from machine_create()
 */
void machine_wake(struct machine *machine);

#endif /* AVM_MACHINE_H */
