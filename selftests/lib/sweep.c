// SPDX-License-Identifier: GPL-2.0-only
/*
 * The system space in a guest, instruction by instruction: see sweep.h.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "probe.h"
#include "sweep.h"

#define SWEEP_CALL	0x6700
#define INSN_RET	0xd65f03c0U
#define INSN_SIZE	8UL	/* the instruction and a RET */
#define TABLE(way)	(SWEEP_MEMORY + ((way) == SWEEP_READ ? 0 : 0x60000UL))
/* As if it began with encoding 0 */
#define TABLE_0(way)	(TABLE(way) - SWEEP_FIRST * INSN_SIZE)
#define LIST		(SWEEP_MEMORY + 0xc0000)
#define VALUES		(SWEEP_MEMORY + 0xc8000)

/*
 * x19: encoding, x20: end, x21: table, x22: value, x23: pstate of the accesses, x24: whether
 * that is EL0, x25: table for a second access to the same, or 0.  What ends it is an HVC with
 * x0 the last access's, and x9 its ESR or 0.  Nothing between two accesses changes flags.
 *
 * EL1 opens to EL0 what it can: SCTLR_EL1 (UCI, UCT, DZE, UMA, EnTP2, not TSCXT), CNTKCTL_EL1,
 * and to both CPACR_EL1, so that only EL2 stands in between.
 */
GUEST_ASM(guest_sweep,
	  "adr	x9, 9f\n"
	  "msr	vbar_el1, x9\n"
	  "movz	x9, #0x0333, lsl #16\n"
	  "msr	cpacr_el1, x9\n"
	  "cbz	x24, 1f\n"
	  "movz	x9, #0x303\n"
	  "msr	cntkctl_el1, x9\n"
	  "mrs	x9, sctlr_el1\n"
	  "movz	x10, #0xc200\n"
	  "movk	x10, #0x0400, lsl #16\n"
	  "movk	x10, #0x1000, lsl #48\n"
	  "orr	x9, x9, x10\n"
	  "bic	x9, x9, #(1 << 20)\n"
	  "msr	sctlr_el1, x9\n"
	  "1:	msr	spsr_el1, x23\n"
	  "adr	x9, 8f\n"
	  "msr	elr_el1, x9\n"
	  "eret\n"

	  "8:\n"
	  "mov	x9, #0\n"
	  "cmp	x19, x20\n"
	  "b.hs	2f\n"
	  "add	x10, x21, x19, lsl #3\n"
	  "mov	x0, x22\n"
	  "adr	x30, 2f\n"
	  "br	x10\n"
	  "2:	isb\n"
	  "cbz	x25, 7f\n"
	  "add	x10, x25, x19, lsl #3\n"
	  "mov	x25, #0\n"
	  "br	x10\n"
	  "7:	cbz	x24, 3f\n"
	  "svc	#0\n"
	  "3:	hvc	#" STR(SWEEP_CALL) "\n"
	  "b	.\n"

	  "4:	mrs	x9, esr_el1\n"
	  "lsr	x10, x9, #26\n"
	  "cmp	x10, #0x15\n"		/* SVC */
	  "b.ne	5f\n"
	  "mov	x9, #0\n"
	  "b	3b\n"
	  "5:	cmp	x10, #0x1d\n"		/* UNDEFINED, or trapped to EL1 */
	  "b.hi	3b\n"
	  "6:	add	x19, x19, #1\n"
	  "msr	spsr_el1, x23\n"
	  "adr	x9, 8b\n"
	  "msr	elr_el1, x9\n"
	  "eret\n"

	  ".balign 2048\n"
	  "9:	.rept 16\n"
	  "b	4b\n"
	  ".balign 128\n"
	  ".endr\n");

/* x20: table, x21: list, x22: how many, x23: values */
GUEST_ASM(guest_dump,
	  "movz	x9, #0x0333, lsl #16\n"
	  "msr	cpacr_el1, x9\n"
	  "isb\n"
	  "1:	cbz	x22, 3f\n"
	  "ldrh	w19, [x21], #2\n"
	  "add	x10, x20, x19, lsl #3\n"
	  "adr	x30, 2f\n"
	  "br	x10\n"
	  "2:	str	x0, [x23], #8\n"
	  "sub	x22, x22, #1\n"
	  "b	1b\n"
	  "3:	hvc	#" STR(SWEEP_CALL) "\n"
	  "b	.");

static void *memory;

static void *at(u64 gpa)
{
	return (char *)memory + (gpa - SWEEP_MEMORY);
}

static void make_tables(void)
{
	u32 *reads = at(TABLE(SWEEP_READ)), *writes = at(TABLE(SWEEP_WRITE));
	unsigned int e;

	for (e = SWEEP_FIRST; e < SWEEP_END; e++) {
		reads[2 * (e - SWEEP_FIRST)] = INSN_MRS(e << 5, 0);
		reads[2 * (e - SWEEP_FIRST) + 1] = INSN_RET;
		writes[2 * (e - SWEEP_FIRST)] = INSN_MSR(e << 5, 0);
		writes[2 * (e - SWEEP_FIRST) + 1] = INSN_RET;
	}
	sync_code(memory, SWEEP_SIZE);
}

void sweep_memory(struct vm *vm)
{
	int ret;

	if (!memory) {
		memory = map_pages(SWEEP_SIZE);
		make_tables();
	}
	ret = vm_memory(vm->fd, 0, SWEEP_MEMORY, SWEEP_SIZE, memory);
	if (ret)
		die("SET_MEMORY: %s", strerror(-ret));
}

const char *sweep_name(unsigned int e)
{
	static char names[4][24];
	static unsigned int n;
	char *name = names[n++ % ARRAY_SIZE(names)];

	snprintf(name, sizeof(names[0]), "S%u_%u_C%u_C%u_%u", SWEEP_OP0(e), SWEEP_OP1(e),
		 SWEEP_CRN(e), SWEEP_CRM(e), SWEEP_OP2(e));
	return name;
}

/* What the guest's timers do meanwhile is no matter */
static void run_to_call(struct vcpu *vcpu)
{
	struct arm_vcpu_run *run = vcpu->run;
	u32 reason;

	do {
		reason = vcpu_next(vcpu);
	} while (reason == ARM_VCPU_EXIT_TIMER);
	if (reason != ARM_VCPU_EXIT_HYPERCALL || run->call.immediate != SWEEP_CALL)
		die("%s: exit %s, pc %#llx, esr %#llx", sweep_name((unsigned int)run->x[19]),
		    exit_name(reason), run->pc, run->esr);
}

static void enter(struct vcpu *vcpu, const void *code)
{
	int ret = vcpu_set_entry(vcpu, vm_gpa(code), 0, 0, 0, 0);

	if (ret)
		die("SET_ENTRY: %s", strerror(-ret));
}

static struct sweep_result find(struct vcpu *vcpu, u64 table, u64 second, bool el0,
				unsigned int first, unsigned int end, u64 value)
{
	struct arm_vcpu_run *run = vcpu->run;
	struct sweep_result result;

	enter(vcpu, guest_sweep);
	run->x[19] = first;
	run->x[20] = end;
	run->x[21] = table;
	run->x[22] = value;
	run->x[23] = PSR_DAIF | (el0 ? PSR_EL0T : PSR_EL1H);
	run->x[24] = el0;
	run->x[25] = second;
	run_to_call(vcpu);
	result.encoding = run->x[19] < end ? (unsigned int)run->x[19] : SWEEP_END;
	result.value = run->x[0];
	result.esr = run->x[9];
	return result;
}

struct sweep_result sweep_find(struct vcpu *vcpu, enum sweep_way way, bool el0,
			       unsigned int first, unsigned int end, u64 value)
{
	return find(vcpu, TABLE_0(way), 0, el0, first, end, value);
}

u64 sweep_write_and_read(struct vcpu *vcpu, bool el0, unsigned int encoding, u64 value)
{
	struct sweep_result result;

	result = find(vcpu, TABLE_0(SWEEP_WRITE), TABLE_0(SWEEP_READ), el0, encoding,
		      encoding + 1, value);
	if (result.encoding != encoding || result.esr)
		die("%s can't be written and read again", sweep_name(encoding));
	return result.value;
}

void sweep_dump(struct vcpu *vcpu, const u16 *list, unsigned int count, u64 *values)
{
	struct arm_vcpu_run *run = vcpu->run;

	if (count > SWEEP_MAX_LIST)
		die("%u registers in a list", count);
	memcpy(at(LIST), list, count * sizeof(*list));
	enter(vcpu, guest_dump);
	run->x[20] = TABLE_0(SWEEP_READ);
	run->x[21] = LIST;
	run->x[22] = count;
	run->x[23] = VALUES;
	run_to_call(vcpu);
	memcpy(values, at(VALUES), count * sizeof(*values));
}

static void scan(struct vcpu *vcpu, enum sweep_way way, bool el0, unsigned int first,
		 unsigned int end, u64 value, bool *there)
{
	struct sweep_result result;

	for (; first < end; first = result.encoding + 1) {
		result = sweep_find(vcpu, way, el0, first, end, value);
		/* An abort is for its address: the instruction is there */
		if (result.encoding != SWEEP_END)
			there[result.encoding] = true;
	}
}

void sweep_map(struct vcpu *vcpu, bool el0, struct sweep_map *map)
{
	bool *reads = map->there[SWEEP_READ], *writes = map->there[SWEEP_WRITE];

	memset(map, 0, sizeof(*map));
	scan(vcpu, SWEEP_READ, el0, SWEEP_FIRST, SWEEP_END, 0, reads);
	/* SYS takes an address; MSR leaves registers as after a reset, or nearly */
	scan(vcpu, SWEEP_WRITE, el0, SWEEP_FIRST, SWEEP(2, 0, 0, 0, 0), SWEEP_SCRATCH, writes);
	scan(vcpu, SWEEP_WRITE, el0, SWEEP(2, 0, 0, 0, 0), SWEEP_END, 0, writes);
}

unsigned int sweep_readable(struct vcpu *vcpu, u16 list[SWEEP_MAX_LIST])
{
	static bool there[SWEEP_END];
	unsigned int e, n = 0;

	scan(vcpu, SWEEP_READ, false, SWEEP_FIRST, SWEEP_END, 0, there);
	for (e = SWEEP_FIRST; e < SWEEP_END; e++) {
		if (there[e] && n < SWEEP_MAX_LIST)
			list[n++] = (u16)e;
	}
	return n;
}

bool sweep_choice(unsigned int round)
{
	/* Both, whatever chance says */
	return round < 2 ? round : guest_pattern(round, 3) >> 17 & 1;
}

/* All of SCTLR_EL1 but M, which would take the guest away from its code */
u64 sweep_pattern(unsigned int e, bool choice)
{
	u64 pattern = choice ? 0x5555555555555555UL : ~0x5555555555555555UL;

	if (SWEEP_OP0(e) == 1)
		return SWEEP_SCRATCH + (choice ? 64 : 0);
	return e == SWEEP(3, 0, 1, 0, 0) ? pattern & ~1UL : pattern;
}
