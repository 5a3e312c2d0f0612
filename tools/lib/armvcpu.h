/* SPDX-License-Identifier: MIT */
/*
 * libarmvcpu: /dev/arm_vcpu as C functions.
 *
 * These functions add nothing to the ABI of <linux/arm_vcpu.h> and decide nothing:
 * they fill in the structs, map the run page and turn errno into a return value.
 * Each function that returns an int returns 0 or a negative errno, whose meaning
 * stands at the top of <linux/arm_vcpu.h>.
 *
 * A virtual machine in seven calls (tools/examples/hello.c is a whole one):
 *
 *	struct armvcpu_vm vm;
 *	struct armvcpu_cpu cpu;
 *
 *	armvcpu_open(&vm);
 *	armvcpu_set_memory(&vm, 0x40000000, memory, size, 0);
 *	armvcpu_create(&vm, 0, &cpu);
 *	armvcpu_set_entry(&cpu, 0x40000000, 0);
 *	while (!armvcpu_run(&cpu))
 *		act_on(cpu.run->exit_reason);
 *	armvcpu_destroy(&cpu);
 *	armvcpu_close(&vm);
 *
 * Threads: the functions have no state of their own.  A vCPU is run by one thread
 * at a time, and its run page belongs to that thread; armvcpu_kick() and
 * armvcpu_kick_all() are for the others.
 */
#ifndef ARMVCPU_H
#define ARMVCPU_H

#include <stddef.h>
#include <linux/arm_vcpu.h>

#define ARMVCPU_DEVICE "/dev/arm_vcpu"

/**
 * struct armvcpu_vm - a virtual machine
 * @fd: an open of /dev/arm_vcpu
 * @info: what the host offers, as GET_INFO says
 */
struct armvcpu_vm {
	int fd;
	struct arm_vcpu_info info;
};

/**
 * struct armvcpu_cpu - a virtual CPU
 * @fd: its file
 * @run: its run page: registers, why it came back from armvcpu_run(), and what the
 *	VMM answers
 * @run_size: bytes that are mapped at @run
 */
struct armvcpu_cpu {
	int fd;
	struct arm_vcpu_run *run;
	size_t run_size;
};

/**
 * armvcpu_open() - make a virtual machine, and ask what the host offers
 * @vm: is filled in
 *
 * Return: 0, or -ENOENT when the module isn't loaded, or another negative errno.
 */
int armvcpu_open(struct armvcpu_vm *vm);

/**
 * armvcpu_close() - let go of a virtual machine
 * @vm: from armvcpu_open()
 *
 * It lives on until its last vCPU is destroyed.
 */
void armvcpu_close(struct armvcpu_vm *vm);

/**
 * armvcpu_configure() - say what kind of VM this is; before memory and vCPUs
 * @vm: from armvcpu_open()
 * @ipa_bits: size of guest-physical addresses; 0 for the default
 * @flags: ARM_VCPU_CONFIG_*, of those in vm->info.config_flags
 */
int armvcpu_configure(struct armvcpu_vm *vm, __u32 ipa_bits, __u64 flags);

/**
 * armvcpu_set_memory() - give the guest a piece of this process's memory
 * @vm: from armvcpu_open()
 * @guest_addr: where the guest finds it
 * @memory: what it finds there
 * @length: in bytes
 * @flags: ARM_VCPU_MEMORY_*
 *
 * Addresses and length are multiples of vm->info.page_size.
 */
int armvcpu_set_memory(struct armvcpu_vm *vm, __u64 guest_addr, void *memory,
		       size_t length, __u64 flags);

/**
 * armvcpu_remove_memory() - take a region away from the guest
 * @vm: from armvcpu_open()
 * @guest_addr: where the region begins
 */
int armvcpu_remove_memory(struct armvcpu_vm *vm, __u64 guest_addr);

/**
 * armvcpu_set_gic() - say where the GIC is, and reset it
 * @vm: from armvcpu_open(), configured with ARM_VCPU_CONFIG_GIC
 * @spis: SPIs that it has
 * @distributor: guest-physical address of its distributor
 * @redistributors: of the first redistributor; the others follow
 * @count: of them
 * @its: guest-physical address of its ITS; 0: it has none
 */
int armvcpu_set_gic(struct armvcpu_vm *vm, __u32 spis, __u64 distributor, __u64 redistributors,
		    __u32 count, __u64 its);

/**
 * armvcpu_set_spi() - set the level of a shared interrupt's line
 * @vm: from armvcpu_open(), with armvcpu_set_gic()
 * @intid: of the interrupt, 32 or more
 * @level: 0 or 1
 */
int armvcpu_set_spi(struct armvcpu_vm *vm, __u32 intid, __u32 level);

/**
 * armvcpu_irqfd() - have an eventfd signal an interrupt, or no longer
 * @vm: from armvcpu_open(), with armvcpu_set_gic()
 * @flags: ARM_VCPU_IRQFD_*
 * @fd: the eventfd
 * @intid: of an SPI
 * @resample_fd: with ARM_VCPU_IRQFD_RESAMPLE, the eventfd that tells of its end; else 0
 */
int armvcpu_irqfd(struct armvcpu_vm *vm, __u64 flags, int fd, __u32 intid, int resample_fd);

/**
 * armvcpu_send_msi() - send an MSI, as a device writes it
 * @vm: from armvcpu_open(), with an ITS by armvcpu_set_gic()
 * @device: its DeviceID
 * @addr: guest-physical address that it writes to
 * @data: that it writes
 */
int armvcpu_send_msi(struct armvcpu_vm *vm, __u32 device, __u64 addr, __u32 data);

/**
 * armvcpu_irqfd_msi() - have an eventfd send an MSI, or no longer
 * @vm: from armvcpu_open(), with an ITS by armvcpu_set_gic()
 * @flags: 0 or ARM_VCPU_IRQFD_REMOVE
 * @fd: the eventfd
 * @device: as in armvcpu_send_msi()
 * @addr: the same
 * @data: the same
 */
int armvcpu_irqfd_msi(struct armvcpu_vm *vm, __u64 flags, int fd, __u32 device, __u64 addr,
		      __u32 data);

/**
 * armvcpu_ioeventfd() - have a store signal an eventfd, or no longer
 * @vm: from armvcpu_open()
 * @flags: ARM_VCPU_IOEVENTFD_*
 * @guest_addr: where it is to
 * @length: of the store, in bytes; 0 for any
 * @fd: the eventfd
 * @data: with ARM_VCPU_IOEVENTFD_DATAMATCH, what is stored; else 0
 */
int armvcpu_ioeventfd(struct armvcpu_vm *vm, __u64 flags, __u64 guest_addr, __u32 length, int fd,
		      __u64 data);

/**
 * armvcpu_smccc_filter() - say who answers calls, before any vCPU runs
 * @vm: from armvcpu_open(), configured with ARM_VCPU_CONFIG_PSCI
 * @first: lowest function id
 * @count: how many
 * @action: ARM_VCPU_SMCCC_*
 */
int armvcpu_smccc_filter(struct armvcpu_vm *vm, __u32 first, __u32 count, __u32 action);

/**
 * armvcpu_create() - add a virtual CPU, and map its run page
 * @vm: from armvcpu_open()
 * @mpidr: its MPIDR_EL1, the affinity fields alone
 * @cpu: is filled in
 */
int armvcpu_create(struct armvcpu_vm *vm, __u64 mpidr, struct armvcpu_cpu *cpu);

/**
 * armvcpu_destroy() - unmap the run page and let go of the vCPU
 * @cpu: from armvcpu_create()
 */
void armvcpu_destroy(struct armvcpu_cpu *cpu);

/**
 * armvcpu_set_entry() - reset a vCPU, and say where it begins
 * @cpu: from armvcpu_create()
 * @pc: guest-physical address of the first instruction
 * @x0: for Linux and U-Boot, the address of the device tree
 */
int armvcpu_set_entry(struct armvcpu_cpu *cpu, __u64 pc, __u64 x0);

/**
 * armvcpu_get_power() - whether a vCPU is on, also while it runs
 * @cpu: from armvcpu_create(), of a VM with ARM_VCPU_CONFIG_PSCI
 *
 * Return: ARM_VCPU_POWER_*, or a negative errno.
 */
int armvcpu_get_power(struct armvcpu_cpu *cpu);

/**
 * armvcpu_set_power() - switch a vCPU that isn't running on or off, and leave its registers
 * @cpu: from armvcpu_create(), of a VM with ARM_VCPU_CONFIG_PSCI
 * @state: ARM_VCPU_POWER_ON or ARM_VCPU_POWER_OFF
 */
int armvcpu_set_power(struct armvcpu_cpu *cpu, __u32 state);

/**
 * armvcpu_run() - run the guest until it needs the VMM
 * @cpu: from armvcpu_create(), after armvcpu_set_entry()
 *
 * Return: 0, and cpu->run->exit_reason says why it came back; -EINTR when a signal
 * is pending: run again.
 */
int armvcpu_run(struct armvcpu_cpu *cpu);

/**
 * armvcpu_kick() - bring a vCPU back from armvcpu_run(), from any thread
 * @cpu: from armvcpu_create()
 *
 * Sticky: when the vCPU isn't in armvcpu_run(), its next one returns with KICKED.
 */
int armvcpu_kick(struct armvcpu_cpu *cpu);

/**
 * armvcpu_kick_all() - kick every vCPU of a virtual machine
 * @vm: from armvcpu_open()
 */
int armvcpu_kick_all(struct armvcpu_vm *vm);

/**
 * armvcpu_get_reg() - read a register of a vCPU that isn't running
 * @cpu: from armvcpu_create(), after armvcpu_set_entry()
 * @id: ARM_VCPU_REG_*
 * @value: its value; the second is the upper half of a register of 16 bytes, else 0
 */
int armvcpu_get_reg(struct armvcpu_cpu *cpu, __u64 id, __u64 value[2]);

/**
 * armvcpu_set_reg() - write a register of a vCPU that isn't running
 * @cpu: from armvcpu_create(), after armvcpu_set_entry()
 * @id: ARM_VCPU_REG_*
 * @value: as armvcpu_get_reg() has it
 */
int armvcpu_set_reg(struct armvcpu_cpu *cpu, __u64 id, const __u64 value[2]);

/**
 * armvcpu_list_regs() - which registers there are
 * @cpu: from armvcpu_create(), after armvcpu_set_entry()
 * @ids: array for their ids
 * @room: how many it can take
 *
 * Return: how many there are, which can be more than @room; or a negative errno.
 */
int armvcpu_list_regs(struct armvcpu_cpu *cpu, __u64 *ids, __u32 room);

/**
 * armvcpu_inject() - have the guest take an exception
 * @cpu: from armvcpu_create(), after armvcpu_set_entry()
 * @flags: 0 for a synchronous exception, or ARM_VCPU_INJECT_SERROR
 * @esr: its syndrome
 * @far: its address, if it has one
 */
int armvcpu_inject(struct armvcpu_cpu *cpu, __u64 flags, __u64 esr, __u64 far);

/**
 * armvcpu_set_debug() - have a vCPU come back at a BRK, after a step, at a point
 * @cpu: from armvcpu_create()
 * @debug: flags and points; the rest is filled in
 */
int armvcpu_set_debug(struct armvcpu_cpu *cpu, const struct arm_vcpu_debug *debug);

/**
 * armvcpu_get_stats() - read a vCPU's counters, also while it runs
 * @cpu: from armvcpu_create()
 * @values: array for them, by ARM_VCPU_STAT_*
 * @room: how many it can take
 *
 * Return: how many there are, which can be more than @room; or a negative errno.
 */
int armvcpu_get_stats(struct armvcpu_cpu *cpu, __u64 *values, __u32 room);

/**
 * armvcpu_exit_name() - the name of an exit reason, for messages
 * @exit_reason: ARM_VCPU_EXIT_*
 *
 * Return: "MMIO_READ" and so on; "unknown" for a number this library doesn't know.
 */
const char *armvcpu_exit_name(__u32 exit_reason);

#endif /* ARMVCPU_H */
