// SPDX-License-Identifier: MIT
/* avm run --gdb: how a guest goes on, and how both sides leave */
#include "gdb.h"

/* Masks are as the guest has them, though interrupts wait */
TEST_F(gdb, a_step_is_one_instruction)
{
	static const unsigned int code[] = { NOP, READ_DAIF, SVC, MASK_I, NOP };

	for (unsigned int i = 0; i < ARRAY_SIZE(code); i++)
		EXPECT_STREQ("OK", set_word(self, SCRATCH + 4 * i, code[i]));
	SET(VBAR, VECTORS);
	SET(PC, SCRATCH);
	SET(CPSR, 0x305);
	STEP();
	EXPECT_EQ(SCRATCH + 4, reg(self, PC));
	EXPECT_EQ(0x305, reg(self, CPSR) & 0x3ff);
	STEP();
	EXPECT_EQ(0x300, reg(self, X(0)));
	STEP();
	EXPECT_EQ(VECTORS + 0x200, reg(self, PC));
	EXPECT_EQ(0x305, reg(self, SPSR) & 0x3ff);
	SET(PC, SCRATCH + 12);
	SET(CPSR, 0x305);
	STEP();
	EXPECT_EQ(0x385, reg(self, CPSR) & 0x3ff);
	STEP();
	EXPECT_EQ(SCRATCH + 20, reg(self, PC));
	EXPECT_EQ(0x385, reg(self, CPSR) & 0x3ff);
}

/* The guest polls its UART: when it is stopped, a load is under way, and not over at another pc */
TEST_F(gdb, what_has_begun_is_over)
{
	unsigned long pc, x5;
	int i;

	START();
	EXPECT_STREQ("OK", set_word(self, SCRATCH, ONE_TO_X5));
	for (i = 0; i < 50; i++) {
		pc = reg(self, PC);
		x5 = reg(self, X(5));
		SET(PC, SCRATCH);
		SET(X(5), 0);
		STEP();
		EXPECT_EQ(SCRATCH + 4, reg(self, PC));
		EXPECT_EQ(1, reg(self, X(5)));
		SET(PC, pc);
		SET(X(5), x5);
		GO();
		usleep(2000 + 137 * i);
		ASSERT_TRUE(put(self, "\003", 1));
		EXPECT_STREQ("T02thread:1;", hear(self));
	}
	OK("D");
	EXPECT_FREE();
}

TEST_F(gdb, a_brk_of_the_guests_is_its_own)
{
	SET(VBAR, VECTORS);
	SET(PC, SCRATCH);
	EXPECT_STREQ("OK", set_word(self, SCRATCH, BRK | 0x123 << 5));
	EXPECT_STREQ("OK", set_word(self, VECTORS + 0x200, LOOP));
	OK("Z0,%lx,4", symbol(self, "do_psci"));
	GO();
	usleep(300000);
	ASSERT_TRUE(put(self, "\003", 1));
	EXPECT_STREQ("T02thread:1;", hear(self));
	EXPECT_EQ(VECTORS + 0x200, reg(self, PC));
	EXPECT_EQ(0xf2000123, reg(self, ESR));
}

TEST_F(gdb, vcpus_are_threads)
{
	unsigned long place = symbol(self, "guest_secondary"), work = symbol(self, "work");
	unsigned long works = work;
	unsigned int thread = 0, before, seen = 0;
	char stop[32];

	EXPECT_STREQ("m1,2,3,4", ask(self, "qfThreadInfo"));
	EXPECT_STREQ("l", ask(self, "qsThreadInfo"));
	/* "CPU 1, off" */
	EXPECT_STREQ("43505520312c206f6666", ask(self, "qThreadExtraInfo,2"));
	OK("T4");
	REFUSED("T5");
	REFUSED("Hg5");
	OK("Z1,%lx,4", place);
	GO();
	type(self, "smp-run\n");
	for (int i = 0; i < CPUS - 1; i++) {
		/* one that has gone on before stands still, too */
		ASSERT_EQ(0, strncmp("T05thread:", hear(self), 10));
		thread = self->reply[11] - '0';
		ASSERT_TRUE(thread >= 2 && thread <= CPUS);
		before = word(self, works);
		seen |= 1U << (thread - 1);
		EXPECT_EQ(place, reg(self, PC));
		EXPECT_EQ(thread - 1, reg(self, X(0)));
		OK("Hg1");
		EXPECT_NE(place, reg(self, PC));
		OK("z1,%lx,4", place);
		snprintf(stop, sizeof(stop), "T05thread:%x;", thread);
		EXPECT_STREQ(stop, ASK("vCont;s:%x", thread));
		EXPECT_EQ(place + 4, reg(self, PC));
		for (int step = 0; step < 50; step++)
			EXPECT_STREQ(stop, ASK("vCont;s:%x", thread));
		EXPECT_EQ(before, word(self, works));
		works = work + 4 * (thread - 1);
		OK("Z1,%lx,4", place);
		GO();
	}
	EXPECT_EQ(0xeU, seen);
	EXPECT_TRUE(screen_has(self, "ok\n"));
	ASSERT_TRUE(put(self, "\003", 1));
	hear(self);
	before = word(self, work + 4);
	usleep(100000);
	EXPECT_EQ(before, word(self, work + 4));
	GO();
	usleep(200000);
	ASSERT_TRUE(put(self, "\003", 1));
	hear(self);
	EXPECT_NE(before, word(self, work + 4));
}

TEST_F(gdb, who_detaches_leaves_nothing)
{
	unsigned long place = symbol(self, "do_psci");

	START();
	OK("Z0,%lx,4", place);
	OK("Z1,%lx,4", place);
	OK("D");
	EXPECT_FREE();
}

TEST_F(gdb, nor_does_who_hangs_up)
{
	unsigned long place = symbol(self, "do_psci");

	START();
	OK("Z0,%lx,4", place);
	GO();
	close(self->socket);
	/* and may come back, to find it stopped where it was */
	ASSERT_EQ(attach(self), 0);
	OK("QStartNoAckMode");
	EXPECT_STREQ("T05thread:1;", ask(self, "?"));
	EXPECT_NE(BRK, word(self, place));
	EXPECT_NE(symbol(self, "start"), reg(self, PC));
	close(self->socket);
	EXPECT_FREE();
}

TEST_F(gdb, is_told_of_a_reset)
{
	START();
	OK("Z0,%lx,4", symbol(self, "do_psci"));
	GO();
	type(self, "reset\n");
	EXPECT_STREQ("T05thread:1;", hear(self));
	EXPECT_EQ(symbol(self, "start"), reg(self, PC));
	EXPECT_NE(BRK, word(self, symbol(self, "do_psci")));
	START();
	OK("D");
	EXPECT_FREE();
}

TEST_F(gdb, is_told_of_the_end)
{
	START();
	GO();
	type(self, "off\n");
	EXPECT_STREQ("W00", hear(self));
	EXPECT_EQ(0, status(self));
	EXPECT_NE(0, access(self->address.sun_path, F_OK));
}

TEST_F(gdb, kills)
{
	tell(self, "k");
	EXPECT_EQ(5, status(self));
}

TEST_F(gdb, nothing_that_comes_does_harm)
{
	static const char * const packets[] = {
		"", "m", "m1", "m,", "m1,", "mffffffffffffffffffff,4", "mfffffffffffffffe,ffff",
		"M41000000,4", "M41000000,4:12", "M41000000,ffffffffffffffff:00",
		"X41000000,9:abc", "Z", "Z0", "Z0,,", "Z9,0,4", "Z0,0,ffffffffffffffff",
		"Z3,fffffffffffffff9,8", "z0,0,4", "H", "Hg", "Hg0", "Hg-1", "Hgffffffff", "T",
		"T0", "T-1", "p", "pffffffffffffffff", "P", "P1", "P1=", "P1=zz", "G", "G00",
		"vCont", "vCont;", "vCont;x", "vCont;s:", "vCont;s:9", "vCont;C", "vCont;c;",
		"vKil", "qXfer:features:read:target.xml:", "qThreadExtraInfo,", "qC1",
		"qXfer:features:read:target.xml:ffffffffffffffff,ffffffffffffffff", "QNonStop:1",
	};
	static char flood[70000];
	unsigned int seed = 1;

	for (unsigned int i = 0; i < ARRAY_SIZE(packets); i++) {
		ASSERT_TRUE(tell(self, packets[i]));
		ASSERT_GE(get(self), 0) TH_LOG("%s", packets[i]);
		while (get(self) != '#')
			;
		ASSERT_TRUE(get(self) >= 0 && get(self) >= 0);
	}
	for (unsigned int i = 0; i < sizeof(flood); i++) {
		seed = seed * 1103515245 + 12345;
		flood[i] = "$#{}*-+0aZmMg,;:\3"[(seed >> 16) % 18];
	}
	memset(flood + 1000, '0', 30000);
	EXPECT_TRUE(put(self, flood, sizeof(flood)));
	/* it is let go, or still answers, and can be had anew */
	close(self->socket);
	ASSERT_EQ(attach(self), 0);
	OK("QStartNoAckMode");
	SET(PC, symbol(self, "start"));
	OK("D");
	ASSERT_TRUE(screen_has(self, "guest ready\n"));
	EXPECT_FREE();
}

TEST_HARNESS_MAIN
