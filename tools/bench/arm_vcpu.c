// SPDX-License-Identifier: MIT
/*
 * The back ends arm_vcpu: a VM without and with the kernel's GICv3.
 */
#include <errno.h>
#include <err.h>
#include <sys/ioctl.h>

#include "bench.h"

static void check(int rc, const char *what)
{
	if (rc < 0) {
		errno = -rc;
		err(1, "%s", what);
	}
}

static void create(struct guest *guest, uint64_t flags)
{
	struct armvcpu_vm *vm = &guest->av.vm;

	check(armvcpu_open(vm), ARMVCPU_DEVICE);
	check(armvcpu_configure(vm, 0, ARM_VCPU_CONFIG_SMCCC | flags), "CONFIGURE");
	check(armvcpu_set_memory(vm, GUEST_RAM, guest->ram, guest->ram_size, 0), "SET_MEMORY");
	for (unsigned int n = 0; n < guest->cpus; n++)
		check(armvcpu_create(vm, n, &guest->av.cpu[n]), "CREATE_VCPU");
}

static void av_create(struct guest *guest)
{
	create(guest, 0);
}

static void av_create_gic(struct guest *guest)
{
	struct arm_vcpu_gic_setup setup = {
		.size = sizeof(setup),
		.spis = GIC_SPIS,
		.flags = ARM_VCPU_GIC_ITS,
		.distributor = GIC_DIST,
		.its = GIC_ITS,
		.redistributors = { { .addr = GIC_REDIST, .count = guest->cpus } },
	};

	create(guest, ARM_VCPU_CONFIG_GIC);
	if (ioctl(guest->av.vm.fd, ARM_VCPU_SET_GIC, &setup))
		err(1, "SET_GIC");
}

static void av_destroy(struct guest *guest)
{
	for (unsigned int n = 0; n < guest->cpus; n++)
		armvcpu_destroy(&guest->av.cpu[n]);
	armvcpu_close(&guest->av.vm);
}

static void av_enter(struct guest *guest, unsigned int cpu, uint64_t pc, const uint64_t x[4])
{
	check(armvcpu_set_entry(&guest->av.cpu[cpu], pc, 0), "SET_ENTRY");
	for (int i = 0; i < 4; i++)
		guest->av.cpu[cpu].run->x[19 + i] = x[i];
}

static enum bench_exit av_run(struct guest *guest, unsigned int cpu)
{
	const struct arm_vcpu_run *run = guest->av.cpu[cpu].run;
	int rc = armvcpu_run(&guest->av.cpu[cpu]);

	if (rc && rc != -EINTR)
		check(rc, "RUN");
	switch (run->exit_reason) {
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
	warnx("%s at pc %#llx", armvcpu_exit_name(run->exit_reason), run->pc);
	return BENCH_OTHER;
}

static uint64_t av_stored(const struct guest *guest)
{
	return guest->av.cpu[0].run->mmio.data;
}

static void av_set_no_enter(struct guest *guest, bool on)
{
	guest->av.cpu[0].run->flags = on ? ARM_VCPU_RUN_NO_ENTER : 0;
}

/* All calls but the basic ones are exits anyway */
static bool av_route_calls(struct guest *guest)
{
	(void)guest;
	return true;
}

static void av_kick(struct guest *guest)
{
	check(armvcpu_kick(&guest->av.cpu[0]), "KICK");
}

static void av_ioeventfd(struct guest *guest, int fd)
{
	check(armvcpu_ioeventfd(&guest->av.vm, 0, GUEST_DOORBELL, 4, fd, 0), "IOEVENTFD");
}

static void av_irqfd(struct guest *guest, int fd)
{
	check(armvcpu_irqfd(&guest->av.vm, 0, fd, INTID_SPI, 0), "IRQFD");
}

static void av_set_spi(struct guest *guest, bool level)
{
	check(armvcpu_set_spi(&guest->av.vm, INTID_SPI, level), "SET_IRQ");
}

static void av_send_msi(struct guest *guest)
{
	struct arm_vcpu_msi msi = { .size = sizeof(msi), .addr = GITS_TRANSLATER };

	if (ioctl(guest->av.vm.fd, ARM_VCPU_SEND_MSI, &msi))
		err(1, "SEND_MSI");
}

#define COMMON									\
	.destroy = av_destroy,							\
	.enter = av_enter,							\
	.run = av_run,								\
	.stored = av_stored,							\
	.set_no_enter = av_set_no_enter,					\
	.route_calls = av_route_calls,						\
	.kick = av_kick,							\
	.ioeventfd = av_ioeventfd

const struct backend backend_arm_vcpu = {
	.name = "arm_vcpu",
	.create = av_create,
	COMMON,
};

const struct backend backend_arm_vcpu_gic = {
	.name = "arm_vcpu-gic",
	.has_gic = true,
	.create = av_create_gic,
	COMMON,
	.irqfd = av_irqfd,
	.set_spi = av_set_spi,
	.send_msi = av_send_msi,
};
