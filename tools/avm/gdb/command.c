// SPDX-License-Identifier: MIT
/* See command.h; packets and answers: "GDB Remote Serial Protocol", an appendix of gdb's manual */
#include "command.h"

#include <stdio.h>
#include <string.h>

#include "machine.h"
#include "memory.h"
#include "registers.h"

/* Digits are two for a byte */
#define READ_MOST	(PACKET_SIZE / 2)

static struct vcpu *selected(struct machine *machine)
{
	return &machine->vcpus[machine->gdb.selected];
}

static bool ok(struct reply *reply)
{
	reply_text(reply, "OK");
	return true;
}

static bool error(struct reply *reply, unsigned int number)
{
	reply_error(reply, number);
	return true;
}

static bool do_why(struct machine *machine, const char *text, struct reply *reply)
{
	(void)text;
	reply_text(reply, "%s", machine->gdb.stop);
	return true;
}

static bool do_supported(struct machine *machine, const char *text, struct reply *reply)
{
	(void)machine;
	(void)text;
	reply_text(reply, "PacketSize=%x;qXfer:features:read+;QStartNoAckMode+;vContSupported+",
		   PACKET_SIZE);
	return true;
}

static bool do_no_ack(struct machine *machine, const char *text, struct reply *reply)
{
	(void)text;
	machine->gdb.acknowledges = false;
	return ok(reply);
}

/*
 * Registers
 */

static void show_register(struct machine *machine, unsigned int number, struct reply *reply)
{
	unsigned int size = register_size(number);
	__u8 bytes[REGISTER_BYTES];

	if (!register_read(selected(machine), number, bytes))
		reply_bytes(reply, bytes, size);
	else
		reply_text(reply, "%.*s", 2 * (int)size, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
}

static bool do_read_registers(struct machine *machine, const char *text, struct reply *reply)
{
	(void)text;
	for (unsigned int i = 0; i < REGISTERS_GENERAL; i++)
		show_register(machine, i, reply);
	return true;
}

static bool take_register(struct machine *machine, unsigned int number, const char **text)
{
	__u8 bytes[REGISTER_BYTES] = { 0 };

	return packet_bytes(text, bytes, register_size(number)) &&
	       !register_write(selected(machine), number, bytes);
}

static bool do_write_registers(struct machine *machine, const char *text, struct reply *reply)
{
	bool all = true;

	for (unsigned int i = 0; i < REGISTERS_GENERAL && all; i++)
		all = take_register(machine, i, &text);
	return all ? ok(reply) : error(reply, PACKET_EINVAL);
}

static bool do_read_register(struct machine *machine, const char *text, struct reply *reply)
{
	__u64 number;

	if (!packet_number(&text, &number) || number > ~0U || !register_size(number))
		return error(reply, PACKET_EINVAL);
	show_register(machine, number, reply);
	return true;
}

static bool do_write_register(struct machine *machine, const char *text, struct reply *reply)
{
	__u64 number;

	if (!packet_number(&text, &number) || number > ~0U || !register_size(number) ||
	    !packet_skip(&text, '=') || !take_register(machine, number, &text))
		return error(reply, PACKET_EINVAL);
	return ok(reply);
}

static bool do_features(struct machine *machine, const char *text, struct reply *reply)
{
	__u64 offset, length;

	(void)machine;
	if (!packet_number(&text, &offset) || !packet_skip(&text, ',') ||
	    !packet_number(&text, &length))
		return error(reply, PACKET_EINVAL);
	/* half of it, for any of it may be escaped */
	if (length > PACKET_SIZE / 2)
		length = PACKET_SIZE / 2;
	reply_text(reply, "m");
	registers_describe(reply, offset, length);
	if (reply->length == 1)
		reply->data[0] = 'l';	/* the last */
	return true;
}

/*
 * Memory
 */

static bool read_range(const char **text, __u64 *va, __u64 *size)
{
	return packet_number(text, va) && packet_skip(text, ',') && packet_number(text, size);
}

static bool do_read_memory(struct machine *machine, const char *text, struct reply *reply)
{
	__u8 bytes[READ_MOST];
	__u64 va, size;
	size_t there;

	if (!read_range(&text, &va, &size))
		return error(reply, PACKET_EINVAL);
	if (size > READ_MOST)
		size = READ_MOST;
	there = memory_read(selected(machine), va, bytes, size);
	if (size && !there)
		return error(reply, PACKET_EFAULT);
	reply_bytes(reply, bytes, there);
	return true;
}

static bool write_memory(struct machine *machine, __u64 va, const void *bytes, size_t size,
			 struct reply *reply)
{
	if (memory_write(selected(machine), va, bytes, size))
		return error(reply, PACKET_EFAULT);
	return ok(reply);
}

static bool do_write_memory(struct machine *machine, const char *text, struct reply *reply)
{
	__u8 bytes[READ_MOST];
	__u64 va, size;

	if (!read_range(&text, &va, &size) || !packet_skip(&text, ':') || size > sizeof(bytes) ||
	    !packet_bytes(&text, bytes, size))
		return error(reply, PACKET_EINVAL);
	return write_memory(machine, va, bytes, size, reply);
}

static bool do_write_binary(struct machine *machine, const char *text, struct reply *reply)
{
	const struct packet *packet = &machine->gdb.packet;
	__u64 va, size;

	if (!read_range(&text, &va, &size) || !packet_skip(&text, ':') ||
	    size != (__u64)(packet->data + packet->length - text))
		return error(reply, PACKET_EINVAL);
	return write_memory(machine, va, text, size, reply);
}

/*
 * Break- and watchpoints
 */

static bool read_point(const char **text, __u64 *type, __u64 *va, __u64 *length)
{
	return packet_number(text, type) && packet_skip(text, ',') &&
	       read_range(text, va, length) && !**text;
}

static bool do_add_point(struct machine *machine, const char *text, struct reply *reply)
{
	__u64 type, va, length;

	if (!read_point(&text, &type, &va, &length))
		return error(reply, PACKET_EINVAL);
	if (type >= POINT_TYPES)
		return true;	/* there is no such type */
	if (points_add(selected(machine), type, va, length))
		return error(reply, PACKET_EINVAL);
	return ok(reply);
}

static bool do_remove_point(struct machine *machine, const char *text, struct reply *reply)
{
	__u64 type, va, length;

	if (!read_point(&text, &type, &va, &length))
		return error(reply, PACKET_EINVAL);
	if (type >= POINT_TYPES)
		return true;
	if (points_remove(machine, type, va, length))
		return error(reply, PACKET_EFAULT);
	return ok(reply);
}

/*
 * Threads, which are vCPUs
 */

static bool read_one_thread(struct machine *machine, const char *text, unsigned int *index)
{
	__u64 thread;

	if (!packet_number(&text, &thread) || !thread || thread > machine->vcpu_count)
		return false;
	*index = thread - 1;
	return true;
}

/* Hg is for registers and memory; -1 and 0 are whichever: the one that it stopped at */
static bool do_select(struct machine *machine, const char *text, struct reply *reply)
{
	struct gdb *gdb = &machine->gdb;

	if (!packet_skip(&text, 'g'))
		return ok(reply);
	if (!strcmp(text, "0") || !strcmp(text, "-1"))
		gdb->selected = gdb->current;
	else if (!read_one_thread(machine, text, &gdb->selected))
		return error(reply, PACKET_EINVAL);
	return ok(reply);
}

static bool do_is_there(struct machine *machine, const char *text, struct reply *reply)
{
	unsigned int index;

	return read_one_thread(machine, text, &index) ? ok(reply) : error(reply, PACKET_EINVAL);
}

static bool do_threads(struct machine *machine, const char *text, struct reply *reply)
{
	(void)text;
	for (unsigned int i = 0; i < machine->vcpu_count; i++)
		reply_text(reply, "%c%x", i ? ',' : 'm', i + 1);
	return true;
}

static bool do_more_threads(struct machine *machine, const char *text, struct reply *reply)
{
	(void)machine;
	(void)text;
	reply_text(reply, "l");
	return true;
}

static bool do_about_thread(struct machine *machine, const char *text, struct reply *reply)
{
	unsigned int index;
	char about[32];
	int length;

	if (!read_one_thread(machine, text, &index))
		return error(reply, PACKET_EINVAL);
	length = snprintf(about, sizeof(about), "CPU %u%s", index,
			  armvcpu_get_power(&machine->vcpus[index].cpu) == ARM_VCPU_POWER_OFF ?
			  ", off" : "");
	reply_bytes(reply, about, length);
	return true;
}

static bool do_current(struct machine *machine, const char *text, struct reply *reply)
{
	if (!*text)
		reply_text(reply, "QC%x", machine->gdb.current + 1);
	return true;
}

/* It was there before, and is left running when gdb goes */
static bool do_attached(struct machine *machine, const char *text, struct reply *reply)
{
	(void)machine;
	(void)text;
	reply_text(reply, "1");
	return true;
}

/*
 * The guest goes on, or ends
 */

static bool do_actions(struct machine *machine, const char *text, struct reply *reply)
{
	(void)machine;
	(void)text;
	reply_text(reply, "vCont;c;C;s;S");
	return true;
}

static bool do_resume(struct machine *machine, const char *text, struct reply *reply)
{
	unsigned int rc = command_resume(machine, text);

	return rc ? error(reply, rc) : false;
}

static bool do_detach(struct machine *machine, const char *text, struct reply *reply)
{
	(void)text;
	machine->gdb.leaving = true;
	return ok(reply);
}

static bool do_kill(struct machine *machine, const char *text, struct reply *reply)
{
	(void)text;
	machine_end(machine, STATUS_LEFT);
	return ok(reply);
}

/* What begins so; where one is the other's beginning, the longer comes first */
static const struct {
	const char *name;
	bool (*function)(struct machine *machine, const char *text, struct reply *reply);
} commands[] = {
	{ "?",			do_why },
	{ "g",			do_read_registers },
	{ "G",			do_write_registers },
	{ "p",			do_read_register },
	{ "P",			do_write_register },
	{ "m",			do_read_memory },
	{ "M",			do_write_memory },
	{ "X",			do_write_binary },
	{ "Z",			do_add_point },
	{ "z",			do_remove_point },
	{ "H",			do_select },
	{ "T",			do_is_there },
	{ "D",			do_detach },
	{ "k",			do_kill },
	{ "vKill;",		do_kill },
	{ "vCont?",		do_actions },
	{ "vCont;",		do_resume },
	{ "qSupported",		do_supported },
	{ "QStartNoAckMode",	do_no_ack },
	{ "qXfer:features:read:target.xml:", do_features },
	{ "qfThreadInfo",	do_threads },
	{ "qsThreadInfo",	do_more_threads },
	{ "qThreadExtraInfo,",	do_about_thread },
	{ "qAttached",		do_attached },
	{ "qC",			do_current },
};

bool command_do(struct machine *machine, struct reply *reply)
{
	const char *text = machine->gdb.packet.data;

	reply_begin(reply);
	for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++) {
		size_t length = strlen(commands[i].name);

		if (!strncmp(text, commands[i].name, length))
			return commands[i].function(machine, text + length, reply);
	}
	return true;
}
