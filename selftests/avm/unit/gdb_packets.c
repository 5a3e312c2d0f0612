// SPDX-License-Identifier: MIT
/*
 * What gdb sends to avm, and what else may come there: packets, and commands on a machine that has
 * memory and two vCPUs, but no guest and no module.
 */
#include "debugged.h"

#include <stdio.h>
#include <string.h>

#include "gdb/command.h"

#include "kselftest_harness.h"

static enum packet_event feed_text(const char *text)
{
	return debugged_feed(text, strlen(text));
}

#define COMMAND(text)	debugged_command(text, strlen(text))

TEST(packets)
{
	debugged_begin();
	EXPECT_EQ(PACKET_READY, feed_text("+$m1,2#fc"));
	EXPECT_STREQ("m1,2", debugged.gdb.packet.data);
	EXPECT_EQ(PACKET_BROKEN, feed_text("$m1,2#fd"));
	EXPECT_EQ(PACKET_BROKEN, feed_text("$m1,2#fx"));
	EXPECT_EQ(PACKET_BROKEN, feed_text("$m1,2#xc"));
	EXPECT_EQ(PACKET_AGAIN, feed_text("-"));
	EXPECT_EQ(PACKET_INTERRUPT, feed_text("rubbish\003"));
	/* the first one has no end; and an escaped # */
	EXPECT_EQ(PACKET_READY, feed_text("$m1,$X}\003#d8"));
	EXPECT_EQ(2, debugged.gdb.packet.length);
	EXPECT_STREQ("X#", debugged.gdb.packet.data);
}

TEST(a_packet_that_is_too_long_is_broken)
{
	debugged_begin();
	feed_text("$");
	for (unsigned int i = 0; i < 100000; i++)
		EXPECT_EQ(PACKET_NONE, feed_text("\001"));
	EXPECT_EQ(PACKET_BROKEN, feed_text("#a0"));
	EXPECT_STREQ("E16", COMMAND("m"));
}

TEST(replies)
{
	struct reply *reply = &debugged.gdb.reply;

	debugged_begin();
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

	debugged_begin();
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

	debugged_begin();
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
	EXPECT_EQ(ARM_VCPU_DEBUG_BRK | ARM_VCPU_DEBUG_POINTS, debugged_armed.flags);
	points_remove_all(&debugged);
	EXPECT_EQ(0, debugged_armed.flags);
	for (unsigned int i = 0; i < 1000; i++)
		EXPECT_EQ(0, *(__u32 *)ram_at(&debugged.ram, RAM_BASE + 4 * i, 4));
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

	debugged_begin();
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
		debugged_command(packet, length);
		ASSERT_LE(debugged.gdb.reply.length, PACKET_SIZE);
		ASSERT_LT(debugged.gdb.selected, 2);
	}
}

TEST_HARNESS_MAIN
