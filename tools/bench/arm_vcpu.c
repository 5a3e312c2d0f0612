// SPDX-License-Identifier: MIT
/*
 * The back end arm_vcpu.
 */
#include <errno.h>
#include <err.h>

#include "bench.h"

static void check(int rc, const char *what)
{
	if (rc < 0) {
		errno = -rc;
		err(1, "%s", what);
	}
}

static void av_create(struct guest *guest)
{
	struct armvcpu_vm *vm = &guest->av.vm;

	check(armvcpu_open(vm), ARMVCPU_DEVICE);
	check(armvcpu_configure(vm, 0, ARM_VCPU_CONFIG_SMCCC), "CONFIGURE");
	check(armvcpu_set_memory(vm, GUEST_RAM, guest->ram, guest->ram_size, 0), "SET_MEMORY");
	check(armvcpu_create(vm, 0, &guest->av.cpu), "CREATE_VCPU");
}

static void av_destroy(struct guest *guest)
{
	armvcpu_destroy(&guest->av.cpu);
	armvcpu_close(&guest->av.vm);
}

static void av_enter(struct guest *guest, uint64_t pc, const uint64_t x[4])
{
	check(armvcpu_set_entry(&guest->av.cpu, pc, 0), "SET_ENTRY");
	for (int i = 0; i < 4; i++)
		guest->av.cpu.run->x[19 + i] = x[i];
}

static enum bench_exit av_run(struct guest *guest)
{
	int rc = armvcpu_run(&guest->av.cpu);

	if (rc && rc != -EINTR)
		check(rc, "RUN");
	switch (guest->av.cpu.run->exit_reason) {
	case ARM_VCPU_EXIT_MMIO_WRITE:
		return BENCH_STORE;
	case ARM_VCPU_EXIT_MMIO_READ:
		return BENCH_LOAD;
	case ARM_VCPU_EXIT_HYPERCALL:
		return BENCH_CALL;
	case ARM_VCPU_EXIT_NONE:
	case ARM_VCPU_EXIT_TIMER:
	case ARM_VCPU_EXIT_KICKED:
		return BENCH_NOTHING;
	}
	warnx("%s at pc %#llx", armvcpu_exit_name(guest->av.cpu.run->exit_reason),
	      guest->av.cpu.run->pc);
	return BENCH_OTHER;
}

static uint64_t av_stored(const struct guest *guest)
{
	return guest->av.cpu.run->mmio.data;
}

static void av_set_no_enter(struct guest *guest, bool on)
{
	guest->av.cpu.run->flags = on ? ARM_VCPU_RUN_NO_ENTER : 0;
}

/* All calls but the basic ones are exits anyway */
static bool av_route_calls(struct guest *guest)
{
	(void)guest;
	return true;
}

static void av_kick(struct guest *guest)
{
	check(armvcpu_kick(&guest->av.cpu), "KICK");
}

const struct backend backend_arm_vcpu = {
	.name = "arm_vcpu",
	.timer_wakes = true,
	.create = av_create,
	.destroy = av_destroy,
	.enter = av_enter,
	.run = av_run,
	.stored = av_stored,
	.set_no_enter = av_set_no_enter,
	.route_calls = av_route_calls,
	.kick = av_kick,
};
