// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that on each CPU that is done about Spectre and errata what its model and revision
 * need, by tables of its own and by what the kernel has found out about itself, and that
 * guests are told the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/stat.h>
#include "kselftest_harness.h"
#include "mitigations.h"
#include "vm.h"

#define SYS_CPU		"/sys/devices/system/cpu/"

/* Implementer and part, and a range of variant (upper half) and revision */
struct model {
	u32 implementer;
	u32 part;
	u8 first;
	u8 last;
	u8 loops;
};

#define VERSIONS(implementer_, part_, first_, last_) \
	{ .implementer = implementer_, .part = part_, .first = first_, .last = last_ }
#define MODEL(implementer_, part_)	VERSIONS(implementer_, part_, 0, 0xff)
#define HISTORY(implementer_, part_, loops_) \
	{ .implementer = implementer_, .part = part_, .last = 0xff, .loops = loops_ }

/* How many taken branches fill the branch history */
static const struct model histories[] = {
	HISTORY(0x41, 0xd07, 8),	/* Cortex-A57 */
	HISTORY(0x41, 0xd08, 8),	/* Cortex-A72 */
	HISTORY(0x41, 0xd0b, 24),	/* Cortex-A76 */
	HISTORY(0x41, 0xd0c, 24),	/* Neoverse-N1 */
	HISTORY(0x41, 0xd0d, 24),	/* Cortex-A77 */
	HISTORY(0x41, 0xd0e, 24),	/* Cortex-A76AE */
	HISTORY(0x41, 0xd40, 32),	/* Neoverse-V1 */
	HISTORY(0x41, 0xd41, 32),	/* Cortex-A78 */
	HISTORY(0x41, 0xd42, 32),	/* Cortex-A78AE */
	HISTORY(0x41, 0xd44, 32),	/* Cortex-X1 */
	HISTORY(0x41, 0xd47, 32),	/* Cortex-A710 */
	HISTORY(0x41, 0xd48, 32),	/* Cortex-X2 */
	HISTORY(0x41, 0xd49, 32),	/* Neoverse-N2 */
	HISTORY(0x41, 0xd4b, 32),	/* Cortex-A78C */
	HISTORY(0x41, 0xd4c, 32),	/* Cortex-X1C */
	HISTORY(0x41, 0xd4d, 38),	/* Cortex-A715 */
	HISTORY(0x41, 0xd4e, 132),	/* Cortex-X3 */
	HISTORY(0x41, 0xd4f, 132),	/* Neoverse-V2 */
	HISTORY(0x41, 0xd81, 38),	/* Cortex-A720 */
	HISTORY(0x48, 0xd01, 32),	/* TSV110 */
	HISTORY(0x48, 0xd02, 24),	/* HIP09 */
	HISTORY(0x51, 0x804, 24),	/* Kryo 4xx Gold */
	HISTORY(0xc0, 0xac3, 11),	/* AmpereOne */
	{ }
};

static const struct model erratum_834220[] = {
	VERSIONS(0x41, 0xd07, 0x00, 0x12),	/* Cortex-A57 to r1p2 */
	{ }
};

/* 1165522, 1319367, 1319537, 1530923 */
static const struct model speculative_at[] = {
	VERSIONS(0x41, 0xd05, 0x00, 0x20),	/* Cortex-A55 to r2p0 */
	MODEL(0x41, 0xd07),	/* Cortex-A57 */
	MODEL(0x41, 0xd08),	/* Cortex-A72 */
	VERSIONS(0x41, 0xd0b, 0x00, 0x20),	/* Cortex-A76 to r2p0 */
	VERSIONS(0x51, 0x805, 0xde, 0xde),	/* Kryo 4xx Silver */
	{ }
};

static const struct model ampere_hcr[] = {
	MODEL(0xc0, 0xac4),
	{ }
};

/* Models whose broadcast TLBIs are known to be right */
static const struct model tlbi_is_right[] = {
	MODEL(0x41, 0xd03),	/* Cortex-A53 */
	MODEL(0x41, 0xd04),	/* Cortex-A35 */
	MODEL(0x41, 0xd07),
	MODEL(0x41, 0xd08),
	MODEL(0x00, 0x051),	/* QEMU's max */
	{ }
};

static const struct model *find(const struct model *models, u32 midr)
{
	u8 version = (midr >> 16 & 0xf0) | (midr & 0xf);

	for (; models->part; models++)
		if (midr >> 24 == models->implementer &&
		    (midr >> 4 & 0xfff) == models->part &&
		    version >= models->first && version <= models->last)
			return models;
	return NULL;
}

static void read_text(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "re");
	size_t n;

	if (!file)
		die("no %s", path);
	n = fread(text, 1, size - 1, file);
	text[n] = 0;
	fclose(file);
}

static u32 midr_of(int cpu)
{
	char path[128], text[64];

	snprintf(path, sizeof(path), SYS_CPU "cpu%d/regs/identification/midr_el1", cpu);
	read_text(path, text, sizeof(text));
	return strtoul(text, NULL, 16);
}

static int count(const struct model *models)
{
	int n, found = 0;

	for (n = 0; n < cpu_count(); n++)
		found += !!find(models, midr_of(cpu_nth(n)));
	return found;
}

/* Does the whole of the kernel's log say so?  -1: it isn't whole any more */
static int kernel_said(const char *what)
{
	int size = klogctl(10, NULL, 0), length;
	char *log = calloc(1, size + 1);
	int said = -1;

	length = klogctl(3, log, size);
	if (length < 0)
		die("the kernel's log can't be read");
	if (strstr(log, what))
		said = 1;
	else if (strstr(log, "Booting Linux on physical CPU"))
		said = 0;
	free(log);
	return said;
}

FIXTURE(mitigations) {
	char spectre_v2[128];
	bool off;		/* on the kernel's command line */
};

FIXTURE_SETUP(mitigations)
{
	char text[4096];

	read_text("/proc/cmdline", text, sizeof(text));
	self->off = strstr(text, "mitigations=off");
	read_text(SYS_CPU "vulnerabilities/spectre_v2", self->spectre_v2,
		  sizeof(self->spectre_v2));
}

FIXTURE_TEARDOWN(mitigations)
{
}

TEST_F(mitigations, anyone_may_read_of_each_cpu_once)
{
	struct mitigations mitigations;
	struct stat stat_;
	int n;

	ASSERT_EQ(0, stat(MITIGATIONS_FILE, &stat_));
	EXPECT_EQ(S_IFREG | 0444, stat_.st_mode);
	for (n = 0; n < cpu_count(); n++)
		EXPECT_EQ(1, mitigations_of(cpu_nth(n), &mitigations));
	EXPECT_EQ(0, mitigations_of(4096, &mitigations));
}

/* The instruction is offered to user space, so its field of ID_AA64ISAR2_EL1 is shown */
static bool has_clrbhb(void)
{
	return read_sysreg(s3_0_c0_c6_2) >> 28 & 0xf;
}

/* May entry from a guest do this on such a CPU? */
static bool is_right(FIXTURE_DATA(mitigations) *self, u32 midr, const char *what)
{
	const struct model *model = find(histories, midr);
	bool firmware = !strncmp(what, "workaround ", strlen("workaround "));
	bool none = !strcmp(what, "none");
	char loop[32];

	/* The predictor, by firmware: not on each CPU of a machine whose CPUs differ */
	if (!self->off && strstr(self->spectre_v2, "Branch predictor hardening"))
		return firmware || none;
	if (self->off || !strstr(self->spectre_v2, ", BHB"))
		return none;
	if (has_clrbhb())
		return !strcmp(what, "ClearBHB");
	if (!model)
		return firmware || none;
	snprintf(loop, sizeof(loop), "BHB loop %d", model->loops);
	return !strcmp(what, loop);
}

TEST_F(mitigations, entry_does_about_spectre_what_the_cpu_needs)
{
	struct mitigations mitigations;
	int n, cpu;

	for (n = 0; n < cpu_count(); n++) {
		cpu = cpu_nth(n);
		ASSERT_EQ(1, mitigations_of(cpu, &mitigations));
		EXPECT_TRUE(is_right(self, midr_of(cpu), mitigations.spectre)) {
			TH_LOG("CPU %d, MIDR %x: %s; the kernel: %s", cpu, midr_of(cpu),
			       mitigations.spectre, self->spectre_v2);
		}
	}
}

TEST_F(mitigations, errata_are_those_of_model_and_revision)
{
	struct mitigations mitigations;
	int n, cpu;
	u32 midr;

	for (n = 0; n < cpu_count(); n++) {
		cpu = cpu_nth(n);
		midr = midr_of(cpu);
		ASSERT_EQ(1, mitigations_of(cpu, &mitigations));
		EXPECT_EQ(!!find(erratum_834220, midr),
			  mitigations_erratum(&mitigations, "834220"));
		EXPECT_EQ(!!find(ampere_hcr, midr),
			  mitigations_erratum(&mitigations, "AC04_CPU_23"));
		/* What one CPU has, the kernel has all CPUs care about */
		EXPECT_EQ(count(speculative_at) > 0,
			  mitigations_erratum(&mitigations, "speculative AT")) {
			TH_LOG("CPU %d, MIDR %x:%s", cpu, midr, mitigations.errata);
		}
	}
}

/* The kernels' lists have grown, so it is this one's that counts */
TEST_F(mitigations, tlbis_are_repeated_where_the_kernel_does)
{
	int said = kernel_said("Broken broadcast TLBI completion"), n;
	struct mitigations mitigations;
	bool repeated;

	for (n = 0; n < cpu_count(); n++) {
		ASSERT_EQ(1, mitigations_of(cpu_nth(n), &mitigations));
		repeated = mitigations_erratum(&mitigations, "repeat TLBI");
		if (said >= 0)
			EXPECT_EQ(said, repeated);
		if (repeated)
			EXPECT_LT(count(tlbi_is_right), cpu_count());
	}
}

#define SMCCC_ARCH_FEATURES	0x80000001
#define ARCH_WORKAROUND_1	0x80008000	/* branch predictor */
#define ARCH_WORKAROUND_2	0x80007fff	/* speculative store bypass */
#define ARCH_WORKAROUND_3	0x80003fff	/* branch history */
#define HELPS			0
#define NOT_NEEDED		1
#define NOT_THERE		(-1)

GUEST_ASM(guest_asks, "hvc #0\n hvc #1\n b .");

static int guest_is_told(struct vcpu *vcpu, u64 workaround)
{
	vcpu_enter(vcpu, guest_asks, SMCCC_ARCH_FEATURES, workaround);
	vcpu_expect_call(vcpu, 1);
	return (int)vcpu->run->x[0];
}

/* What is true of a guest's call, given what entry does and what the kernel knows */
static int predictor_call(FIXTURE_DATA(mitigations) *self, const char *what)
{
	if (!strncmp(what, "workaround ", strlen("workaround ")))
		return HELPS;
	return strstr(self->spectre_v2, "CSV2") || strstr(self->spectre_v2, "Not affected") ?
		NOT_NEEDED : NOT_THERE;
}

static int history_call(FIXTURE_DATA(mitigations) *self, const char *what)
{
	if (strcmp(what, "none"))
		return HELPS;
	return strstr(self->spectre_v2, "Not affected") ? NOT_NEEDED : NOT_THERE;
}

TEST_F(mitigations, a_guest_is_told_what_entry_does)
{
	struct mitigations mitigations;
	struct vcpu *vcpu;
	char bypass[128];
	struct vm vm;
	int n;

	read_text(SYS_CPU "vulnerabilities/spec_store_bypass", bypass, sizeof(bypass));
	for (n = 0; n < cpu_count(); n++) {
		ASSERT_EQ(1, mitigations_of(cpu_nth(n), &mitigations));
		pin_to(cpu_nth(n));
		vm_create(&vm);
		vm_replace(&vm, 0, ARM_VCPU_CONFIG_SMCCC);
		vcpu = vcpu_create(&vm);
		EXPECT_EQ(predictor_call(self, mitigations.spectre),
			  guest_is_told(vcpu, ARCH_WORKAROUND_1));
		EXPECT_EQ(strstr(bypass, "Not affected") ? NOT_NEEDED : NOT_THERE,
			  guest_is_told(vcpu, ARCH_WORKAROUND_2));
		EXPECT_EQ(history_call(self, mitigations.spectre),
			  guest_is_told(vcpu, ARCH_WORKAROUND_3));
		vm_destroy(&vm);
		unpin();
	}
}

TEST_HARNESS_MAIN
