// SPDX-License-Identifier: MIT
/* avm run --gdb: what a debugger sees of the guest, and changes, and where it has it stop */
#include "gdb.h"

TEST_F(gdb, the_guest_waits_at_its_start)
{
	struct pollfd screen = { .fd = self->screen, .events = POLLIN };

	EXPECT_STREQ("T05thread:1;", ask(self, "?"));
	EXPECT_EQ(symbol(self, "start"), reg(self, PC));
	/* the device tree */
	EXPECT_EQ(0xedfe0dd0U, word(self, reg(self, X(0))));
	EXPECT_EQ(0, poll(&screen, 1, 300));
	START();
}

TEST_F(gdb, a_breakpoint_in_memory)
{
	unsigned long place = symbol(self, "do_psci");
	unsigned int insn = word(self, place);

	START();
	OK("Z0,%lx,4", place);
	EXPECT_EQ(insn, word(self, place));
	/* What is written there is beneath it */
	EXPECT_STREQ("OK", set_word(self, place, NOP));
	EXPECT_EQ(NOP, word(self, place));
	EXPECT_STREQ("OK", set_word(self, place, insn));
	for (int i = 0; i < 2; i++) {
		GO();
		type(self, "psci\n");
		EXPECT_STREQ("T05thread:1;", hear(self));
		EXPECT_EQ(place, reg(self, PC));
		OK("z0,%lx,4", place);
		STEP();
		EXPECT_EQ(place + 4, reg(self, PC));
		OK("Z0,%lx,4", place);
	}
	OK("z0,%lx,4", place);
	EXPECT_EQ(insn, word(self, place));
	GO();
	EXPECT_TRUE(screen_has(self, "ok\n"));
}

TEST_F(gdb, a_breakpoint_in_a_register)
{
	unsigned long place = symbol(self, "do_psci");

	OK("Z1,%lx,4", place);
	GO();
	type(self, "psci\n");
	EXPECT_STREQ("T05thread:1;", hear(self));
	EXPECT_EQ(place, reg(self, PC));
	OK("z1,%lx,4", place);
	GO();
	EXPECT_TRUE(screen_has(self, "ok\n"));
}

TEST_F(gdb, watchpoints)
{
	unsigned long place = symbol(self, "failed"), pcs[5];
	char stop[64];

	/* for each command it is written, and then read */
	for (int type_ = 2; type_ <= 4; type_++) {
		OK("Z%d,%lx,4", type_, place);
		GO();
		type(self, "psci\n");
		snprintf(stop, sizeof(stop), "T05thread:1;%s:%lx;",
			 type_ == 2 ? "watch" : type_ == 3 ? "rwatch" : "awatch", place);
		EXPECT_STREQ(stop, hear(self));
		pcs[type_] = reg(self, PC);
		OK("z%d,%lx,4", type_, place);
		GO();
		EXPECT_TRUE(screen_has(self, "ok\n"));
		ASSERT_TRUE(put(self, "\003", 1));
		hear(self);
	}
	EXPECT_NE(pcs[2], pcs[3]);
	EXPECT_EQ(pcs[2], pcs[4]);
	REFUSED("Z2,%lx,8", place + 4 - place % 8);
	REFUSED("Z2,%lx,c", place - place % 8);
	REFUSED("Z2,%lx,0", place);
	REFUSED("Z1,%lx,4", place + 1);
	/* more than there are */
	for (unsigned long i = 0; i < 17; i++)
		ASK("Z4,%lx,8", SCRATCH + 8 * i);
	EXPECT_EQ('E', self->reply[1]);
}

TEST_F(gdb, registers)
{
	static char all[2000], again[2000];

	SET(X(7), 0x123456789abcdef0);
	SET(SP, 0x41008000);
	EXPECT_EQ(0x123456789abcdef0, reg(self, X(7)));
	EXPECT_EQ(0x41008000, reg(self, SP));
	OK("P22=00112233445566778899aabbccddeeff");
	EXPECT_STREQ("00112233445566778899aabbccddeeff", ask(self, "p22"));
	snprintf(all, sizeof(all), "G%s", ask(self, "g"));
	EXPECT_EQ(1 + 2 * (33 * 8 + 4 + 32 * 16 + 8), strlen(all));
	SET(X(7), 1);
	OK("P22=ffffffffffffffffffffffffffffffff");
	EXPECT_STREQ("OK", ask(self, all));
	snprintf(again, sizeof(again), "G%s", ask(self, "g"));
	EXPECT_STREQ(all, again);
	/* EL2's, and AArch32's */
	EXPECT_EQ('E', *set(self, CPSR, 0x3c9, 4));
	EXPECT_EQ('E', *set(self, CPSR, 0x3d5, 4));
	REFUSED("p1000");
	REFUSED("P20=00");
	/* one that was never on has its own */
	OK("Hg2");
	EXPECT_EQ(0, reg(self, X(7)));
	EXPECT_NE(NULL, strstr(ask(self, "qXfer:features:read:target.xml:0,ffb"), "aarch64.core"));
}

TEST_F(gdb, memory)
{
	EXPECT_STREQ("OK", set_word(self, SCRATCH, 0x12345678));
	EXPECT_EQ(0x12345678U, word(self, SCRATCH));
	OK("X%lx,4:abcd", SCRATCH + 0xffe);
	EXPECT_STREQ("616263640000", ASK("m%lx,6", SCRATCH + 0xffe));
	/* a device, and what isn't there */
	REFUSED("m%lx,4", UART);
	REFUSED("m%lx,4", -8UL);
	EXPECT_EQ('E', *set_word(self, UART, 0x41));
	EXPECT_EQ('E', *set_word(self, FLASH, 0));
	REFUSED("Z0,%lx,4", UART);
	REFUSED("Z0,%lx,4", SCRATCH + 2);
}

TEST_HARNESS_MAIN
