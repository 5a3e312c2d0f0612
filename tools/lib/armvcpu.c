// SPDX-License-Identifier: MIT
/* libarmvcpu: see armvcpu.h */
#include "armvcpu.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

static int call(int fd, unsigned long command, void *argument)
{
	int rc = ioctl(fd, command, argument);

	return rc < 0 ? -errno : rc;
}

int armvcpu_open(struct armvcpu_vm *vm)
{
	int rc;

	memset(vm, 0, sizeof(*vm));
	vm->fd = open(ARMVCPU_DEVICE, O_RDWR | O_CLOEXEC);
	if (vm->fd < 0)
		return -errno;

	vm->info.size = sizeof(vm->info);
	rc = call(vm->fd, ARM_VCPU_GET_INFO, &vm->info);
	if (rc)
		armvcpu_close(vm);
	return rc;
}

void armvcpu_close(struct armvcpu_vm *vm)
{
	close(vm->fd);
	vm->fd = -1;
}

int armvcpu_configure(struct armvcpu_vm *vm, __u32 ipa_bits, __u64 flags)
{
	struct arm_vcpu_config config = {
		.size = sizeof(config),
		.ipa_bits = ipa_bits,
		.flags = flags,
	};

	return call(vm->fd, ARM_VCPU_CONFIGURE, &config);
}

int armvcpu_set_memory(struct armvcpu_vm *vm, __u64 guest_addr, void *memory,
		       size_t length, __u64 flags)
{
	struct arm_vcpu_memory region = {
		.size = sizeof(region),
		.flags = flags,
		.guest_addr = guest_addr,
		.length = length,
		.user_addr = (uintptr_t)memory,
	};

	return call(vm->fd, ARM_VCPU_SET_MEMORY, &region);
}

int armvcpu_remove_memory(struct armvcpu_vm *vm, __u64 guest_addr)
{
	return armvcpu_set_memory(vm, guest_addr, NULL, 0, 0);
}

int armvcpu_set_gic(struct armvcpu_vm *vm, __u32 spis, __u64 distributor, __u64 redistributors,
		    __u32 count, __u64 its)
{
	struct arm_vcpu_gic_setup setup = {
		.size = sizeof(setup),
		.spis = spis,
		.flags = its ? ARM_VCPU_GIC_ITS : 0,
		.distributor = distributor,
		.redistributors = { { .addr = redistributors, .count = count } },
		.its = its,
	};

	return call(vm->fd, ARM_VCPU_SET_GIC, &setup);
}

int armvcpu_set_spi(struct armvcpu_vm *vm, __u32 intid, __u32 level)
{
	struct arm_vcpu_irq irq = { .size = sizeof(irq), .intid = intid, .level = level };

	return call(vm->fd, ARM_VCPU_SET_IRQ, &irq);
}

int armvcpu_irqfd(struct armvcpu_vm *vm, __u64 flags, int fd, __u32 intid, int resample_fd)
{
	struct arm_vcpu_irqfd irqfd = {
		.size = sizeof(irqfd),
		.intid = intid,
		.flags = flags,
		.fd = fd,
		.resample_fd = resample_fd,
	};

	return call(vm->fd, ARM_VCPU_IRQFD, &irqfd);
}

int armvcpu_send_msi(struct armvcpu_vm *vm, __u32 device, __u64 addr, __u32 data)
{
	struct arm_vcpu_msi msi = {
		.size = sizeof(msi),
		.device = device,
		.addr = addr,
		.data = data,
	};

	return call(vm->fd, ARM_VCPU_SEND_MSI, &msi);
}

int armvcpu_irqfd_msi(struct armvcpu_vm *vm, __u64 flags, int fd, __u32 device, __u64 addr,
		      __u32 data)
{
	struct arm_vcpu_irqfd irqfd = {
		.size = sizeof(irqfd),
		.flags = flags | ARM_VCPU_IRQFD_MSI,
		.fd = fd,
		.addr = addr,
		.device = device,
		.data = data,
	};

	return call(vm->fd, ARM_VCPU_IRQFD, &irqfd);
}

int armvcpu_ioeventfd(struct armvcpu_vm *vm, __u64 flags, __u64 guest_addr, __u32 length, int fd,
		      __u64 data)
{
	struct arm_vcpu_ioeventfd ioeventfd = {
		.size = sizeof(ioeventfd),
		.length = length,
		.flags = flags,
		.guest_addr = guest_addr,
		.fd = fd,
		.data = data,
	};

	return call(vm->fd, ARM_VCPU_IOEVENTFD, &ioeventfd);
}

int armvcpu_smccc_filter(struct armvcpu_vm *vm, __u32 first, __u32 count, __u32 action)
{
	struct arm_vcpu_smccc_filter filter = {
		.size = sizeof(filter),
		.first = first,
		.count = count,
		.action = action,
	};

	return call(vm->fd, ARM_VCPU_SET_SMCCC_FILTER, &filter);
}

int armvcpu_create(struct armvcpu_vm *vm, __u64 mpidr, struct armvcpu_cpu *cpu)
{
	struct arm_vcpu_create create = {
		.size = sizeof(create),
		.mpidr = mpidr,
	};
	void *run;
	int fd;

	fd = call(vm->fd, ARM_VCPU_CREATE_VCPU, &create);
	if (fd < 0)
		return fd;

	run = mmap(NULL, vm->info.run_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (run == MAP_FAILED) {
		int rc = -errno;

		close(fd);
		return rc;
	}

	cpu->fd = fd;
	cpu->run = run;
	cpu->run_size = vm->info.run_size;
	return 0;
}

void armvcpu_destroy(struct armvcpu_cpu *cpu)
{
	munmap(cpu->run, cpu->run_size);
	close(cpu->fd);
	cpu->run = NULL;
	cpu->fd = -1;
}

int armvcpu_set_entry(struct armvcpu_cpu *cpu, __u64 pc, __u64 x0)
{
	struct arm_vcpu_entry entry = {
		.size = sizeof(entry),
		.pc = pc,
		.x = { x0 },
	};

	return call(cpu->fd, ARM_VCPU_SET_ENTRY, &entry);
}

int armvcpu_get_power(struct armvcpu_cpu *cpu)
{
	struct arm_vcpu_power power = { .size = sizeof(power) };
	int rc = call(cpu->fd, ARM_VCPU_GET_POWER, &power);

	return rc ? rc : (int)power.state;
}

int armvcpu_set_power(struct armvcpu_cpu *cpu, __u32 state)
{
	struct arm_vcpu_power power = { .size = sizeof(power), .state = state };

	return call(cpu->fd, ARM_VCPU_SET_POWER, &power);
}

int armvcpu_run(struct armvcpu_cpu *cpu)
{
	return call(cpu->fd, ARM_VCPU_RUN, NULL);
}

int armvcpu_kick(struct armvcpu_cpu *cpu)
{
	return call(cpu->fd, ARM_VCPU_KICK, NULL);
}

int armvcpu_kick_all(struct armvcpu_vm *vm)
{
	return call(vm->fd, ARM_VCPU_KICK, NULL);
}

int armvcpu_get_reg(struct armvcpu_cpu *cpu, __u64 id, __u64 value[2])
{
	struct arm_vcpu_reg reg = {
		.size = sizeof(reg),
		.id = id,
	};
	int rc = call(cpu->fd, ARM_VCPU_GET_REG, &reg);

	if (!rc)
		memcpy(value, reg.value, sizeof(reg.value));
	return rc;
}

int armvcpu_set_reg(struct armvcpu_cpu *cpu, __u64 id, const __u64 value[2])
{
	struct arm_vcpu_reg reg = {
		.size = sizeof(reg),
		.id = id,
		.value = { value[0], value[1] },
	};

	return call(cpu->fd, ARM_VCPU_SET_REG, &reg);
}

int armvcpu_list_regs(struct armvcpu_cpu *cpu, __u64 *ids, __u32 room)
{
	struct arm_vcpu_reg_list list = {
		.size = sizeof(list),
		.count = room,
		.ids = (uintptr_t)ids,
	};
	int rc = call(cpu->fd, ARM_VCPU_LIST_REGS, &list);

	return rc ? rc : (int)list.count;
}

int armvcpu_get_stats(struct armvcpu_cpu *cpu, __u64 *values, __u32 room)
{
	struct arm_vcpu_stats stats = {
		.size = sizeof(stats),
		.count = room,
		.values = (uintptr_t)values,
	};
	int rc = call(cpu->fd, ARM_VCPU_GET_STATS, &stats);

	return rc ? rc : (int)stats.count;
}

int armvcpu_inject(struct armvcpu_cpu *cpu, __u64 flags, __u64 esr, __u64 far)
{
	struct arm_vcpu_inject inject = {
		.size = sizeof(inject),
		.flags = flags,
		.esr = esr,
		.far = far,
	};

	return call(cpu->fd, ARM_VCPU_INJECT, &inject);
}

int armvcpu_set_debug(struct armvcpu_cpu *cpu, const struct arm_vcpu_debug *debug)
{
	struct arm_vcpu_debug copy = *debug;

	copy.size = sizeof(copy);
	copy.reserved = 0;
	return call(cpu->fd, ARM_VCPU_SET_DEBUG, &copy);
}

const char *armvcpu_exit_name(__u32 exit_reason)
{
	static const char * const names[] = {
		[ARM_VCPU_EXIT_NONE] = "NONE",
		[ARM_VCPU_EXIT_MMIO_READ] = "MMIO_READ",
		[ARM_VCPU_EXIT_MMIO_WRITE] = "MMIO_WRITE",
		[ARM_VCPU_EXIT_SYSREG_READ] = "SYSREG_READ",
		[ARM_VCPU_EXIT_SYSREG_WRITE] = "SYSREG_WRITE",
		[ARM_VCPU_EXIT_HYPERCALL] = "HYPERCALL",
		[ARM_VCPU_EXIT_SMC] = "SMC",
		[ARM_VCPU_EXIT_CPU_UP] = "CPU_UP",
		[ARM_VCPU_EXIT_CPU_DOWN] = "CPU_DOWN",
		[ARM_VCPU_EXIT_SYSTEM_DOWN] = "SYSTEM_DOWN",
		[ARM_VCPU_EXIT_HALT] = "HALT",
		[ARM_VCPU_EXIT_TIMER] = "TIMER",
		[ARM_VCPU_EXIT_KICKED] = "KICKED",
		[ARM_VCPU_EXIT_MEMORY_FAULT] = "MEMORY_FAULT",
		[ARM_VCPU_EXIT_FAIL_ENTRY] = "FAIL_ENTRY",
		[ARM_VCPU_EXIT_INTERNAL_ERROR] = "INTERNAL_ERROR",
		[ARM_VCPU_EXIT_EXTERNAL_INTERRUPT] = "EXTERNAL_INTERRUPT",
		[ARM_VCPU_EXIT_SEND_IPI] = "SEND_IPI",
		[ARM_VCPU_EXIT_DEBUG] = "DEBUG",
		[ARM_VCPU_EXIT_MAINTENANCE] = "MAINTENANCE",
	};

	if (exit_reason < ARRAY_SIZE(names) && names[exit_reason])
		return names[exit_reason];
	return "unknown";
}
