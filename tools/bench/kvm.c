// SPDX-License-Identifier: MIT
/*
 * The back ends KVM: a VM without and with the in-kernel GICv3; and the same on
 * arm_vcpu_kvm.ko's /dev/kvm.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <err.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <linux/psci.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"
#include "kvm.h"

#define KICK_SIGNAL	SIGUSR1

#define CORE_REG(member)							\
	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE |			\
	 (offsetof(struct kvm_regs, member) / sizeof(uint32_t)))

/* Since Linux 6.4; older headers don't have it */
#ifndef KVM_ARM_VM_SMCCC_CTRL
#define KVM_ARM_VM_SMCCC_CTRL		0
#define KVM_ARM_VM_SMCCC_FILTER		0
#define KVM_SMCCC_FILTER_FWD_TO_USER	2

struct kvm_smccc_filter {
	__u32 base;
	__u32 nr_functions;
	__u8 action;
	__u8 pad[15];
};
#endif

/* CALL_FOR_VMM in code.S is the first of these */
#define CALLS_FOR_VMM		0x86000100
#define CALLS_FOR_VMM_COUNT	16

/* Whom a kick is for: the thread that made the first vCPU runs it */
static pthread_t runner;
static struct kvm_run *running;

int kvm_command(int fd, unsigned long request, void *argument, const char *what)
{
	int rc = ioctl(fd, request, argument);

	if (rc < 0)
		err(1, "%s", what);
	return rc;
}

/* A signal that comes just before KVM_RUN is not lost: as every VMM does it */
static void on_signal(int number)
{
	(void)number;
	running->immediate_exit = 1;
}

static void create_vcpu(struct guest *guest, unsigned int n)
{
	struct kvm_vcpu_init init;
	int cpu = kvm_command(guest->kvm.vm, KVM_CREATE_VCPU, (void *)(uintptr_t)n,
			      "KVM_CREATE_VCPU");

	memset(&init, 0, sizeof(init));
	kvm_command(guest->kvm.vm, KVM_ARM_PREFERRED_TARGET, &init, "KVM_ARM_PREFERRED_TARGET");
	kvm_command(cpu, KVM_ARM_VCPU_INIT, &init, "KVM_ARM_VCPU_INIT");
	guest->kvm.cpu[n] = cpu;
	guest->kvm.run_size = kvm_command(guest->kvm.dev, KVM_GET_VCPU_MMAP_SIZE, 0,
					  "KVM_GET_VCPU_MMAP_SIZE");
	guest->kvm.run[n] = mmap(NULL, guest->kvm.run_size, PROT_READ | PROT_WRITE, MAP_SHARED,
				 cpu, 0);
	if (guest->kvm.run[n] == MAP_FAILED)
		err(1, "struct kvm_run");
}

static void prepare_kick(struct guest *guest)
{
	struct sigaction action = { .sa_handler = on_signal };

	runner = pthread_self();
	running = guest->kvm.run[0];
	guest->kvm.no_enter = false;
	if (sigaction(KICK_SIGNAL, &action, NULL))
		err(1, "sigaction");
}

static void kvm_create(struct guest *guest)
{
	struct kvm_userspace_memory_region region = {
		.guest_phys_addr = GUEST_RAM,
		.memory_size = guest->ram_size,
		.userspace_addr = (uintptr_t)guest->ram,
	};

	guest->kvm.dev = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (guest->kvm.dev < 0)
		err(1, "/dev/kvm");
	guest->kvm.vm = kvm_command(guest->kvm.dev, KVM_CREATE_VM, 0, "KVM_CREATE_VM");
	kvm_command(guest->kvm.vm, KVM_SET_USER_MEMORY_REGION, &region,
		    "KVM_SET_USER_MEMORY_REGION");
	for (unsigned int n = 0; n < guest->cpus; n++)
		create_vcpu(guest, n);
	prepare_kick(guest);
}

static void kvm_create_vgic(struct guest *guest)
{
	kvm_create(guest);
	kvm_make_gic(guest);
}

static void kvm_destroy(struct guest *guest)
{
	for (unsigned int n = 0; n < guest->cpus; n++) {
		munmap(guest->kvm.run[n], guest->kvm.run_size);
		close(guest->kvm.cpu[n]);
	}
	close(guest->kvm.vm);
	close(guest->kvm.dev);
}

static void set_reg(int cpu, __u64 id, __u64 value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };

	kvm_command(cpu, KVM_SET_ONE_REG, &reg, "KVM_SET_ONE_REG");
}

static void kvm_enter(struct guest *guest, unsigned int cpu, uint64_t pc, const uint64_t x[4])
{
	set_reg(guest->kvm.cpu[cpu], CORE_REG(regs.pc), pc);
	for (int i = 0; i < 4; i++)
		set_reg(guest->kvm.cpu[cpu], CORE_REG(regs.regs[19]) + 2 * i, x[i]);
}

static enum bench_exit kvm_run(struct guest *guest, unsigned int cpu)
{
	struct kvm_run *run = guest->kvm.run[cpu];

	if (ioctl(guest->kvm.cpu[cpu], KVM_RUN, 0) < 0) {
		if (errno != EINTR)
			err(1, "KVM_RUN");
		run->immediate_exit = guest->kvm.no_enter;
		return BENCH_NOTHING;
	}
	switch (run->exit_reason) {
	case KVM_EXIT_MMIO:
		return run->mmio.is_write ? BENCH_STORE : BENCH_LOAD;
	case KVM_EXIT_HYPERCALL:
		return BENCH_CALL;
	}
	warnx("KVM: exit_reason %u", run->exit_reason);
	return BENCH_OTHER;
}

static uint64_t kvm_stored(const struct guest *guest)
{
	uint64_t data;

	memcpy(&data, guest->kvm.run[0]->mmio.data, sizeof(data));
	return data;
}

static void kvm_set_no_enter(struct guest *guest, bool on)
{
	guest->kvm.no_enter = on;
	guest->kvm.run[0]->immediate_exit = on;
}

static bool kvm_route_calls(struct guest *guest)
{
	struct kvm_smccc_filter filter = {
		.base = CALLS_FOR_VMM,
		.nr_functions = CALLS_FOR_VMM_COUNT,
		.action = KVM_SMCCC_FILTER_FWD_TO_USER,
	};
	struct kvm_device_attr set = {
		.group = KVM_ARM_VM_SMCCC_CTRL,
		.attr = KVM_ARM_VM_SMCCC_FILTER,
		.addr = (uintptr_t)&filter,
	};

	return !ioctl(guest->kvm.vm, KVM_SET_DEVICE_ATTR, &set);
}

static void kvm_kick(struct guest *guest)
{
	(void)guest;
	pthread_kill(runner, KICK_SIGNAL);
}

static void kvm_ioeventfd(struct guest *guest, int fd)
{
	struct kvm_ioeventfd store = { .addr = GUEST_DOORBELL, .len = 4, .fd = fd };

	kvm_command(guest->kvm.vm, KVM_IOEVENTFD, &store, "KVM_IOEVENTFD");
}

#define COMMON									\
	.destroy = kvm_destroy,							\
	.enter = kvm_enter,							\
	.run = kvm_run,								\
	.stored = kvm_stored,							\
	.set_no_enter = kvm_set_no_enter,					\
	.route_calls = kvm_route_calls,						\
	.kick = kvm_kick,							\
	.ioeventfd = kvm_ioeventfd

#define WITH_GIC								\
	.has_gic = true,							\
	.create = kvm_create_vgic,						\
	COMMON,									\
	.irqfd = kvm_irqfd,							\
	.set_spi = kvm_set_spi,							\
	.send_msi = kvm_send_msi

const struct backend backend_kvm = { .name = "kvm", .create = kvm_create, COMMON };
const struct backend backend_kvm_vgic = { .name = "kvm-vgic", WITH_GIC };
const struct backend backend_front = { .name = "front", .create = kvm_create, COMMON };
const struct backend backend_front_vgic = { .name = "front-vgic", WITH_GIC };
