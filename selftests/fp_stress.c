// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that neither guests nor host tasks lose an FP register to each other: the kernel's
 * fp-stress (tools/testing/selftests/arm64/fp) fills all CPUs with tasks that check V, SVE and SME
 * registers over context switches and signals, or have the kernel hash with V registers, while two
 * guests for each CPU check V0 to V31, FPCR and FPSR, one with exits all the time and one that is
 * interrupted.
 */
#include <asm/hwcap.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "kselftest_harness.h"
#include "fp.h"
#include "vm.h"

#define SECONDS		"8"
#define ROUNDS		60000	/* of a guest between two exits */

static bool stopping;

struct hammer {
	struct vcpu *vcpu;
	pthread_t thread;
	bool exits;		/* all the time, else ROUNDS apart */
	struct fp *in, *out;
	u64 runs;
	bool differs;
};

FIXTURE(stress) {
	struct vm vm;
	u32 count;
	struct hammer hammers[MAX_VCPUS];
};

FIXTURE_SETUP(stress)
{
	u32 i;

	vm_create(&self->vm);
	self->count = 2 * (u32)cpu_count();
	if (self->count > MAX_VCPUS)
		self->count = MAX_VCPUS;
	for (i = 0; i < self->count; i++) {
		struct hammer *hammer = &self->hammers[i];

		hammer->vcpu = vcpu_create(&self->vm);
		hammer->exits = i & 1;
		hammer->in = vm_host(&self->vm, GUEST_SHARED + i * 0x2000);
		hammer->out = vm_host(&self->vm, GUEST_SHARED + i * 0x2000 + 0x1000);
	}
}

FIXTURE_TEARDOWN(stress)
{
	vm_destroy(&self->vm);
}

static void fill(struct fp *fp, u64 seed)
{
	u32 i;

	for (i = 0; i < 64; i++)
		fp->v[i] = guest_pattern(seed, i);
	fp->fpcr = (seed & 3) << 22;	/* RMode */
	fp->fpsr = seed & 0x1f;		/* exceptions that were */
}

/* Registers are loaded, kept for a while, and stored: once with an HVC in between, and once not */
static void run_once(struct hammer *hammer, u32 i)
{
	u64 in = GUEST_SHARED + i * 0x2000;

	fill(hammer->in, hammer->runs * MAX_VCPUS + i);
	memset(hammer->out, 0, sizeof(*hammer->out));
	vcpu_enter(hammer->vcpu, hammer->exits ? guest_fp : guest_fp_long, in, in + 0x1000);
	hammer->vcpu->run->x[2] = ROUNDS;
	vcpu_expect(hammer->vcpu, HYPERCALL);
	if (hammer->exits)
		vcpu_expect_call(hammer->vcpu, 2);
	if (memcmp(hammer->in, hammer->out, sizeof(*hammer->in)))
		hammer->differs = true;
	hammer->runs++;
}

static void *hammer_thread(void *arg)
{
	struct hammer *hammer = arg;

	/* A CPU has one kind: each RUN with FP clears up what the one before may have left */
	pin_to(cpu_nth((int)hammer->vcpu->index % cpu_count()));
	while (!READ_ONCE(stopping) && !hammer->differs)
		run_once(hammer, hammer->vcpu->index);
	return NULL;
}

/* In the folder of this program; its output goes to @file */
static void exec_fp_stress(FILE *file)
{
	char path[PATH_MAX] = "";

	if (readlink("/proc/self/exe", path, sizeof(path) - 1) < 0 || chdir(dirname(path)))
		_exit(126);
	dup2(fileno(file), STDOUT_FILENO);
	execl("./fp-stress", "fp-stress", "-t", SECONDS, NULL);
	_exit(127);
}

/*
 * What it runs on each CPU that has the registers: of each kind one task or more.  KERNEL-* has the
 * kernel hash in FP registers, if it can and AF_ALG is there to ask it; else it is no such task.
 */
static const struct kind {
	const char *tasks;
	unsigned long hwcap, hwcap2;
	bool hashes;
} kinds[] = {
	{ "FPSIMD-", 0, 0, false },
	{ "SVE-VL-", HWCAP_SVE, 0, false },
	{ "SSVE-VL-", 0, HWCAP2_SME, false },
	{ "ZA-VL-", 0, HWCAP2_SME, false },
	{ "KERNEL-", 0, 0, true },
};

/* With Armv8's instructions, which fp-stress knows by the name of this driver */
static bool kernel_hashes_in_fp(void)
{
	FILE *file = fopen("/proc/crypto", "r");
	int af_alg = socket(AF_ALG, SOCK_SEQPACKET, 0);
	char line[128], name[64];
	bool found = false;

	while (file && fgets(line, sizeof(line), file))
		found |= sscanf(line, "driver : %63s", name) == 1 && !strcmp(name, "sha256-ce");
	if (file)
		fclose(file);
	if (af_alg < 0)
		return false;
	close(af_alg);
	return found;
}

static bool host_has(const struct kind *kind)
{
	return (getauxval(AT_HWCAP) & kind->hwcap) == kind->hwcap &&
	       (getauxval(AT_HWCAP2) & kind->hwcap2) == kind->hwcap2 &&
	       (!kind->hashes || kernel_hashes_in_fp());
}

/* How many of a kind ran to the end and found nothing wrong */
static int good_results(FILE *file, const char *tasks)
{
	char line[256], name[64];
	int good = 0;

	rewind(file);
	while (fgets(line, sizeof(line), file))
		good += sscanf(line, "ok %*d %63s", name) == 1 &&
			!strncmp(name, tasks, strlen(tasks));
	return good;
}

/*
 * A task KERNEL-* that can't hash says so, and becomes another program.  fp-stress signals whoever
 * has said something, and what isn't prepared for it dies of that.
 */
static bool says_of_failure(const char *line)
{
	if (strstr(line, "ismatch"))
		return true;
	if (strstr(line, "KERNEL-") && !kernel_hashes_in_fp())
		return false;
	return !strncmp(line, "not ok", 6) || strstr(line, "exited with") ||
	       strstr(line, "no output");
}

static void expect_good_results(struct __test_metadata *_metadata, FILE *file)
{
	const struct kind *kind;
	char line[256];
	int good;

	for (kind = kinds; kind < kinds + ARRAY_SIZE(kinds); kind++) {
		if (!host_has(kind))
			continue;
		good = good_results(file, kind->tasks);
		TH_LOG("%d tasks %s*", good, kind->tasks);
		EXPECT_LE(cpu_count(), good);
	}
	rewind(file);
	while (fgets(line, sizeof(line), file)) {
		if (says_of_failure(line)) {
			EXPECT_TRUE(false) TH_LOG("%s", line);
		}
	}
}

TEST_F_TIMEOUT(stress, guests_and_host_tasks_keep_their_registers, 110)
{
	FILE *file = tmpfile();
	int status = -1;
	pid_t child;
	u32 i;

	ASSERT_NE(NULL, file);
	for (i = 0; i < self->count; i++)
		ASSERT_EQ(0, pthread_create(&self->hammers[i].thread, NULL, hammer_thread,
					    &self->hammers[i]));
	child = fork();
	ASSERT_LE(0, child);
	if (!child)
		exec_fp_stress(file);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	WRITE_ONCE(stopping, true);
	for (i = 0; i < self->count; i++)
		pthread_join(self->hammers[i].thread, NULL);

	expect_good_results(_metadata, file);
	EXPECT_TRUE(WIFEXITED(status) && !WEXITSTATUS(status)) TH_LOG("status %#x", status);
	for (i = 0; i < self->count; i++) {
		EXPECT_FALSE(self->hammers[i].differs);
		EXPECT_LT(3, self->hammers[i].runs);
	}
	fclose(file);
}

TEST_HARNESS_MAIN
