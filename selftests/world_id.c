// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows what a guest may know of the CPU and touch of it: identification registers are
 * readable and tell only of what is switched, registers and instructions of what is hidden
 * are UNDEFINED at EL1 and EL0, and nothing of EL2 is there.
 */
#include "kselftest_harness.h"
#include "probe.h"

FIXTURE(id) {
	struct vm vm;
	struct vcpu *vcpu;
};

FIXTURE_SETUP(id)
{
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	probe_init(self->vcpu);
}

FIXTURE_TEARDOWN(id)
{
	vm_destroy(&self->vm);
}

static u64 read_id(FIXTURE_DATA(id) *self, u32 crm, u32 op2)
{
	return probe(self->vcpu, INSN_MRS(ENCODING(3, 0, 0, crm, op2), 0), 0);
}

TEST_F(id, every_id_register_can_be_read)
{
	u32 crm, op2;
	u64 value;

	for (crm = 1; crm < 8; crm++) {
		for (op2 = 0; op2 < 8; op2++) {
			/* Those of AArch32 are UNKNOWN without it, but never an exception */
			value = read_id(self, crm, op2);
			EXPECT_FALSE(is_undefined(value)) TH_LOG("c0, c%u, %u", crm, op2);
		}
	}
}

TEST_F(id, id_registers_cannot_be_written)
{
	u32 crm, op2;

	for (crm = 0; crm < 8; crm++) {
		for (op2 = 0; op2 < 8; op2++) {
			u32 encoding = ENCODING(3, 0, 0, crm, op2);

			EXPECT_TRUE(is_undefined(probe(self->vcpu, INSN_MSR(encoding, 0), 0)));
		}
	}
}

/* Fields that say that something which isn't switched, or is the host's, isn't there */
static const struct {
	const char *name;
	u8 crm, op2, shift;
	u8 hidden, or_else;
} hidden[] = {
	{ "EL2", 4, 0, 8, 0, 0 },
	{ "EL3", 4, 0, 12, 0, 0 },
	{ "EL0 in AArch32", 4, 0, 0, 1, 1 },
	{ "EL1 in AArch32", 4, 0, 4, 1, 1 },
	{ "GIC", 4, 0, 24, 0, 0 },
	{ "RAS", 4, 0, 28, 0, 0 },
	{ "SVE", 4, 0, 32, 0, 0 },
	{ "MPAM", 4, 0, 40, 0, 0 },
	{ "AMU", 4, 0, 44, 0, 0 },
	{ "RME", 4, 0, 52, 0, 0 },
	{ "MTE", 4, 1, 8, 0, 0 },
	{ "RAS_frac", 4, 1, 12, 0, 0 },
	{ "MPAM_frac", 4, 1, 16, 0, 0 },
	{ "SME", 4, 1, 24, 0, 0 },
	{ "TraceVer", 5, 0, 4, 0, 0 },
	{ "PMUVer", 5, 0, 8, 0, 15 },
	{ "PMSVer", 5, 0, 32, 0, 0 },
	{ "TraceFilt", 5, 0, 40, 0, 0 },
	{ "TraceBuffer", 5, 0, 44, 0, 0 },
	{ "BRBE", 5, 0, 52, 0, 0 },
	{ "VH", 7, 1, 8, 0, 0 },
	{ "LO", 7, 1, 16, 0, 0 },
	{ "NV", 7, 2, 24, 0, 0 },
	{ "TME", 6, 0, 24, 0, 0 },
};

TEST_F(id, what_is_not_switched_is_hidden)
{
	u64 value, op2;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(hidden); i++) {
		value = read_id(self, hidden[i].crm, hidden[i].op2) >> hidden[i].shift & 0xf;
		EXPECT_TRUE(value == hidden[i].hidden || value == hidden[i].or_else) {
			TH_LOG("%s is %llu", hidden[i].name, (unsigned long long)value);
		}
	}
	for (op2 = 4; op2 <= 5; op2++)	/* ID_AA64ZFR0_EL1, ID_AA64SMFR0_EL1 */
		EXPECT_EQ(0, read_id(self, 4, op2));
}

TEST_F(id, the_physical_address_size_is_the_vms)
{
	static const u8 bits[] = { 32, 36, 40, 42, 44, 48, 52 };
	struct arm_vcpu_info info;
	u64 mmfr0, range;
	u32 i, size;

	ASSERT_EQ(0, vm_info(self->vm.fd, &info));
	for (i = 0; i <= ARRAY_SIZE(bits); i++) {
		/* First as it comes, then each size in turn */
		size = i ? bits[i - 1] : 0;
		if (size && (size < info.ipa_bits_min || size > info.ipa_bits_max))
			continue;
		vm_replace(&self->vm, size, 0);
		self->vcpu = vcpu_create(&self->vm);
		probe_init(self->vcpu);
		mmfr0 = read_id(self, 7, 0);
		range = mmfr0 & 0xf;
		ASSERT_GT(ARRAY_SIZE(bits), range);
		EXPECT_EQ(size ? size : info.ipa_bits_default, bits[range]);
		/* FEAT_LPA2: TGran4 is 1, TGran16 is 2 */
		if (size <= 48 || page_size() == 0x1000)
			EXPECT_EQ(size > 48, (mmfr0 >> 28 & 0xf) == 1);
		if (size <= 48 || page_size() == 0x4000)
			EXPECT_EQ(size > 48, (mmfr0 >> 20 & 0xf) == 2);
	}
}

TEST_F(id, every_cpu_shows_the_same)
{
	u32 crm, op2, n = (u32)cpu_count(), cpu;
	u64 value;

	for (crm = 0; crm < 8; crm++) {
		for (op2 = 0; op2 < 8; op2++) {
			pin_to(cpu_nth(0));
			value = read_id(self, crm, op2);
			for (cpu = 1; cpu < n; cpu++) {
				pin_to(cpu_nth((int)cpu));
				EXPECT_EQ(value, read_id(self, crm, op2));
			}
		}
	}
}

static u64 from_sysfs(const char *name)
{
	char path[128];
	unsigned long long value = 0;
	FILE *file;

	snprintf(path, sizeof(path),
		 "/sys/devices/system/cpu/cpu%d/regs/identification/%s", cpu_nth(0), name);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%llx", &value) != 1)
		die("can't read %s", path);
	fclose(file);
	return value;
}

TEST_F(id, midr_and_revidr_are_the_cpus)
{
	pin_to(cpu_nth(0));
	EXPECT_EQ(from_sysfs("midr_el1"), read_id(self, 0, 0));
	EXPECT_EQ(from_sysfs("revidr_el1"), read_id(self, 0, 6));
}

TEST_F(id, cache_and_block_sizes_can_be_read_at_el1)
{
	u64 ctr = probe(self->vcpu, INSN_MRS(ENCODING(3, 3, 0, 0, 1), 0), 0);

	EXPECT_EQ(read_sysreg(ctr_el0) & 0xf000f, ctr & 0xf000f);
	/* DCZID_EL0, CLIDR_EL1, CCSIDR_EL1, CSSELR_EL1, AIDR_EL1 */
	EXPECT_EQ(read_sysreg(dczid_el0) & 0xf,
		  probe(self->vcpu, INSN_MRS(ENCODING(3, 3, 0, 0, 7), 0), 0) & 0xf);
	EXPECT_FALSE(is_undefined(probe(self->vcpu, INSN_MRS(ENCODING(3, 1, 0, 0, 1), 0), 0)));
	EXPECT_FALSE(is_undefined(probe(self->vcpu, INSN_MRS(ENCODING(3, 1, 0, 0, 0), 0), 0)));
	EXPECT_FALSE(is_undefined(probe(self->vcpu, INSN_MRS(ENCODING(3, 2, 0, 0, 0), 0), 0)));
	EXPECT_FALSE(is_undefined(probe(self->vcpu, INSN_MRS(ENCODING(3, 1, 0, 0, 7), 0), 0)));
}

#define READ	1
#define WRITE	2
#define BOTH	3
#define FGT	4	/* trapped with FEAT_FGT only: else it must be zero for ever */

/* What must be UNDEFINED */
static const struct {
	const char *name;
	u32 encoding;
	u32 ways;
} undefined[] = {
	{ "PMCR_EL0", ENCODING(3, 3, 9, 12, 0), BOTH },
	{ "PMCCNTR_EL0", ENCODING(3, 3, 9, 13, 0), BOTH },
	{ "PMUSERENR_EL0", ENCODING(3, 3, 9, 14, 0), BOTH },
	{ "PMINTENSET_EL1", ENCODING(3, 0, 9, 14, 1), BOTH },
	{ "PMEVCNTR0_EL0", ENCODING(3, 3, 14, 8, 0), BOTH },
	{ "PMCCFILTR_EL0", ENCODING(3, 3, 14, 15, 7), BOTH },
	{ "ICC_PMR_EL1", ENCODING(3, 0, 4, 6, 0), BOTH },
	{ "ICC_IAR0_EL1", ENCODING(3, 0, 12, 8, 0), READ },
	{ "ICC_AP0R0_EL1", ENCODING(3, 0, 12, 8, 4), BOTH },
	{ "ICC_AP1R0_EL1", ENCODING(3, 0, 12, 9, 0), BOTH },
	{ "ICC_DIR_EL1", ENCODING(3, 0, 12, 11, 1), WRITE },
	{ "ICC_RPR_EL1", ENCODING(3, 0, 12, 11, 3), READ },
	{ "ICC_SGI1R_EL1", ENCODING(3, 0, 12, 11, 5), WRITE },
	{ "ICC_IAR1_EL1", ENCODING(3, 0, 12, 12, 0), READ },
	{ "ICC_EOIR1_EL1", ENCODING(3, 0, 12, 12, 1), WRITE },
	{ "ICC_HPPIR1_EL1", ENCODING(3, 0, 12, 12, 2), READ },
	{ "ICC_BPR1_EL1", ENCODING(3, 0, 12, 12, 3), BOTH },
	{ "ICC_CTLR_EL1", ENCODING(3, 0, 12, 12, 4), BOTH },
	{ "ICC_IGRPEN0_EL1", ENCODING(3, 0, 12, 12, 6), BOTH },
	{ "ICC_IGRPEN1_EL1", ENCODING(3, 0, 12, 12, 7), BOTH },
	{ "ZCR_EL1", ENCODING(3, 0, 1, 2, 0), BOTH },
	{ "SMCR_EL1", ENCODING(3, 0, 1, 2, 6), BOTH },
	{ "SMPRI_EL1", ENCODING(3, 0, 1, 2, 4), READ | FGT },
	{ "SVCR", ENCODING(3, 3, 4, 2, 2), BOTH },
	{ "RGSR_EL1", ENCODING(3, 0, 1, 0, 5), BOTH },
	{ "GCR_EL1", ENCODING(3, 0, 1, 0, 6), BOTH },
	{ "TFSR_EL1", ENCODING(3, 0, 5, 6, 0), BOTH },
	{ "TFSRE0_EL1", ENCODING(3, 0, 5, 6, 1), BOTH },
	{ "ERRIDR_EL1", ENCODING(3, 0, 5, 3, 0), READ },
	{ "ERRSELR_EL1", ENCODING(3, 0, 5, 3, 1), BOTH },
	{ "ERXSTATUS_EL1", ENCODING(3, 0, 5, 4, 2), BOTH },
	{ "LORSA_EL1", ENCODING(3, 0, 10, 4, 0), BOTH },
	{ "LORID_EL1", ENCODING(3, 0, 10, 4, 7), READ },
	{ "PMSCR_EL1", ENCODING(3, 0, 9, 9, 0), BOTH },
	{ "PMBLIMITR_EL1", ENCODING(3, 0, 9, 10, 0), BOTH },
	{ "TRBLIMITR_EL1", ENCODING(3, 0, 9, 11, 0), BOTH },
	{ "TRFCR_EL1", ENCODING(3, 0, 1, 2, 1), BOTH },
	{ "TRCPRGCTLR", ENCODING(2, 1, 0, 1, 0), BOTH },
	{ "AMCR_EL0", ENCODING(3, 3, 13, 2, 0), BOTH },
	{ "MPAM1_EL1", ENCODING(3, 0, 10, 5, 0), BOTH },
	{ "HCR_EL2", ENCODING(3, 4, 1, 1, 0), BOTH },
	{ "SCTLR_EL2", ENCODING(3, 4, 1, 0, 0), BOTH },
	{ "VBAR_EL2", ENCODING(3, 4, 12, 0, 0), BOTH },
	{ "VTTBR_EL2", ENCODING(3, 4, 2, 1, 0), BOTH },
	{ "CNTHCTL_EL2", ENCODING(3, 4, 14, 1, 0), BOTH },
	{ "CNTVOFF_EL2", ENCODING(3, 4, 14, 0, 3), BOTH },
	{ "ICH_HCR_EL2", ENCODING(3, 4, 12, 11, 0), BOTH },
	{ "SP_EL1", ENCODING(3, 4, 4, 1, 0), BOTH },
	{ "SCTLR_EL12", ENCODING(3, 5, 1, 0, 0), BOTH },
	{ "CNTV_CTL_EL02", ENCODING(3, 5, 14, 3, 1), BOTH },
	{ "SCR_EL3", ENCODING(3, 6, 1, 1, 0), BOTH },
	{ "CNTPS_CTL_EL1", ENCODING(3, 7, 14, 2, 1), BOTH },
};

/* CPACR_EL1 allows everything, so that only EL2 stands in between */
static void allow_everything(FIXTURE_DATA(id) *self)
{
	probe(self->vcpu, INSN_MSR(ENCODING(3, 0, 1, 0, 2), 0), 0x3330000);
}

TEST_F(id, registers_of_what_is_hidden_are_undefined_at_el1)
{
	u64 value;
	u32 i;

	allow_everything(self);
	for (i = 0; i < ARRAY_SIZE(undefined); i++) {
		if (undefined[i].ways & FGT)
			probe(self->vcpu, INSN_MSR(undefined[i].encoding, 0), ~0UL);
		if (undefined[i].ways & READ) {
			value = probe(self->vcpu, INSN_MRS(undefined[i].encoding, 0), 0);
			EXPECT_TRUE(is_undefined(value) ||
				    (undefined[i].ways & FGT && value == 0)) {
				TH_LOG("read of %s: %#llx", undefined[i].name,
				       (unsigned long long)value);
			}
		}
		if (undefined[i].ways & WRITE) {
			value = probe(self->vcpu, INSN_MSR(undefined[i].encoding, 0), 0);
			EXPECT_TRUE(is_undefined(value)) {
				TH_LOG("write of %s: %#llx", undefined[i].name,
				       (unsigned long long)value);
			}
		}
	}
}

TEST_F(id, registers_of_what_is_hidden_trap_at_el0)
{
	u64 value;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(undefined); i++) {
		value = probe_el0(self->vcpu, INSN_MRS(undefined[i].encoding, 0), 0);
		EXPECT_NE(0, value & GUEST_TRAPPED) TH_LOG("read of %s", undefined[i].name);
		value = probe_el0(self->vcpu, INSN_MSR(undefined[i].encoding, 0), 0);
		EXPECT_NE(0, value & GUEST_TRAPPED) TH_LOG("write of %s", undefined[i].name);
	}
}

TEST_F(id, instructions_of_what_is_hidden_are_undefined)
{
	static const u32 insns[] = {
		0x04bf5020,	/* RDVL x0, #1 */
		0x2518e3e0,	/* PTRUE p0.b */
		0xd503477f,	/* SMSTART */
		0x04bf5820,	/* RDSVL x0, #1 */
		0xd4400000,	/* HLT #0 */
	};
	u32 i;

	allow_everything(self);
	for (i = 0; i < ARRAY_SIZE(insns); i++) {
		EXPECT_TRUE(is_undefined(probe(self->vcpu, insns[i], 0))) {
			TH_LOG("%08x: %#llx", insns[i], self->vcpu->run->x[0]);
		}
	}
}

/* A guest without its MMU cleans and invalidates; by set and way too, which is trapped */
TEST_F(id, cache_and_tlb_maintenance_is_allowed)
{
	static const u32 operations[] = {
		ENCODING(1, 0, 7, 1, 0), ENCODING(1, 0, 7, 5, 0),	/* IC IALLUIS, IALLU */
		ENCODING(1, 0, 7, 6, 1), ENCODING(1, 0, 7, 6, 2),	/* DC IVAC, ISW */
		ENCODING(1, 0, 7, 10, 2), ENCODING(1, 0, 7, 14, 2),	/* DC CSW, CISW */
		ENCODING(1, 3, 7, 5, 1), ENCODING(1, 3, 7, 10, 1),	/* IC IVAU, DC CVAC */
		ENCODING(1, 3, 7, 11, 1), ENCODING(1, 3, 7, 14, 1),	/* DC CVAU, CIVAC */
		ENCODING(1, 0, 8, 3, 0), ENCODING(1, 0, 8, 7, 0),	/* TLBI VMALLE1(IS) */
		ENCODING(1, 0, 7, 8, 0),				/* AT S1E1R */
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(operations); i++) {
		EXPECT_EQ(GUEST_SHARED, probe(self->vcpu, INSN_MSR(operations[i], 0),
					      GUEST_SHARED)) {
			TH_LOG("%#x: %#llx", operations[i], self->vcpu->run->x[0]);
		}
	}
}

TEST_F(id, an_exception_of_the_guest_is_the_guests)
{
	/* BRK #5, UDF, and BRK at EL0 */
	EXPECT_EQ(0x3c, ESR_EC(probe(self->vcpu, 0xd42000a0, 0)));
	EXPECT_TRUE(is_undefined(probe(self->vcpu, 0, 0)));
	EXPECT_EQ(0x3c, ESR_EC(probe_el0(self->vcpu, 0xd42000a0, 0)));
}

TEST_HARNESS_MAIN
