// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state that guests of the fuzzer begin with: see fuzz_state.h.
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "fuzz_native.h"
#include "fuzz_state.h"

#define SCTLR		REG(3, 0, 1, 0, 0)
#define CPACR		REG(3, 0, 1, 0, 2)
#define TTBR0		REG(3, 0, 2, 0, 0)
#define TTBR1		REG(3, 0, 2, 0, 1)
#define TCR		REG(3, 0, 2, 0, 2)
#define MAIR		REG(3, 0, 10, 2, 0)
#define VBAR		REG(3, 0, 12, 0, 0)
#define TPIDRRO		REG(3, 3, 13, 0, 3)
#define CNTKCTL		REG(3, 0, 14, 1, 0)

#define A_MINUTE	(60 * read_sysreg(cntfrq_el0))
#define SCTLR_RES1	0x30d00800UL
#define SCTLR_ON	0x1005UL	/* M, C, I */
/* As guest_mmu_on() has it */
#define TCR_USUAL	(25 | 1UL << 8 | 1UL << 10 | 3UL << 12 | 1UL << 23)
#define PSR_A32		0x10UL
#define PSR_A32_T	(1UL << 5)

/* Descriptors of stage 1 (DDI 0487, D8.3) */
#define DESC_BLOCK	0x1UL
#define DESC_TABLE	0x3UL
#define DESC_NORMAL	(1UL << 2 | 3UL << 8 | 1UL << 10)	/* index 1, inner, AF */
#define DESC_DEVICE	(1UL << 10)
/* AttrIndx, AP, SH, nG, DBM, Contiguous, PXN, UXN */
#define DESC_SOME	(0xbdcUL | 0xfUL << 51)
#define DESC_AP_EL0	(1UL << 6)

/*
 * Vectors that go on behind the instruction, whatever that was, with interrupts masked and IL
 * clear.  Where it is the address that is wrong (EC 0x20 to 0x22), and now and then, lest an ERET
 * leads back for ever: somewhere in the code, which TPIDRRO_EL0 has.  Of x29 nothing is left then.
 */
extern const char guest_goes_on[];
GUEST_ASM(guest_goes_on_text,
	  ".balign 2048\n"
	  "guest_goes_on:\n"
	  ".global guest_goes_on\n"
	  ".rept 16\n"
	  ".balign 128\n"
	  "msr tpidr_el1, x30\n"
	  "mrs x30, elr_el1\n add x30, x30, #4\n msr elr_el1, x30\n"
	  "mrs x30, esr_el1\n ubfx x30, x30, #27, #5\n sub x30, x30, #0x10\n"
	  "cbz x30, 1f\n sub x30, x30, #1\n cbz x30, 1f\n"
	  "mrs x30, cntvct_el0\n tst x30, #0x1f\n b.ne 2f\n"
	  "1: mrs x30, tpidrro_el0\n mrs x29, cntvct_el0\n bfi x30, x29, #2, #7\n"
	  "msr elr_el1, x30\n"
	  "2: mrs x30, spsr_el1\n orr x30, x30, #0x1c0\n and x30, x30, #~(1 << 20)\n"
	  "msr spsr_el1, x30\n"
	  "mrs x30, tpidr_el1\n"
	  "eret\n"
	  ".endr\n");

static void set(struct guest *g, u64 id, u64 value)
{
	native_call(&g->f, SET_REG, g->fd, reg, .id = id, .value = { value });
}

void state_set_any(struct guest *g)
{
	u64 id = g->regs.ids[fuzz_below(&g->f, g->regs.count)];

	if (id != CNTVCT)
		set(g, id, fuzz_value(&g->f));
}

/* Mostly @usual, or that with another bit, or anything */
static u64 around(struct fuzz *f, u64 usual)
{
	switch (fuzz_below(f, 8)) {
	case 0:
		return fuzz_value(f);
	case 1:
	case 2:
		return usual ^ 1UL << fuzz_below(f, 64);
	default:
		return usual;
	}
}

static u64 page_of(struct fuzz *f, u64 usual)
{
	return fuzz_one_in(f, 8) ? fuzz_gpa(f) : FUZZ_RAM + usual;
}

static u64 leaf(struct fuzz *f, u64 addr, u64 kind)
{
	u64 usual = addr | kind;

	/* Where EL0 may write, EL1 can't execute */
	if (addr - FUZZ_RAM >= STATE_TABLES && fuzz_one_in(f, 2))
		usual |= DESC_AP_EL0;

	if (fuzz_one_in(f, 64))
		return around(f, usual);
	return fuzz_one_in(f, 16) ? usual ^ (fuzz_next(f) & DESC_SOME) : usual;
}

/* By three levels of 4 KiB each, from addresses to the same; what isn't theirs is anything */
static void write_tables(struct fuzz *f)
{
	u64 *table = (u64 *)(FUZZ_MEMORY + STATE_TABLES), gpa = FUZZ_RAM + STATE_TABLES, n;

	for (n = 0; n < 512; n++) {
		table[n] = fuzz_one_in(f, 16) ? leaf(f, n << 30, DESC_BLOCK | DESC_NORMAL) : 0;
		table[512 + n] = leaf(f, FUZZ_RAM + (n << 21), DESC_BLOCK | DESC_NORMAL);
		table[1024 + n] = leaf(f, FUZZ_RAM + (n << 12), DESC_TABLE | DESC_NORMAL);
	}
	table[0] = leaf(f, 0, DESC_BLOCK | DESC_DEVICE);
	table[FUZZ_RAM >> 30] = fuzz_one_in(f, 2) ? (gpa + 4096) | DESC_TABLE :
				leaf(f, FUZZ_RAM, DESC_BLOCK | DESC_NORMAL);
	if (fuzz_one_in(f, 2))
		table[512] = (gpa + 8192) | DESC_TABLE;
}

static void set_system(struct guest *g)
{
	struct fuzz *f = &g->f;
	u64 n, sctlr = SCTLR_RES1, code = FUZZ_RAM + state_code(g);

	for (n = fuzz_below(f, 32); n; n--)
		state_set_any(g);
	if (fuzz_one_in(f, 2)) {
		write_tables(f);
		sctlr |= SCTLR_ON;
	}
	set(g, MAIR, around(f, 0xff00 | fuzz_next(f) << 16));
	set(g, TCR, around(f, TCR_USUAL | fuzz_below(f, 6) << 32));
	set(g, TTBR0, page_of(f, STATE_TABLES));
	set(g, TTBR1, page_of(f, STATE_TABLES));
	set(g, CPACR, around(f, 3UL << 20));
	set(g, CNTKCTL, fuzz_next(f));
	set(g, CNTV_CTL, fuzz_below(f, 4));
	set(g, CNTP_CTL, fuzz_below(f, 4));
	set(g, TPIDRRO, code);
	/* Without the vectors, most guests end at their first exception */
	set(g, VBAR, fuzz_one_in(f, 8) ? code : vm_gpa(guest_goes_on));
	set(g, SCTLR, around(f, sctlr));
}

static u64 pstate(struct fuzz *f)
{
	static const u64 modes[] = { PSR_EL1H, PSR_EL1H, PSR_EL1T, PSR_EL0T };
	u64 any = fuzz_next(f) & (PSR_DAIF | PSR_NZCV);

	if (fuzz_one_in(f, 32))
		any |= fuzz_value(f) & 0xffffffffUL & ~0x1fUL;
	return fuzz_pick(f, modes) | any;
}

static void set_page(struct guest *g)
{
	struct arm_vcpu_run *run = g->run;
	struct fuzz *f = &g->f;
	u64 i, code = FUZZ_RAM + state_code(g);

	for (i = 0; i < ARRAY_SIZE(run->x); i++)
		run->x[i] = fuzz_one_in(f, 2) ? fuzz_gpa(f) : fuzz_value(f);
	run->pc = code;
	run->pstate = pstate(f);
	run->x[0] = FUZZ_RAM + fuzz_below(f, FUZZ_PAGES + 4) * page_size() + fuzz_below(f, 4096);
	run->x[1] = fuzz_gpa(f);
	if (g->in_aarch32) {
		run->pc = vm_gpa(guest_leaves);
		run->pstate = PSR_DAIF | PSR_EL1H;
		run->x[2] = run->x[0];
		run->x[0] = code;
		run->x[1] = PSR_A32 | (fuzz_next(f) & (PSR_NZCV | PSR_A32_T | PSR_A | PSR_I));
	}
	run->flags = fuzz_one_in(f, 4) ? (u32)fuzz_below(f, 4) << 1 : 0;
	run->lines = g->config & ARM_VCPU_CONFIG_GIC ? 0 : (u32)fuzz_below(f, 4);
}

void state_draw(struct guest *g)
{
	if (g->debugs)
		native_call(&g->f, SET_DEBUG, g->fd, debug, .flags = 0);
	g->debugs = false;
	native_call(&g->f, SET_ENTRY, g->fd, entry, .pc = FUZZ_RAM);
	g->in_aarch32 = fuzz_one_in(&g->f, 8);
	set_system(g);
	set_page(g);
}

void state_begin(struct guest *g, int vm, u64 config, u32 nr)
{
	struct vcpu vcpu = { };

	g->config = config;
	g->ram = FUZZ_PAGES * page_size();
	g->nr = nr;
	g->fd = vm_vcpu(vm, nr);
	if (g->fd < 0)
		die("CREATE_VCPU: %s", strerror(-g->fd));
	g->run = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, g->fd, 0);
	if (g->run == MAP_FAILED)
		die("no run page");
	vcpu.fd = g->fd;
	vcpu_set_entry(&vcpu, FUZZ_RAM, 0, 0, 0, 0);
	if (vcpu_list_regs(&vcpu, &g->regs) || g->regs.count > MAX_REGS || !g->regs.count)
		die("LIST_REGS failed");
	/*
	 * The host's counter, and more, lest CNTVOFF_EL2 be positive: where the sum of that and
	 * CNTV_CVAL_EL0 is 2^64 or more, QEMU takes it for a time that is over, and for one that
	 * isn't, and does nothing else any more (7.2).
	 */
	reg_set(&vcpu, CNTVCT, read_sysreg(cntvct_el0) + A_MINUTE);
}

void state_end(struct guest *g)
{
	munmap(g->run, page_size());
	close(g->fd);
}
