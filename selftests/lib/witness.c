// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a guest must leave as it is: see witness.h.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include "fuzz_native.h"
#include "witness.h"

#define GUARDS		16UL	/* pages on each side */
#define DELAY		7	/* steps, from guest_canary's x0 to its x1 */
#define MIN_STEPS	20

/* What the kernel has set up for programs; an access that it would no longer allow is a signal */
static void read_kept(u64 kept[4])
{
	kept[0] = read_sysreg(tpidr_el0);
	kept[1] = read_sysreg(tpidrro_el0);
	kept[2] = read_sysreg(cntfrq_el0);
	kept[3] = read_sysreg(dczid_el0);
}

void witness_begin(struct witness *w, u64 seed)
{
	u64 i;

	for (i = 0; i < ARRAY_SIZE(w->in.v); i++)
		w->in.v[i] = guest_pattern(seed, i);
	w->in.fpcr = (seed & 3) << 22;	/* RMode */
	w->in.fpsr = seed & 0x1f;	/* exceptions that were */
	read_kept(w->kept);
	w->count = read_sysreg(cntvct_el0);
}

int witness_run(struct witness *w, struct fuzz *f, int vcpu)
{
	u64 begin = now_ns(), kept[4], count;
	int ret = host_run(vcpu, ARM_VCPU_RUN, &w->in, &w->out);

	read_kept(kept);
	count = read_sysreg(cntvct_el0);
	if (memcmp(&w->in, &w->out, sizeof(w->in)))
		fuzz_found("FP registers have changed");
	if (memcmp(kept, w->kept, sizeof(kept)))
		fuzz_found("registers have changed: %lx %lx %lx %lx", kept[0], kept[1], kept[2],
			   kept[3]);
	if (count < w->count)
		fuzz_found("the counter has gone back by %lu", w->count - count);
	w->count = count;
	return fuzz_result(f, &native_commands[RUN], ret, now_ns() - begin, NULL);
}

static u64 *guard(u64 word)
{
	u64 half = GUARDS * page_size() / 8;

	return (u64 *)(word < half ? FUZZ_MEMORY - GUARDS * page_size() :
				     FUZZ_MEMORY + (FUZZ_PAGES - GUARDS) * page_size()) + word;
}

static u64 guard_words(void)
{
	return 2 * GUARDS * page_size() / 8;
}

void witness_fill(void)
{
	u64 i;

	if (mprotect((char *)FUZZ_MEMORY - GUARDS * page_size(),
		     (FUZZ_PAGES + 2 * GUARDS) * page_size(), PROT_READ | PROT_WRITE))
		die("mprotect: %s", strerror(errno));
	for (i = 0; i < guard_words(); i++)
		*guard(i) = guest_pattern(3, i);
}

void witness_look(void)
{
	u64 i;

	for (i = 0; i < guard_words(); i++)
		if (READ_ONCE(*guard(i)) != guest_pattern(3, i)) {
			fuzz_found("memory at %p, which isn't the guest's, has changed", guard(i));
			witness_fill();
		}
}

GUEST_ASM(guest_canary,
	  "mov x9, #(3 << 20)\n msr cpacr_el1, x9\n isb\n"
	  "1: ldr x1, [x20]\n"
	  "umov x2, v31.d[0]\n str x2, [x20]\n"
	  "umov x2, v7.d[1]\n ins v31.d[0], x2\n"
	  "mrs x2, far_el1\n ins v7.d[1], x2\n"
	  "mrs x2, tpidr_el0\n msr far_el1, x2\n"
	  "mrs x2, tpidr_el1\n msr tpidr_el0, x2\n"
	  "msr tpidr_el1, x21\n"
	  "mov x21, x0\n"
	  "hvc #" STR(CALL_SYNC) "\n"
	  "b 1b\n");

/* One, to its HVC */
static bool canary_step(struct canary *canary)
{
	struct arm_vcpu_run *run = canary->vcpu->run;
	int ret;

	run->x[0] = guest_pattern(9, canary->steps);
	do {
		ret = vcpu_run(canary->vcpu);
	} while (ret == -EINTR || (!ret && run->exit_reason == ARM_VCPU_EXIT_NONE));
	if (ret || run->exit_reason != ARM_VCPU_EXIT_HYPERCALL) {
		fuzz_found("another VM: %d, %s", ret, exit_name(run->exit_reason));
		return false;
	}
	if (canary->steps >= DELAY && run->x[1] != guest_pattern(9, canary->steps - DELAY)) {
		fuzz_found("another VM has lost %#lx, and has %#llx",
			   guest_pattern(9, canary->steps - DELAY), run->x[1]);
		return false;
	}
	return true;
}

static void *canary_thread(void *arg)
{
	struct canary *canary = arg;

	while (!READ_ONCE(canary->stop)) {
		if (!(canary->steps % 16))
			pin_to(cpu_nth((int)(canary->steps / 16 % (u64)cpu_count())));
		if (!canary_step(canary))
			break;
		canary->steps++;
		sleep_ms(2);
	}
	return NULL;
}

void canary_start(struct canary *canary)
{
	memset(canary, 0, sizeof(*canary));
	vm_create(&canary->vm);
	canary->vcpu = vcpu_create(&canary->vm);
	vcpu_enter(canary->vcpu, guest_canary, 0, 0);
	canary->vcpu->run->x[20] = GUEST_SHARED;
	if (pthread_create(&canary->thread, NULL, canary_thread, canary))
		die("can't create a thread");
}

void canary_stop(struct canary *canary)
{
	WRITE_ONCE(canary->stop, true);
	pthread_join(canary->thread, NULL);
	vm_destroy(&canary->vm);
	if (canary->steps < MIN_STEPS)
		fuzz_found("another VM has come to %lu steps only", canary->steps);
}
