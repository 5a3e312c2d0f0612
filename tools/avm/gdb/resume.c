// SPDX-License-Identifier: MIT
/* See command.h: which vCPUs go on, and how far */
#include <string.h>

#include "command.h"
#include "machine.h"

/* What is left where it is; the others are gdb's letters */
#define ACTION_NONE	0

/* A thread is a vCPU, counted from 1; 0 is any, and -1 all */
static bool read_thread(const char **text, unsigned int count, unsigned int *first,
			unsigned int *last)
{
	__u64 thread = 0;

	*first = 0;
	*last = count - 1;
	if (packet_skip(text, '-'))
		return packet_skip(text, '1');
	if (!packet_number(text, &thread) || thread > count)
		return false;
	if (thread)
		*first = *last = thread - 1;
	return true;
}

/* One of them, as "s:1"; signals have no meaning here.  Who has an action already keeps that. */
static bool read_action(const char **text, char *actions, unsigned int count)
{
	unsigned int first = 0, last = count - 1;
	char action = **text;
	__u64 signal;

	if (!action || !strchr("cCsS", action))
		return false;
	++*text;
	if ((action == 'C' || action == 'S') && !packet_number(text, &signal))
		return false;
	if (packet_skip(text, ':') && !read_thread(text, count, &first, &last))
		return false;
	for (unsigned int i = first; i <= last; i++)
		if (actions[i] == ACTION_NONE)
			actions[i] = action | 0x20;
	return true;
}

/* Nothing has been done until all of it is understood */
static bool read_actions(const char *text, char *actions, unsigned int count)
{
	do {
		if (!read_action(&text, actions, count))
			return false;
	} while (packet_skip(&text, ';'));
	return !*text;
}

static void prepare(struct vcpu *vcpu, struct gdb_cpu *cpu, char action)
{
	cpu->held = action == ACTION_NONE;
	if (action == 's')
		step_begin(vcpu, &cpu->step);
}

unsigned int command_resume(struct machine *machine, const char *text)
{
	struct gdb *gdb = &machine->gdb;
	char actions[MAX_CPUS] = { ACTION_NONE };

	if (!read_actions(text, actions, machine->vcpu_count))
		return PACKET_EINVAL;
	for (unsigned int i = 0; i < machine->vcpu_count; i++)
		if (points_arm(&machine->vcpus[i], actions[i] == 's'))
			return PACKET_EINVAL;
	for (unsigned int i = 0; i < machine->vcpu_count; i++)
		prepare(&machine->vcpus[i], &gdb->cpus[i], actions[i]);
	gdb->running = true;
	gdb->settled = false;
	machine_debug_go(machine);
	return 0;
}
