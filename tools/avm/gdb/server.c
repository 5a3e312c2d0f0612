// SPDX-License-Identifier: MIT
#define _GNU_SOURCE /* accept4() */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "gdb.h"
#include "machine.h"
#include "memory.h"
#include "say.h"

/* As gdb numbers signals */
#define STOP_INTERRUPT	2
#define STOP_TRAP	5

/* Which is its user's alone; a port is for all on this machine */
static int listen_at_path(struct gdb *gdb, const char *path)
{
	struct sockaddr_un *address = &gdb->address;
	size_t length = strlen(path);
	mode_t mask;
	int rc;

	if (length >= sizeof(address->sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	gdb->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (gdb->listener < 0)
		return -1;
	address->sun_family = AF_UNIX;
	mask = umask(0177);
	memcpy(address->sun_path, path, length + 1);
	rc = bind(gdb->listener, (struct sockaddr *)address, sizeof(*address));
	umask(mask);
	if (rc)
		address->sun_path[0] = 0;
	return rc;
}

static int listen_at_port(struct gdb *gdb, unsigned int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int on = 1;

	gdb->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (gdb->listener < 0)
		return -1;
	setsockopt(gdb->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	return bind(gdb->listener, (struct sockaddr *)&address, sizeof(address));
}

int gdb_open(struct machine *machine)
{
	const struct options *options = machine->options;
	struct gdb *gdb = &machine->gdb;
	int rc;

	gdb->listener = -1;
	gdb->client = -1;
	if (!options->gdb_path && !options->gdb_port)
		return 0;
	rc = options->gdb_path ? listen_at_path(gdb, options->gdb_path) :
				 listen_at_port(gdb, options->gdb_port);
	if (!rc && !listen(gdb->listener, 1)) {
		machine->phase = PHASE_DEBUG;
		if (options->gdb_path)
			say("the guest waits for gdb: 'target remote %s'", options->gdb_path);
		else
			say("the guest waits for gdb: 'target remote localhost:%u'",
			    options->gdb_port);
		return 0;
	}
	if (options->gdb_path)
		say("can't listen for gdb at %s: %s", options->gdb_path, strerror(errno));
	else
		say("can't listen for gdb at port %u: %s", options->gdb_port, strerror(errno));
	return STATUS_USAGE;
}

/* Who doesn't take an answer that is wanted doesn't get another: nobody waits for him */
static void hang_up(struct machine *machine)
{
	struct gdb *gdb = &machine->gdb;

	close(gdb->client);
	gdb->client = -1;
	gdb->leaving = true;
	machine_debug_stop(machine);
}

static void send_bytes(struct machine *machine, const char *bytes, size_t length)
{
	struct gdb *gdb = &machine->gdb;

	if (gdb->client >= 0 &&
	    send(gdb->client, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)length)
		hang_up(machine);
}

static void send_reply(struct machine *machine)
{
	struct reply *reply = &machine->gdb.reply;

	reply_end(reply);
	send_bytes(machine, reply->wire, reply->wire_length);
}

void gdb_close(struct machine *machine)
{
	struct gdb *gdb = &machine->gdb;

	if (gdb->client >= 0) {
		if (gdb->running) {
			reply_begin(&gdb->reply);
			reply_text(&gdb->reply, "W%02x", machine->status);
			send_reply(machine);
		}
		close(gdb->client);
	}
	if (gdb->address.sun_path[0])
		unlink(gdb->address.sun_path);
	if (gdb->listener >= 0)
		close(gdb->listener);
}

static bool all_parked(const struct machine *machine)
{
	return machine->phase == PHASE_DEBUG && machine->parked == machine->vcpu_count;
}

void gdb_poll(const struct machine *machine, struct pollfd *fd)
{
	const struct gdb *gdb = &machine->gdb;

	fd->events = POLLIN;
	fd->fd = -1;
	if (gdb->client < 0)
		fd->fd = gdb->leaving ? -1 : gdb->listener;
	else if (gdb->running || all_parked(machine))
		fd->fd = gdb->client;
}

/* What it was told last is what it asks for first */
static void set_stop(struct gdb *gdb, unsigned int vcpu, unsigned int signal)
{
	gdb->current = vcpu;
	snprintf(gdb->stop, sizeof(gdb->stop), "T%02xthread:%x;", signal, vcpu + 1);
}

static void welcome(struct machine *machine)
{
	struct gdb *gdb = &machine->gdb;

	gdb->client = accept4(gdb->listener, NULL, NULL, SOCK_CLOEXEC);
	if (gdb->client < 0)
		return;
	gdb->running = false;
	gdb->settled = false;
	gdb->acknowledges = true;
	gdb->input_length = 0;
	gdb->input_done = 0;
	gdb->packet.state = PACKET_OUTSIDE;
	gdb->reply.wire_length = 0;
	gdb->selected = 0;
	set_stop(gdb, 0, STOP_TRAP);
	machine_debug_stop(machine);
}

/* What vCPUs have begun is finished, so that their registers are whole */
static void settle(struct machine *machine)
{
	struct gdb *gdb = &machine->gdb;

	if (gdb->settled)
		return;
	for (unsigned int i = 0; i < machine->vcpu_count; i++) {
		struct vcpu *vcpu = &machine->vcpus[i];

		vcpu->cpu.run->flags = ARM_VCPU_RUN_NO_ENTER;
		armvcpu_run(&vcpu->cpu);
		vcpu->cpu.run->flags = 0;
		step_end(vcpu, &gdb->cpus[i].step);
		points_arm(vcpu, false);
	}
	gdb->selected = gdb->current;
	gdb->settled = true;
}

/* It has gone: the guest goes on, as if it had never been there */
static void let_go(struct machine *machine)
{
	struct gdb *gdb = &machine->gdb;

	points_remove_all(machine);
	for (unsigned int i = 0; i < machine->vcpu_count; i++)
		gdb->cpus[i].held = false;
	if (gdb->client >= 0)
		close(gdb->client);
	gdb->client = -1;
	gdb->running = false;
	gdb->leaving = false;
	gdb->settled = false;
	machine_debug_go(machine);
}

static void tell_stop(struct machine *machine)
{
	struct gdb *gdb = &machine->gdb;

	gdb->running = false;
	reply_begin(&gdb->reply);
	reply_text(&gdb->reply, "%s", gdb->stop);
	send_reply(machine);
}

static void obey(struct machine *machine)
{
	struct gdb *gdb = &machine->gdb;

	if (gdb->acknowledges)
		send_bytes(machine, "+", 1);
	/* while it waits for a stop it has nothing to ask */
	if (gdb->client >= 0 && !gdb->running && command_do(machine, &gdb->reply))
		send_reply(machine);
}

static void take(struct machine *machine, unsigned char byte)
{
	struct gdb *gdb = &machine->gdb;

	switch (packet_take(&gdb->packet, byte)) {
	case PACKET_READY:
		obey(machine);
		break;
	case PACKET_BROKEN:
		if (gdb->acknowledges)
			send_bytes(machine, "-", 1);
		break;
	case PACKET_AGAIN:
		if (gdb->acknowledges)
			send_bytes(machine, gdb->reply.wire, gdb->reply.wire_length);
		break;
	case PACKET_INTERRUPT:
		if (gdb->running && machine_debug_stop(machine))
			set_stop(gdb, gdb->current, STOP_INTERRUPT);
		break;
	case PACKET_NONE:
		break;
	}
}

static void receive(struct machine *machine)
{
	struct gdb *gdb = &machine->gdb;
	ssize_t got = recv(gdb->client, gdb->input, sizeof(gdb->input), MSG_DONTWAIT);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		hang_up(machine);
		return;
	}
	gdb->input_length = got;
	gdb->input_done = 0;
}

/* It can have been stopped by what has come just now, and then the rest waits for that */
static bool can_take(const struct machine *machine)
{
	const struct gdb *gdb = &machine->gdb;

	return gdb->client >= 0 && !gdb->leaving && (gdb->running || all_parked(machine));
}

void gdb_serve(struct machine *machine, bool ready)
{
	struct gdb *gdb = &machine->gdb;

	if (gdb->listener < 0)
		return;
	if (gdb->client < 0 && !gdb->leaving && ready) {
		welcome(machine);
		ready = false;
	}
	if (all_parked(machine) && (gdb->client >= 0 || gdb->leaving)) {
		settle(machine);
		if (gdb->running && !gdb->leaving)
			tell_stop(machine);
	}
	if (ready && can_take(machine) && gdb->input_done == gdb->input_length)
		receive(machine);
	while (gdb->input_done < gdb->input_length && can_take(machine))
		take(machine, gdb->input[gdb->input_done++]);
	if (gdb->leaving && all_parked(machine))
		let_go(machine);
}

/* A BRK that nobody has put there is the guest's own */
static bool is_guests(struct vcpu *vcpu)
{
	const struct arm_vcpu_run *run = vcpu->cpu.run;
	__u64 pa;

	return run->debug.event == ARM_VCPU_EVENT_BRK &&
	       (memory_translate(vcpu, run->pc, &pa) ||
		!points_has_patch(&vcpu->machine->gdb.points, pa));
}

void gdb_event(struct vcpu *vcpu)
{
	static const char * const kinds[POINT_TYPES] = {
		[POINT_WRITE] = "watch", [POINT_READ] = "rwatch", [POINT_ACCESS] = "awatch",
	};
	const struct arm_vcpu_run *run = vcpu->cpu.run;
	struct machine *machine = vcpu->machine;
	struct gdb *gdb = &machine->gdb;
	const struct point *point;
	size_t length;
	int rc;

	if (is_guests(vcpu)) {
		rc = armvcpu_inject(&vcpu->cpu, 0, run->esr, 0);
		if (!rc)
			return;
		say("can't give the guest its BRK: %s", strerror(-rc));
		machine_end(machine, STATUS_HOST);
		return;
	}
	/* where another one was first, this one is still there when it goes on */
	if (!machine_debug_stop(machine))
		return;
	set_stop(gdb, vcpu - machine->vcpus, STOP_TRAP);
	point = points_hit(&gdb->points, run->far);
	if (run->debug.event != ARM_VCPU_EVENT_WATCHPOINT || !point)
		return;
	length = strlen(gdb->stop);
	snprintf(gdb->stop + length, sizeof(gdb->stop) - length, "%s:%llx;", kinds[point->type],
		 point->va);
}

bool gdb_holds(const struct vcpu *vcpu)
{
	const struct machine *machine = vcpu->machine;

	return machine->gdb.cpus[vcpu - machine->vcpus].held;
}

bool gdb_reset(struct machine *machine)
{
	struct gdb *gdb = &machine->gdb;

	gdb->points.patch_count = 0;
	gdb->settled = false;
	for (unsigned int i = 0; i < machine->vcpu_count; i++) {
		gdb->cpus[i].step.masked = 0;
		gdb->cpus[i].held = false;
	}
	set_stop(gdb, 0, STOP_TRAP);
	return gdb->client >= 0 || gdb->leaving;
}
