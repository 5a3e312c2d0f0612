// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows, for every instruction of the system space, that a guest can't reach by it what isn't
 * its own.  Each encoding of op0 1 to 3 is read and written, at EL1 and at EL0; what isn't an
 * exception to the guest is a register private to the vCPU, or stands in a list below, with
 * the reason.
 *
 * Private means that nothing which anybody else can read depends on what is written: a vCPU
 * writes one of two opposite patterns, by chance, again and again, and no bit of another
 * vCPU's registers, in its VM or in another, tells which.  host_sysregs shows the same for
 * the host.
 */
#include <asm/hwcap.h>
#include <sys/auxv.h>
#include "kselftest_harness.h"
#include "reg.h"
#include "sweep.h"
#include "vgic.h"

struct named {
	u16 first;
	u8 count;
	const char *name;
	const char *why;
};

/* Can be read, but not written: constants, counters, random numbers, what the vCPU is */
static const struct named read_only[] = {
	{ SWEEP(2, 0, 1, 0, 0), 1, "MDRAR_EL1", "0" },
	{ SWEEP(2, 0, 1, 1, 4), 1, "OSLSR_EL1", "the vCPU's" },
	{ SWEEP(2, 0, 7, 14, 6), 1, "DBGAUTHSTATUS_EL1", "constant" },
	{ SWEEP(2, 3, 0, 1, 0), 1, "MDCCSR_EL0", "0" },
	{ SWEEP(3, 0, 0, 0, 0), 1, "MIDR_EL1", "the CPU's" },
	{ SWEEP(3, 0, 0, 0, 5), 1, "MPIDR_EL1", "the vCPU's" },
	{ SWEEP(3, 0, 0, 0, 6), 1, "REVIDR_EL1", "0" },
	{ SWEEP(3, 0, 0, 1, 0), 56, "ID_*_EL1", "constant, world_id knows what they say" },
	{ SWEEP(3, 0, 4, 2, 2), 1, "CurrentEL", "PSTATE" },
	{ SWEEP(3, 0, 4, 3, 0), 1, "ALLINT", "0: only its writes are trapped" },
	{ SWEEP(3, 0, 12, 1, 0), 1, "ISR_EL1", "the vCPU's lines" },
	{ SWEEP(3, 1, 0, 0, 0), 2, "CCSIDR_EL1, CLIDR_EL1", "constant" },
	{ SWEEP(3, 1, 0, 0, 7), 1, "AIDR_EL1", "0" },
	{ SWEEP(3, 3, 0, 0, 1), 1, "CTR_EL0", "constant" },
	{ SWEEP(3, 3, 0, 0, 7), 1, "DCZID_EL0", "constant" },
	{ SWEEP(3, 3, 2, 4, 0), 2, "RNDR, RNDRRS", "random" },
	{ SWEEP(3, 3, 14, 0, 0), 1, "CNTFRQ_EL0", "constant" },
	{ SWEEP(3, 3, 14, 0, 1), 2, "CNTPCT_EL0, CNTVCT_EL0", "counter" },
	{ SWEEP(3, 3, 14, 0, 5), 2, "CNTPCTSS_EL0, CNTVCTSS_EL0", "counter; can't be hidden" },
};

/* Can be written, but not read: OSLAR_EL1, and instructions */
static const struct named write_only[] = {
	{ SWEEP(1, 0, 7, 1, 0), 1, "IC IALLUIS", "maintenance" },
	{ SWEEP(1, 0, 7, 5, 0), 1, "IC IALLU", "maintenance" },
	{ SWEEP(1, 0, 7, 6, 1), 3, "DC IVAC, ISW, IGVAC", "maintenance" },
	{ SWEEP(1, 0, 7, 6, 5), 1, "DC IGDVAC", "maintenance" },
	{ SWEEP(1, 0, 7, 8, 0), 4, "AT S1E1R to S1E0W", "PAR_EL1 is the vCPU's" },
	{ SWEEP(1, 0, 7, 9, 0), 2, "AT S1E1RP, S1E1WP", "PAR_EL1 is the vCPU's" },
	{ SWEEP(1, 0, 7, 10, 2), 1, "DC CSW", "maintenance" },
	{ SWEEP(1, 0, 7, 14, 2), 1, "DC CISW", "maintenance" },
	{ SWEEP(1, 0, 8, 0, 0), 128, "TLBI", "the VM's" },
	{ SWEEP(1, 0, 9, 0, 0), 128, "TLBI ...nXS", "the VM's" },
	{ SWEEP(1, 3, 7, 3, 4), 2, "CFP RCTX, DVP RCTX", "restricts its own context" },
	{ SWEEP(1, 3, 7, 3, 7), 1, "CPP RCTX", "restricts its own context" },
	{ SWEEP(1, 3, 7, 4, 1), 1, "DC ZVA", "its own memory" },
	{ SWEEP(1, 3, 7, 4, 3), 2, "DC GVA, GZVA", "its own memory; no tags (HCR_EL2.ATA)" },
	{ SWEEP(1, 3, 7, 5, 1), 1, "IC IVAU", "maintenance" },
	{ SWEEP(1, 3, 7, 10, 1), 1, "DC CVAC", "maintenance" },
	{ SWEEP(1, 3, 7, 10, 3), 1, "DC CGVAC", "maintenance" },
	{ SWEEP(1, 3, 7, 10, 5), 1, "DC CGDVAC", "maintenance" },
	{ SWEEP(1, 3, 7, 11, 1), 1, "DC CVAU", "maintenance" },
	{ SWEEP(1, 3, 7, 12, 1), 1, "DC CVAP", "maintenance" },
	{ SWEEP(1, 3, 7, 12, 3), 1, "DC CGVAP", "maintenance" },
	{ SWEEP(1, 3, 7, 12, 5), 1, "DC CGDVAP", "maintenance" },
	{ SWEEP(1, 3, 7, 13, 1), 1, "DC CVADP", "maintenance" },
	{ SWEEP(1, 3, 7, 13, 3), 1, "DC CGVADP", "maintenance" },
	{ SWEEP(1, 3, 7, 13, 5), 1, "DC CGDVADP", "maintenance" },
	{ SWEEP(1, 3, 7, 14, 1), 1, "DC CIVAC", "maintenance" },
	{ SWEEP(1, 3, 7, 14, 3), 1, "DC CIGVAC", "maintenance" },
	{ SWEEP(1, 3, 7, 14, 5), 1, "DC CIGDVAC", "maintenance" },
	{ SWEEP(2, 0, 1, 0, 4), 1, "OSLAR_EL1", "the vCPU's" },
};

/* Of a virtual GIC */
static const struct named vgic_read_only[] = {
	{ SWEEP(3, 0, 12, 8, 0), 1, "ICC_IAR0_EL1", "the vCPU's list registers" },
	{ SWEEP(3, 0, 12, 8, 2), 1, "ICC_HPPIR0_EL1", "the vCPU's list registers" },
	{ SWEEP(3, 0, 12, 9, 5), 1, "ICC_NMIAR1_EL1", "1023: there are no virtual NMIs" },
	{ SWEEP(3, 0, 12, 11, 3), 1, "ICC_RPR_EL1", "the vCPU's active priorities" },
	{ SWEEP(3, 0, 12, 12, 0), 1, "ICC_IAR1_EL1", "the vCPU's list registers" },
	{ SWEEP(3, 0, 12, 12, 2), 1, "ICC_HPPIR1_EL1", "the vCPU's list registers" },
};

static const struct named vgic_write_only[] = {
	{ SWEEP(3, 0, 12, 8, 1), 1, "ICC_EOIR0_EL1", "the vCPU's list registers" },
	{ SWEEP(3, 0, 12, 11, 1), 1, "ICC_DIR_EL1", "the vCPU's list registers" },
	{ SWEEP(3, 0, 12, 12, 1), 1, "ICC_EOIR1_EL1", "the vCPU's list registers" },
};

/* Private, and in the run page */
static const struct named vgic_state[] = {
	{ SWEEP(3, 0, 4, 6, 0), 1, "ICC_PMR_EL1", "ICH_VMCR_EL2" },
	{ SWEEP(3, 0, 12, 8, 3), 1, "ICC_BPR0_EL1", "ICH_VMCR_EL2" },
	{ SWEEP(3, 0, 12, 8, 4), 4, "ICC_AP0R<n>_EL1", "ICH_AP0R<n>_EL2" },
	{ SWEEP(3, 0, 12, 9, 0), 4, "ICC_AP1R<n>_EL1", "ICH_AP1R<n>_EL2" },
	{ SWEEP(3, 0, 12, 12, 3), 2, "ICC_BPR1_EL1, ICC_CTLR_EL1", "ICH_VMCR_EL2" },
	{ SWEEP(3, 0, 12, 12, 6), 2, "ICC_IGRPEN0_EL1, ICC_IGRPEN1_EL1", "ICH_VMCR_EL2" },
};

/* Keep nothing of what is written */
static const struct named constant[] = {
	{ SWEEP(2, 0, 0, 0, 2), 1, "OSDTRRX_EL1", "0" },
	{ SWEEP(2, 0, 0, 2, 0), 1, "MDCCINT_EL1", "0" },
	{ SWEEP(2, 0, 0, 3, 2), 1, "OSDTRTX_EL1", "0" },
	{ SWEEP(2, 0, 0, 6, 2), 1, "OSECCR_EL1", "0" },
	{ SWEEP(2, 0, 1, 3, 4), 1, "OSDLR_EL1", "0" },
	{ SWEEP(2, 0, 1, 4, 4), 1, "DBGPRCR_EL1", "0" },
	{ SWEEP(2, 0, 7, 8, 6), 1, "DBGCLAIMSET_EL1", "0" },
	{ SWEEP(2, 0, 7, 9, 6), 1, "DBGCLAIMCLR_EL1", "0" },
	{ SWEEP(2, 3, 0, 4, 0), 1, "DBGDTR_EL0", "0" },
	{ SWEEP(2, 3, 0, 5, 0), 1, "DBGDTRRX_EL0", "0" },
	{ SWEEP(3, 0, 1, 0, 1), 1, "ACTLR_EL1", "0" },
	{ SWEEP(3, 0, 5, 1, 0), 2, "AFSR0_EL1, AFSR1_EL1", "no CPU of QEMU has a bit there" },
	{ SWEEP(3, 0, 10, 3, 0), 1, "AMAIR_EL1", "no CPU of QEMU has a bit there" },
	{ SWEEP(3, 0, 12, 12, 5), 1, "ICC_SRE_EL1", "7; without ICC_SRE_EL2.Enable, read only" },
};

/* Constant, and reached only where QEMU has no trap for it, as 7.2 */
static const struct named untrapped[] = {
	{ SWEEP(3, 0, 1, 2, 4), 1, "SMPRI_EL1", "comes without FEAT_FGT, on max" },
	{ SWEEP(3, 1, 0, 0, 4), 1, "GMID_EL1", "no HCR_EL2.TID5, on max" },
	{ SWEEP(3, 1, 11, 0, 2), 2, "L2CTLR_EL1, L2ECTLR_EL1", "no HCR_EL2.TIDCP" },
	{ SWEEP(3, 1, 15, 0, 0), 1, "L2ACTLR_EL1", "no HCR_EL2.TIDCP" },
	{ SWEEP(3, 1, 15, 2, 0), 4, "CPUACTLR_EL1 to L2MERRSR_EL1", "no HCR_EL2.TIDCP" },
	{ SWEEP(3, 1, 15, 3, 0), 1, "CBAR_EL1", "no HCR_EL2.TIDCP" },
};

/* Private, and not in LIST_REGS: there by another name, or in the run page */
static const struct named elsewhere[] = {
	{ SWEEP(3, 0, 4, 0, 0), 2, "SPSR_EL1, ELR_EL1", "have ids of their own" },
	{ SWEEP(3, 0, 4, 1, 0), 1, "SP_EL0", "has an id of its own" },
	{ SWEEP(3, 0, 4, 2, 0), 1, "SPSel", "PSTATE" },
	{ SWEEP(3, 0, 4, 2, 3), 2, "PAN, UAO", "PSTATE" },
	{ SWEEP(3, 3, 4, 2, 0), 2, "NZCV, DAIF", "PSTATE" },
	{ SWEEP(3, 3, 4, 2, 5), 3, "DIT, SSBS, TCO", "PSTATE" },
	{ SWEEP(3, 3, 4, 4, 0), 2, "FPCR, FPSR", "have ids of their own" },
	{ SWEEP(3, 3, 14, 2, 0), 1, "CNTP_TVAL_EL0", "CNTP_CVAL_EL0" },
	{ SWEEP(3, 3, 14, 3, 0), 1, "CNTV_TVAL_EL0", "CNTV_CVAL_EL0" },
};

static bool in_list(const struct named *list, size_t size, unsigned int e)
{
	for (; size; size--, list++) {
		if (e >= list->first && e < list->first + list->count)
			return true;
	}
	return false;
}

#define IN_LIST(list, e)	in_list(list, ARRAY_SIZE(list), e)

/* A QEMU that has FEAT_ECV has the traps, too */
static bool known_untrapped(unsigned int e)
{
	return !(getauxval(AT_HWCAP2) & HWCAP2_ECV) && IN_LIST(untrapped, e);
}

FIXTURE(sweep) {
	struct vm vm[2];
	struct vcpu *vcpu;	/* whose accesses they are */
	struct vcpu *others[2];	/* in its VM, and in another */
	struct sweep_map map;
};

FIXTURE_VARIANT(sweep) {
	bool el0;
	bool vgic;
};

FIXTURE_VARIANT_ADD(sweep, el1) { false };
FIXTURE_VARIANT_ADD(sweep, el0) { true };
FIXTURE_VARIANT_ADD(sweep, el1_vgic) { .vgic = true };
FIXTURE_VARIANT_ADD(sweep, el0_vgic) { .el0 = true, .vgic = true };

FIXTURE_SETUP(sweep)
{
	int i;

	if (variant->vgic && !vgic_vtr())
		SKIP(return, NO_VGIC);
	pin_to(cpu_nth(0));
	for (i = 0; i < 2; i++) {
		vm_create(&self->vm[i]);
		if (variant->vgic)
			vm_replace(&self->vm[i], 0, ARM_VCPU_CONFIG_VGIC);
		sweep_memory(&self->vm[i]);
	}
	self->vcpu = vcpu_create(&self->vm[0]);
	for (i = 0; i < 2; i++)
		self->others[i] = vcpu_create(&self->vm[i]);
	sweep_map(self->vcpu, variant->el0, &self->map);
}

FIXTURE_TEARDOWN(sweep)
{
	int i;

	for (i = 0; self->vcpu && i < 2; i++)
		vm_destroy(&self->vm[i]);
}

/* What isn't there both ways is judged by its name */
TEST_F_TIMEOUT(sweep, every_instruction_is_undefined_or_known, 60)
{
	const struct sweep_map *map = &self->map;
	unsigned int e, reads = 0, writes = 0, both = 0;

	for (e = SWEEP_FIRST; e < SWEEP_END; e++) {
		bool read = map->there[SWEEP_READ][e], write = map->there[SWEEP_WRITE][e];

		reads += read && !write;
		writes += write && !read;
		both += read && write;
		if (read && !write) {
			/* EL0 can only read it, EL1 writes it */
			EXPECT_TRUE(IN_LIST(read_only, e) || known_untrapped(e) ||
				    (variant->vgic && IN_LIST(vgic_read_only, e)) ||
				    (variant->el0 && e == SWEEP(3, 3, 13, 0, 3))) {
				TH_LOG("%s can be read", sweep_name(e));
			}
		}
		if (write && !read) {
			EXPECT_TRUE(IN_LIST(write_only, e) ||
				    (variant->vgic && IN_LIST(vgic_write_only, e))) {
				TH_LOG("%s can be written", sweep_name(e));
			}
		}
		if (variant->el0 && (read || write))
			EXPECT_EQ(3, SWEEP_OP1(e)) TH_LOG("%s at EL0", sweep_name(e));
	}
	TH_LOG("EL%d: of %u encodings %u read only, %u write only, %u both ways, %u not at all",
	       !variant->el0, SWEEP_END - SWEEP_FIRST, reads, writes, both,
	       SWEEP_END - SWEEP_FIRST - reads - writes - both);
	/* Lest nothing was tried at all */
	EXPECT_LT(4, reads);
	EXPECT_LT(4, writes);
	EXPECT_LT(4, both);
}

static bool listed(const struct reg_list *list, unsigned int e)
{
	u32 i;

	for (i = 0; i < list->count; i++) {
		if (list->ids[i] == (REG(0, 0, 0, 0, 0) | e))
			return true;
	}
	return false;
}

TEST_F_TIMEOUT(sweep, what_is_written_is_the_vcpus_own, 120)
{
	static struct sweep_trace own[SWEEP_END], others[2][SWEEP_END], all[2][SWEEP_MAX_LIST];
	static u64 values[SWEEP_MAX_LIST];
	static u16 list[SWEEP_MAX_LIST];
	const struct sweep_map *map = &self->map;
	unsigned int e, i, n, round, state = 0, fixed = 0;
	struct sweep_result result;
	struct reg_list regs;
	u64 value;
	bool choice;

	n = sweep_readable(self->others[1], list);
	for (round = 0; round < SWEEP_ROUNDS; round++) {
		choice = sweep_choice(round);
		for (e = SWEEP_FIRST; e < SWEEP_END; e++) {
			if (!map->there[SWEEP_WRITE][e])
				continue;
			value = sweep_pattern(e, choice);
			if (!map->there[SWEEP_READ][e]) {
				sweep_find(self->vcpu, SWEEP_WRITE, variant->el0, e, e + 1, value);
				continue;
			}
			value = sweep_write_and_read(self->vcpu, variant->el0, e, value);
			sweep_note(&own[e], choice, value);
			for (i = 0; i < 2; i++) {
				result = sweep_find(self->others[i], SWEEP_READ, false, e,
						    e + 1, 0);
				ASSERT_EQ(e, result.encoding);
				sweep_note(&others[i][e], choice, result.value);
			}
		}
		for (i = 0; i < 2; i++) {
			sweep_dump(self->others[i], list, n, values);
			for (e = 0; e < n; e++)
				sweep_note(&all[i][e], choice, values[e]);
		}
	}

	ASSERT_EQ(0, vcpu_list_regs(self->vcpu, &regs));
	for (e = SWEEP_FIRST; e < SWEEP_END; e++) {
		if (!map->there[SWEEP_WRITE][e] || !map->there[SWEEP_READ][e])
			continue;
		for (i = 0; i < 2; i++) {
			EXPECT_EQ(0, sweep_tells(&others[i][e])) {
				TH_LOG("another vCPU, of %s VM, sees what is written to %s",
				       i ? "another" : "the same", sweep_name(e));
			}
		}
		if (!sweep_tells(&own[e])) {
			fixed++;
			EXPECT_TRUE(IN_LIST(constant, e) || known_untrapped(e)) {
				TH_LOG("%s doesn't keep what is written", sweep_name(e));
			}
		} else {
			state++;
			EXPECT_TRUE(listed(&regs, e) || IN_LIST(elsewhere, e) ||
				    (variant->vgic && IN_LIST(vgic_state, e))) {
				TH_LOG("%s is the vCPU's, but not in LIST_REGS", sweep_name(e));
			}
		}
	}
	for (i = 0; i < 2; i++) {
		for (e = 0; e < n; e++) {
			EXPECT_EQ(0, sweep_tells(&all[i][e])) {
				TH_LOG("%s of another vCPU, of %s VM, tells what is written",
				       sweep_name(list[e]), i ? "another" : "the same");
			}
		}
	}
	TH_LOG("EL%d: %u registers private, %u constant; %u of others compared",
	       !variant->el0, state, fixed, n);
}

TEST_HARNESS_MAIN
