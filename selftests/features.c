// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows which optional registers the module reaches on which CPU, by asking the function that
 * decides it (module/host/ids.h) about CPUs that no emulator has: those whose ID registers
 * announce what firmware keeps for itself above all.
 */
#include "kselftest_harness.h"
#include "vm.h"
#include "host/ids.h"

/* What EL3 may trap though the kernel runs well: DDI 0487, MDCR_EL3, MPAM3_EL3, SCR_EL3 */
#define PROFILING	(HYP_CPU_SPE | HYP_CPU_TRBE | HYP_CPU_TRF | HYP_CPU_BRBE)
#define PARTITIONS	(HYP_CPU_MPAM | HYP_CPU_MPAM_HCR | HYP_CPU_MPAM_TIDR)
#define MAY_BE_CLOSED	(PROFILING | PARTITIONS | HYP_CPU_FGT2 | HYP_CPU_TPIDR2)

#define ONE(shift)	(1UL << (shift))
#define TWO(shift)	(2UL << (shift))
#define CLOSED		(1UL << 4) /* PMBIDR_EL1.P, TRBIDR_EL1.P */

/* Any ID register says that all is there, in its first version or in its last */
static struct cpu_ids announces(unsigned int version)
{
	u64 all = 0x1111111111111111UL * version;

	return (struct cpu_ids) {
		.pfr0 = all, .pfr1 = all, .dfr0 = all, .mmfr0 = all, .mmfr1 = all,
		.pmbidr = CLOSED, .trbidr = CLOSED,
	};
}

TEST(what_firmware_may_keep_is_not_reached_on_an_id_field)
{
	unsigned int version;

	for (version = 1; version < 16; version++) {
		struct cpu_ids ids = announces(version);

		EXPECT_EQ(0, ids_features(&ids) & MAY_BE_CLOSED) {
			TH_LOG("with fields of %u: %#llx", version,
			       (unsigned long long)ids_features(&ids));
		}
	}
}

TEST(nothing_is_reached_that_no_id_field_announces)
{
	/* All bits that such a CPU doesn't have read as 0 there, but a kernel knows it all */
	struct cpu_ids ids = {
		.kernel_pan = true, .kernel_sme = true, .kernel_fgt2 = true, .kernel_brbe = true,
	};

	EXPECT_EQ(0, ids_features(&ids));
}

static const struct {
	char name[48];
	struct cpu_ids ids;
	u64 features;
} cases[] = {
	{ "SPE", { .dfr0 = ONE(32) }, HYP_CPU_SPE },
	{ "SPE of EL3's", { .dfr0 = ONE(32), .pmbidr = CLOSED }, 0 },
	{ "another bit of PMBIDR_EL1", { .dfr0 = ONE(32), .pmbidr = ~CLOSED }, HYP_CPU_SPE },
	{ "TRBE", { .dfr0 = ONE(44) | ONE(40) }, HYP_CPU_TRBE | HYP_CPU_TRF },
	{ "TRBE of EL3's", { .dfr0 = ONE(44) | ONE(40), .trbidr = CLOSED }, 0 },
	{ "trace filters alone", { .dfr0 = ONE(40) }, 0 },
	{ "SPE, and TRBE of EL3's", { .dfr0 = ONE(32) | ONE(44) | ONE(40), .trbidr = CLOSED },
	  HYP_CPU_SPE },
	{ "BRBE under a kernel before 6.17", { .dfr0 = ONE(52) }, 0 },
	{ "BRBE", { .dfr0 = TWO(52), .kernel_brbe = true }, HYP_CPU_BRBE },
	{ "MPAM under a kernel before 6.13", { .pfr0 = ONE(40), .mpamidr = ~0UL }, 0 },
	{ "MPAM", { .pfr0 = ONE(40), .kernel_mpam = true }, HYP_CPU_MPAM },
	{ "MPAM 0.1", { .pfr1 = ONE(16), .kernel_mpam = true }, HYP_CPU_MPAM },
	{ "MPAM with MPAMHCR_EL2", { .kernel_mpam = true, .mpamidr = ONE(17) },
	  HYP_CPU_MPAM | HYP_CPU_MPAM_HCR },
	{ "MPAM with TIDR", { .kernel_mpam = true, .mpamidr = ONE(58) },
	  HYP_CPU_MPAM | HYP_CPU_MPAM_TIDR },
	{ "RAS", { .pfr0 = ONE(28) }, HYP_CPU_RAS },
	{ "AArch32 at EL0", { .pfr0 = 0x2 }, HYP_CPU_AARCH32 },
	{ "AArch64 alone", { .pfr0 = 0x1 }, 0 },
	{ "PAN", { .mmfr1 = ONE(20), .kernel_pan = true }, HYP_CPU_PAN },
	{ "PAN under a kernel without", { .mmfr1 = ONE(20) }, HYP_CPU_PAN_UNUSED },
	{ "HCRX_EL2", { .mmfr1 = ONE(40) }, HYP_CPU_HCX },
	{ "FGT", { .mmfr0 = ONE(56), .kernel_fgt2 = true }, HYP_CPU_FGT },
	{ "FGT2", { .mmfr0 = TWO(56), .kernel_fgt2 = true }, HYP_CPU_FGT | HYP_CPU_FGT2 },
	{ "FGT2 under an older kernel", { .mmfr0 = TWO(56) }, HYP_CPU_FGT },
	{ "SME", { .pfr1 = ONE(24), .kernel_sme = true }, HYP_CPU_TPIDR2 },
	{ "SME with arm64.nosme", { .pfr1 = ONE(24) }, 0 },
	{ "SME with FGT", { .pfr1 = ONE(24), .mmfr0 = ONE(56), .kernel_sme = true }, HYP_CPU_FGT },
};

TEST(each_feature_by_itself)
{
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(cases); n++)
		EXPECT_EQ(cases[n].features, ids_features(&cases[n].ids)) {
			TH_LOG("%s", cases[n].name);
		}
}

TEST(a_gicv5_is_seen)
{
	EXPECT_FALSE(ids_gicv5(0));
	EXPECT_FALSE(ids_gicv5(~(0xfUL << 12)));
	EXPECT_TRUE(ids_gicv5(ONE(12)));
	EXPECT_TRUE(ids_gicv5(TWO(12)));
}

TEST_HARNESS_MAIN
