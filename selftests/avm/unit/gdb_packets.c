// SPDX-License-Identifier: MIT
/*
 * What gdb sends to avm, and what else may come there: packets, and commands on a machine that has
 * memory and two vCPUs, but no guest and no module.
 */
#include "machine.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "exit.h"
#include "gdb/command.h"

#include "kselftest_harness.h"

#define RAM_BASE	0x40000000ULL

static struct machine machine;
static struct arm_vcpu_run runs[2];
static __u64 values[256][2];
/* How many break- and watchpoints a vCPU has been given last */
static struct arm_vcpu_debug armed;

int armvcpu_get_reg(struct armvcpu_cpu *cpu, __u64 id, __u64 value[2])
{
	if (cpu->run == &runs[1])
		return -ENOEXEC;
	memcpy(value, values[id % 256], sizeof(values[0]));
	return 0;
}

int armvcpu_set_reg(struct armvcpu_cpu *cpu, __u64 id, const __u64 value[2])
{
	(void)cpu;
	/* the MMU stays off */
	if (id != ARM_VCPU_REG_SYSREG(3, 0, 1, 0, 0))
		memcpy(values[id % 256], value, sizeof(values[0]));
	return 0;
}

int armvcpu_set_debug(struct armvcpu_cpu *cpu, const struct arm_vcpu_debug *debug)
{
	(void)cpu;
	armed = *debug;
	return 0;
}

int armvcpu_get_power(struct armvcpu_cpu *cpu)
{
	return cpu->run == &runs[1] ? ARM_VCPU_POWER_OFF : ARM_VCPU_POWER_ON;
}

int armvcpu_inject(struct armvcpu_cpu *cpu, __u64 flags, __u64 esr, __u64 far)
{
	(void)cpu;
	(void)flags;
	(void)esr;
	(void)far;
	return 0;
}

void machine_end(struct machine *whose, int status)
{
	(void)whose;
	(void)status;
}

void machine_debug_go(struct machine *whose)
{
	(void)whose;
}

static const void *ram(void *context, __u64 addr, size_t size)
{
	struct machine *whose = context;

	return ram_at(&whose->ram, addr, size);
}

struct armvcpu_bus exit_bus(struct machine *whose)
{
	return (struct armvcpu_bus){ .context = whose, .memory = ram };
}

static void begin(void)
{
	memset(&machine, 0, sizeof(machine));
	machine.vm.info.breakpoints = 6;
	machine.vm.info.watchpoints = 4;
	machine.vcpu_count = 2;
	for (unsigned int i = 0; i < 2; i++) {
		machine.vcpus[i].machine = &machine;
		machine.vcpus[i].cpu.run = &runs[i];
		runs[i] = (struct arm_vcpu_run){ .pc = RAM_BASE, .pstate = 5 };
	}
	ram_allocate(&machine.ram, SIZE_MIB(8));
}

static enum packet_event feed(const char *bytes, size_t length)
{
	enum packet_event event = PACKET_NONE;

	for (size_t i = 0; i < length && event == PACKET_NONE; i++)
		event = packet_take(&machine.gdb.packet, bytes[i]);
	return event;
}

static enum packet_event feed_text(const char *text)
{
	return feed(text, strlen(text));
}

/* A packet of these bytes, and what it is answered; a guest that goes on stops at once */
static const char *command(const char *bytes, size_t length)
{
	static char answer[PACKET_SIZE + 1];
	struct gdb *gdb = &machine.gdb;
	__u8 sum = 0;
	char end[4];

	feed_text("$");
	for (size_t i = 0; i < length; i++)
		sum += bytes[i];
	feed(bytes, length);
	snprintf(end, sizeof(end), "#%02x", sum);
	if (feed_text(end) != PACKET_READY)
		return "broken";
	if (!command_do(&machine, &gdb->reply)) {
		for (unsigned int i = 0; i < machine.vcpu_count; i++)
			step_end(&machine.vcpus[i], &gdb->cpus[i].step);
		gdb->running = false;
		return "gone";
	}
	reply_end(&gdb->reply);
	memcpy(answer, gdb->reply.data, gdb->reply.length);
	answer[gdb->reply.length] = 0;
	return answer;
}

#define COMMAND(text)	command(text, strlen(text))

TEST(packets)
{
	begin();
	EXPECT_EQ(PACKET_READY, feed_text("+$m1,2#fc"));
	EXPECT_STREQ("m1,2", machine.gdb.packet.data);
	EXPECT_EQ(PACKET_BROKEN, feed_text("$m1,2#fd"));
	EXPECT_EQ(PACKET_BROKEN, feed_text("$m1,2#fx"));
	EXPECT_EQ(PACKET_BROKEN, feed_text("$m1,2#xc"));
	EXPECT_EQ(PACKET_AGAIN, feed_text("-"));
	EXPECT_EQ(PACKET_INTERRUPT, feed_text("rubbish\003"));
	/* the first one has no end; and an escaped # */
	EXPECT_EQ(PACKET_READY, feed_text("$m1,$X}\003#d8"));
	EXPECT_EQ(2, machine.gdb.packet.length);
	EXPECT_STREQ("X#", machine.gdb.packet.data);
}

TEST(a_packet_that_is_too_long_is_broken)
{
	begin();
	feed_text("$");
	for (unsigned int i = 0; i < 100000; i++)
		EXPECT_EQ(PACKET_NONE, feed_text("\001"));
	EXPECT_EQ(PACKET_BROKEN, feed_text("#a0"));
	EXPECT_STREQ("E16", COMMAND("m"));
}

TEST(replies)
{
	struct reply *reply = &machine.gdb.reply;

	begin();
	reply_begin(reply);
	reply_raw(reply, "a}#", 3);
	reply_end(reply);
	EXPECT_EQ(9, reply->wire_length);
	EXPECT_EQ(0, memcmp("$a}]}\003#bb", reply->wire, 9));
	for (unsigned int i = 0; i < 2000; i++)
		reply_text(reply, "0123456789");
	EXPECT_EQ(PACKET_SIZE, reply->length);
	memset(reply->data, '#', PACKET_SIZE);
	reply_end(reply);
	EXPECT_EQ(2 * PACKET_SIZE + 4, reply->wire_length);
}

TEST(numbers)
{
	const char *text = "ffffffffffffffff,1", *long_one = "10000000000000000", *none = ",";
	__u64 value;

	EXPECT_TRUE(packet_number(&text, &value));
	EXPECT_EQ(~0ULL, value);
	EXPECT_EQ(',', *text);
	EXPECT_FALSE(packet_number(&long_one, &value));
	EXPECT_FALSE(packet_number(&none, &value));
}

TEST(the_description_comes_in_any_pieces)
{
	static char whole[20000], pieces[20000];
	char request[80];
	const char *answer;
	size_t length = 0;

	begin();
	for (unsigned int step = 0x800; step; step = step == 0x800 ? 7 : 0) {
		length = 0;
		do {
			snprintf(request, sizeof(request), "qXfer:features:read:target.xml:%zx,%x",
				 length, step);
			answer = COMMAND(request);
			length += snprintf(pieces + length, sizeof(pieces) - length, "%s",
					   answer + 1);
		} while (*answer == 'm');
		if (step == 0x800)
			memcpy(whole, pieces, sizeof(whole));
	}
	EXPECT_STREQ(whole, pieces);
	EXPECT_NE(NULL, strstr(whole, "name=\"fpcr\" bitsize=\"32\" regnum=\"67\""));
	EXPECT_STREQ("</target>\n", whole + length - 10);
}

TEST(points_end_with_what_there_is)
{
	char packet[64];
	unsigned int taken = 0;

	begin();
	EXPECT_STREQ("E16", COMMAND("Z2,4,8"));
	for (unsigned int i = 0; i < 1000; i++) {
		snprintf(packet, sizeof(packet), "Z0,%llx,4", RAM_BASE + 4 * i);
		taken += !strcmp("OK", COMMAND(packet));
	}
	EXPECT_EQ(POINTS_IN_MEMORY, taken);
	for (unsigned int i = 0; i < 20; i++) {
		snprintf(packet, sizeof(packet), "Z1,%llx,4", RAM_BASE + 4 * i);
		taken += !strcmp("OK", COMMAND(packet));
	}
	EXPECT_EQ(POINTS_IN_MEMORY + 6, taken);
	EXPECT_EQ(ARM_VCPU_DEBUG_BRK | ARM_VCPU_DEBUG_POINTS, armed.flags);
	points_remove_all(&machine);
	EXPECT_EQ(0, armed.flags);
	for (unsigned int i = 0; i < 1000; i++)
		EXPECT_EQ(0, *(__u32 *)ram_at(&machine.ram, RAM_BASE + 4 * i, 4));
}

static unsigned int seed = 1;

static unsigned int random_below(unsigned int limit)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 12) % limit;
}

/* Packets as they are, and with what may go wrong in each */
TEST(nothing_that_comes_does_harm)
{
	static const char * const seeds[] = {
		"?", "g", "G0011", "p22", "P1=0011223344556677", "m40000000,40",
		"m407ffff0,20",
		"M40000010,4:00112233", "X40000010,4:abcd", "Z0,40000010,4", "z0,40000010,4",
		"Z1,40000020,4", "Z2,40000028,8", "Z3,40000000,80000000", "z2,40000028,8",
		"Hg1", "Hc-1", "T2", "D", "k", "vKill;1", "vCont?", "vCont;c", "vCont;s:1;c",
		"vCont;S05:-1",
		"qSupported:swbreak+", "qXfer:features:read:target.xml:0,fff", "qfThreadInfo",
		"qThreadExtraInfo,2", "qAttached", "qC", "QStartNoAckMode", "Hg2",
	};
	char packet[256];
	size_t length;

	begin();
	for (unsigned int round = 0; round < 300000; round++) {
		length = snprintf(packet, sizeof(packet), "%s",
				  seeds[random_below(ARRAY_SIZE(seeds))]);
		for (unsigned int changes = random_below(4); changes; changes--) {
			packet[random_below(length)] =
				"0123456789abcdef,;:=-\0cCsS"[random_below(26)];
			if (random_below(4) == 0)
				length = 1 + random_below(sizeof(packet) - 1);
		}
		for (size_t i = 0; i < length; i++)
			if (strchr("$#", packet[i]) && packet[i])
				packet[i] = '0';
		command(packet, length);
		ASSERT_LE(machine.gdb.reply.length, PACKET_SIZE);
		ASSERT_LT(machine.gdb.selected, 2);
	}
}

TEST_HARNESS_MAIN
