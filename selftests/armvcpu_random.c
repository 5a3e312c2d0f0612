// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that libarmvcpu's emulation of an access is what the CPU does: random instructions are run
 * with nothing behind their address, and once more with memory there, and have to leave the
 * same registers and the same bytes.  And what has no answer but an exception, or none at all.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "kselftest_harness.h"
#include "reg.h"
#include "window.h"

#define SCTLR		REG(3, 0, 1, 0, 0)
#define CPACR		REG(3, 0, 1, 0, 2)
#define SCTLR_EE	(1UL << 25)

/* Where nothing is, or memory: the base register */
#define BASE		(WINDOW + 0x8000)

#define CODE		GUEST_SHARED
#define SAMPLES		1200
#define HVC_1		0xd4000022
#define GIB		0x40000000UL

struct state {
	bool done;		/* else the emulation didn't know it */
	u64 x[31];
	u64 sp;
	u64 v[4];
	u64 pc;
};

FIXTURE(random) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
	struct armvcpu_cpu cpu;
	struct window window;
	u64 seed;
	u32 emulated;
};

FIXTURE_SETUP(random)
{
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
	self->cpu.fd = self->vcpu->fd;
	self->cpu.run = self->run;
	window_create(&self->window, &self->vm);
}

FIXTURE_TEARDOWN(random)
{
	vm_destroy(&self->vm);
}

static u64 __guest guest_translate(void)
{
	guest_mmu_on(GUEST_TABLES);
	return 0;
}

/* All addresses are Normal memory to the guest, so that accesses need no alignment */
static void begin(FIXTURE_DATA(random) *self, bool big_endian)
{
	u64 *table = vm_host(&self->vm, GUEST_TABLES);

	vm_tables(&self->vm);
	table[0] = table[1] - GIB;
	vcpu_call(self->vcpu, guest_translate, 0, 0);
	vcpu_expect_call(self->vcpu, CALL_DONE);
	reg_set(self->vcpu, CPACR, 3 << 20);
	if (!big_endian)
		return;
	for (int i = 0; i < 512; i++)
		table[i] = __builtin_bswap64(table[i]);
	reg_set(self->vcpu, SCTLR, reg_get(self->vcpu, SCTLR) | SCTLR_EE);
}

static u32 random_bits(FIXTURE_DATA(random) *self, u32 bits)
{
	return (u32)(guest_pattern(7, self->seed++) >> 20) & ((1U << bits) - 1);
}

static u32 random_pair(FIXTURE_DATA(random) *self)
{
	u32 vector = random_bits(self, 1), load = random_bits(self, 1);
	u32 mode = random_bits(self, 2), opc = random_bits(self, 2);

	/* opc 1 without V is LDPSW, which is a load and has no non-temporal form */
	if (opc == 3 || (opc == 1 && !vector && !(load && mode)))
		opc = 2;
	return 0x28000000 | opc << 30 | vector << 26 | mode << 23 | load << 22 |
	       random_bits(self, 7) << 15 | random_bits(self, 5) << 10;
}

static u32 random_register(FIXTURE_DATA(random) *self)
{
	static const u32 kinds[] = { 0x38000000, 0x38000400, 0x38000c00, 0x39000000, 0x38204800 };
	u32 vector = random_bits(self, 1), size = random_bits(self, 2);
	u32 opc = random_bits(self, 2), kind = kinds[random_bits(self, 6) % ARRAY_SIZE(kinds)];
	u32 insn = kind;

	if (vector && size)
		opc &= 1;
	if (!vector && opc >= 2 && size >= (opc == 2 ? 3U : 2U))
		opc -= 2;
	if (kind & 1 << 24)
		insn |= random_bits(self, 12) << 10;
	else if (kind & 1 << 21)
		insn |= random_bits(self, 5) << 16 | (random_bits(self, 2) << 1 & 4) << 13 |
			random_bits(self, 1) << 13 | random_bits(self, 1) << 12;
	else
		insn |= random_bits(self, 9) << 12;
	return insn | size << 30 | vector << 26 | opc << 22;
}

/* Base register 29 or SP: no other one is, so that the address is the test's to choose */
static u32 random_instruction(FIXTURE_DATA(random) *self)
{
	u32 insn = random_bits(self, 1) ? random_pair(self) : random_register(self);
	u32 base = random_bits(self, 1) ? 29 : 31;

	if ((insn & 0x3b200c00) == 0x38200800 && (insn >> 16 & 31) == 29)
		insn ^= 1 << 16;
	return insn | base << 5 | random_bits(self, 5);
}

/* Registers as a sample finds them; as an index, they are small, of either sign */
static void load_registers(FIXTURE_DATA(random) *self, u32 sample, u64 pstate)
{
	u32 insn = *(u32 *)vm_host(&self->vm, CODE + 8 * sample), rm = insn >> 16 & 31;

	for (u32 i = 0; i < 31; i++)
		self->run->x[i] = guest_pattern(sample, i);
	if ((insn & 0x3b200c00) == 0x38200800 && rm != 31) {
		u64 index = guest_pattern(sample, 99) & 0x7ff;

		if (insn & 1 << 15)
			index -= 0x400;
		if (!(insn & 1 << 13))	/* of 32 bits: above is anything */
			index = (index & 0xffffffff) | 0xabcdef0100000000;
		self->run->x[rm] = index;
	}
	self->run->x[29] = BASE;
	reg_set(self->vcpu, pstate == PSR_EL1H ? ARM_VCPU_REG_SP_EL1 : ARM_VCPU_REG_SP_EL0, BASE);
	self->run->pc = CODE + 8 * sample;
	self->run->pstate = pstate | PSR_DAIF;
}

static void answer(FIXTURE_DATA(random) *self)
{
	struct arm_vcpu_run *run = self->run;
	__u64 *data = (__u64 *)&run->mmio.data;

	if (run->exit_reason == ARM_VCPU_EXIT_MMIO_READ)
		window_read(&self->window, run->mmio.addr, run->mmio.width, data);
	else
		window_write(&self->window, run->mmio.addr, run->mmio.width, run->mmio.data);
}

/* An access that may lie in two pages, and what is CONSTRAINED UNPREDICTABLE, at most */
static bool may_be_unknown(u32 insn, u64 far)
{
	bool pair = (insn & 0x3a000000) == 0x28000000;
	u32 rt = insn & 31, rt2 = insn >> 10 & 31;

	return (far + 32) % 4096 < 64 || rt == 29 || (pair && (rt2 == 29 || rt == rt2));
}

/* One sample to its HVC; false when the emulation doesn't know it */
static bool execute(FIXTURE_DATA(random) *self, u32 insn)
{
	int rc;

	for (;;) {
		switch (vcpu_next(self->vcpu)) {
		case ARM_VCPU_EXIT_MMIO_READ:
		case ARM_VCPU_EXIT_MMIO_WRITE:
			answer(self);
			break;
		case ARM_VCPU_EXIT_MEMORY_FAULT:
			rc = armvcpu_emulate(&self->cpu, &self->window.bus);
			if (rc == -EOPNOTSUPP && may_be_unknown(insn, self->run->far))
				return false;
			if (rc)
				die("instruction %08x: %d", insn, rc);
			self->emulated++;
			break;
		case ARM_VCPU_EXIT_HYPERCALL:
			return true;
		default:
			die("%s", exit_name(self->run->exit_reason));
		}
	}
}

static void run_sample(FIXTURE_DATA(random) *self, u32 sample, u64 pstate, struct state *state)
{
	u32 insn = *(u32 *)vm_host(&self->vm, CODE + 8 * sample);

	load_registers(self, sample, pstate);
	state->done = execute(self, insn);
	if (!state->done)
		return;
	memcpy(state->x, self->run->x, sizeof(state->x));
	state->pc = self->run->pc;
	state->sp = reg_get(self->vcpu, pstate == PSR_EL1H ? ARM_VCPU_REG_SP_EL1 :
							     ARM_VCPU_REG_SP_EL0);
	vcpu_get_reg(self->vcpu, ARM_VCPU_REG_V(insn & 31), state->v);
	vcpu_get_reg(self->vcpu, ARM_VCPU_REG_V(insn >> 10 & 31), state->v + 2);
}

/* Bytes in the window and in the vector registers, the same before each pass */
static void fill(FIXTURE_DATA(random) *self)
{
	u64 *words = (u64 *)self->window.bytes;

	for (u32 i = 0; i < WINDOW_SIZE / 8; i++)
		words[i] = guest_pattern(1000, i);
	for (u32 i = 0; i < 32; i++)
		vcpu_set_reg(self->vcpu, ARM_VCPU_REG_V(i),
			     (u64[2]) { guest_pattern(2000, i), guest_pattern(3000, i) });
}

static void make_samples(FIXTURE_DATA(random) *self)
{
	u32 *code = vm_host(&self->vm, CODE);

	for (u32 i = 0; i < SAMPLES; i++) {
		code[2 * i] = random_instruction(self);
		code[2 * i + 1] = HVC_1;
	}
	__builtin___clear_cache((char *)code, (char *)(code + 2 * SAMPLES));
}

static void compare(struct __test_metadata *_metadata, FIXTURE_DATA(random) *self,
		    u64 pstate, bool big_endian)
{
	struct state *states = calloc(SAMPLES, sizeof(*states)), native;
	u8 *emulated = map_pages(WINDOW_SIZE);
	u32 differ = 0, i;

	begin(self, big_endian);
	make_samples(self);
	fill(self);
	for (i = 0; i < SAMPLES; i++)
		run_sample(self, i, pstate, &states[i]);
	memcpy(emulated, self->window.bytes, WINDOW_SIZE);
	EXPECT_LT(SAMPLES / 2, self->emulated);

	fill(self);
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, WINDOW, WINDOW_SIZE, self->window.bytes));
	for (i = 0; i < SAMPLES && differ < 5; i++) {
		if (!states[i].done)
			continue;
		memset(&native, 0, sizeof(native));
		run_sample(self, i, pstate, &native);
		EXPECT_EQ(0, memcmp(&states[i], &native, sizeof(native))) {
			TH_LOG("instruction %08x", *(u32 *)vm_host(&self->vm, CODE + 8 * i));
			differ++;
		}
	}
	EXPECT_EQ(0, memcmp(emulated, self->window.bytes, WINDOW_SIZE));
	free(states);
}

TEST_F_TIMEOUT(random, does_what_the_cpu_does, 100)
{
	compare(_metadata, self, PSR_EL1H, false);
}

TEST_F_TIMEOUT(random, does_what_the_cpu_does_with_the_other_stack_pointer, 100)
{
	compare(_metadata, self, PSR_EL1T, false);
}

TEST_F_TIMEOUT(random, does_what_the_cpu_does_big_endian, 100)
{
	compare(_metadata, self, PSR_EL1H, true);
}

TEST_HARNESS_MAIN
