// SPDX-License-Identifier: GPL-2.0-only
/*
 * RUN of a fuzzer's guest, and what that may come to: see fuzz_state.h.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include "fuzz_native.h"
#include "fuzz_state.h"

#define AWHILE		(3 * MS)
#define STALL		(20 * SECOND * slowness())

#define EXIT(reason)	(1U << ARM_VCPU_EXIT_##reason)

/* That there can be, with what the VMM has asked for */
static u32 exits_of(const struct guest *g)
{
	u32 exits = EXIT(NONE) | EXIT(MMIO_READ) | EXIT(MMIO_WRITE) | EXIT(HYPERCALL) | EXIT(SMC) |
		    EXIT(SYSTEM_DOWN) | EXIT(KICKED) | EXIT(MEMORY_FAULT) | EXIT(FAIL_ENTRY);

	if (!(g->config & ARM_VCPU_CONFIG_PSCI))
		exits |= EXIT(CPU_UP) | EXIT(CPU_DOWN);
	if (!(g->config & ARM_VCPU_CONFIG_GIC))
		exits |= EXIT(TIMER);
	if (g->config & ARM_VCPU_CONFIG_SYSREG_EXITS)
		exits |= EXIT(SYSREG_READ) | EXIT(SYSREG_WRITE);
	if (g->config & ARM_VCPU_CONFIG_SGI_EXITS)
		exits |= EXIT(SEND_IPI);
	if (g->config & ARM_VCPU_CONFIG_VGIC)
		exits |= EXIT(MAINTENANCE);
	if (g->run->flags & ARM_VCPU_RUN_HALT)
		exits |= EXIT(HALT);
	if (g->run->flags & ARM_VCPU_RUN_EXTERNAL_INTERRUPT)
		exits |= EXIT(EXTERNAL_INTERRUPT);
	return g->debugs ? exits | EXIT(DEBUG) : exits;
}

static bool in_ram(const struct guest *g, u64 addr)
{
	return addr - FUZZ_RAM < g->ram;
}

static bool is_access(const struct guest *g)
{
	const struct arm_vcpu_run *run = g->run;
	u32 width = run->mmio.width;

	return (width == 1 || width == 2 || width == 4 || width == 8) && run->mmio.reg < 32 &&
	       (run->mmio.reg_width == 4 || run->mmio.reg_width == 8) && !in_ram(g, run->mmio.addr);
}

static void judge(struct guest *g)
{
	struct arm_vcpu_run *run = g->run;
	u32 reason = run->exit_reason;

	fuzz_exited(reason);
	if (reason > 31 || !(exits_of(g) & 1U << reason))
		fuzz_found("exit %s, config %#lx flags %#x pc %#llx esr %#llx", exit_name(reason),
			   g->config, run->flags, run->pc, run->esr);
	if ((reason == ARM_VCPU_EXIT_MMIO_READ || reason == ARM_VCPU_EXIT_MMIO_WRITE) &&
	    !is_access(g))
		fuzz_found("exit %s of %#llx, %u bytes of x%u", exit_name(reason), run->mmio.addr,
			   run->mmio.width, run->mmio.reg);
	/* Memory stays, so there is no error */
	if (reason == ARM_VCPU_EXIT_MEMORY_FAULT && (run->fault.error || !run->fault.access ||
						     in_ram(g, run->fault.addr)))
		fuzz_found("exit MEMORY_FAULT at %#llx: access %#x, error %u", run->fault.addr,
			   run->fault.access, run->fault.error);
	if (reason == ARM_VCPU_EXIT_FAIL_ENTRY && run->fail.reason != ARM_VCPU_FAIL_PSTATE &&
	    run->fail.reason != ARM_VCPU_FAIL_ILLEGAL_STATE)
		fuzz_found("exit FAIL_ENTRY, %u", run->fail.reason);
}

bool guest_run(struct guest *g)
{
	int ret;

	WRITE_ONCE(g->since, now_ns());
	ret = witness_run(&g->witness, &g->f, g->fd);
	WRITE_ONCE(g->since, 0);
	if (ret && ret != -EINTR && !(ret == -EBUSY && g->contested))
		fuzz_found("RUN: %s", strerror(-ret));
	if (!ret)
		judge(g);
	return ret || g->run->exit_reason == ARM_VCPU_EXIT_KICKED;
}

void guest_disturb(struct guest *g, struct fuzz *f, u64 seed)
{
	u64 since, now;

	sleep_ms(1);
	since = READ_ONCE(g->since);
	now = now_ns();
	/* One that has begun just now hasn't done anything yet */
	if (!fuzz_one_in(f, 32) && (!since || now < since + AWHILE))
		return;
	if (fuzz_one_in(f, 2))
		vm_kick(g->fd);
	else
		pthread_kill(g->thread, SIGUSR1);
	if (since && now > since + STALL)
		die("a RUN doesn't end: ARM_VCPU_SEED=%lu, vCPU %u, pc %#llx", seed, g->nr,
		    READ_ONCE(g->run->pc));
}

void guests_fuzz(struct fuzz_session *session, u64 patience, struct canary *canary,
		 void (*one_vm)(u64 seed))
{
	static const struct fuzz_abi abi = {
		.device = DEVICE, .opens = FUZZ_VM, .commands = native_commands,
		.nr = NATIVE_COMMANDS,
	};
	u64 seed;

	fuzz_begin(session, &abi, patience);
	witness_fill();
	canary_start(canary);
	for (seed = session->seed; now_ns() < session->end && fuzz_finds() < FUZZ_FINDS; seed++)
		one_vm(seed);
}
