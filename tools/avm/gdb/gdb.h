/* SPDX-License-Identifier: MIT */
/*
 * A debugger for the guest: --gdb, gdb's remote protocol.
 *
 * server.c is the connection, in the main thread; packet.c its bytes; command.c what packets
 * mean, resume.c those that let vCPUs go on.  registers.c, memory.c and points.c are what gdb sees
 * of the guest; step.c keeps interrupts out of a step.
 *
 * As gdb has it, all vCPUs stop when one does, in PHASE_DEBUG.  What gdb asks is answered when
 * all have parked: nothing of theirs moves then.
 */
#ifndef AVM_GDB_H
#define AVM_GDB_H

#include <poll.h>
#include <stdbool.h>
#include <sys/un.h>

#include "options.h"
#include "packet.h"
#include "points.h"
#include "step.h"

struct machine;
struct vcpu;

/**
 * struct gdb_cpu - a vCPU, as a debugger has it
 * @held: it stays where it is while others go on
 * @step: it takes a step
 */
struct gdb_cpu {
	bool held;
	struct step step;
};

/**
 * struct gdb - the machine's side
 * @listener: a socket, or -1: nobody can debug it
 * @client: who has connected, or -1
 * @leaving: the client has gone, and what it has left in the guest hasn't
 * @running: the client waits for the guest to stop
 * @settled: the vCPUs have parked, and been seen to
 * @acknowledges: what comes is acknowledged
 * @address: of the socket, if it has a path
 * @input: what has come
 * @input_length: of it
 * @input_done: how much has been looked at
 * @packet: that comes in
 * @reply: that goes out
 * @stop: why the guest stopped, as gdb is told
 * @current: the vCPU that it is about
 * @selected: the vCPU that registers and memory are looked at of
 * @points: break- and watchpoints
 * @cpus: the vCPUs
 */
struct gdb {
	int listener;
	int client;
	bool leaving;
	bool running;
	bool settled;
	bool acknowledges;
	struct sockaddr_un address;
	char input[4096];
	size_t input_length;
	size_t input_done;
	struct packet packet;
	struct reply reply;
	char stop[64];
	unsigned int current;
	unsigned int selected;
	struct points points;
	struct gdb_cpu cpus[MAX_CPUS];
};

/**
 * gdb_open() - listen for a debugger; then the guest waits for one
 * @machine: whose options have --gdb, or haven't
 *
 * Return: 0, or the status to exit with, after a message.
 */
int gdb_open(struct machine *machine);

/**
 * gdb_close() - tell it of the end
 * @machine: from gdb_open(), its vCPUs have ended
 */
void gdb_close(struct machine *machine);

/**
 * gdb_poll() - what poll() is to wait for
 * @machine: from gdb_open(), locked
 * @fd: for whom
 */
void gdb_poll(const struct machine *machine, struct pollfd *fd);

/**
 * gdb_serve() - do what was asked for, after poll()
 * @machine: from gdb_open(), locked
 * @ready: poll() says that there is something to read
 */
void gdb_serve(struct machine *machine, bool ready);

/**
 * gdb_event() - an exit DEBUG
 * @vcpu: whose; the machine is locked
 */
void gdb_event(struct vcpu *vcpu);

/**
 * gdb_holds() - whether a vCPU is to stay where it is while others go on
 * @vcpu: the machine is locked
 */
bool gdb_holds(const struct vcpu *vcpu);

/**
 * gdb_reset() - the machine begins anew: what was in its memory has gone
 * @machine: locked, its vCPUs have parked
 *
 * Return: whether it waits for a debugger, who is told.
 */
bool gdb_reset(struct machine *machine);

#endif /* AVM_GDB_H */
