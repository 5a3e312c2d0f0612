/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What another module may do with VMs: the commands of /dev/arm_vcpu, with their structs in
 * the kernel, and what only the kernel can be given.  All of it is exported in the namespace
 * ARM_VCPU; whoever includes this needs nothing else of ours.
 *
 * What the ABI says of a command holds here: a VM belongs to the address space that first set
 * it up, and so on.  The one who makes VMs and vCPUs has to see to it that nobody uses one that
 * he gives up.
 */
#ifndef ARM_VCPU_CORE_H
#define ARM_VCPU_CORE_H

#include <linux/types.h>

#include "../../uapi/linux/arm_vcpu.h"

struct vm;
struct vcpu;

/* A VM, as an open of /dev/arm_vcpu makes one; its vCPUs hold it too */
struct vm *arm_vcpu_vm_create(void);
void arm_vcpu_vm_put(struct vm *vm);
long arm_vcpu_vm_command(struct vm *vm, unsigned int number, void *arg);

/* A vCPU, as CREATE_VCPU makes one, without a file.  The run page is the kernel's alone. */
struct vcpu *arm_vcpu_create(struct vm *vm, u64 mpidr);
void arm_vcpu_destroy(struct vcpu *vcpu);
long arm_vcpu_command(struct vcpu *vcpu, unsigned int number, void *arg);
struct arm_vcpu_run *arm_vcpu_run_page(struct vcpu *vcpu);

/* LIST_REGS, one at a time: the id behind @id, or the first for 0; 0 is the end */
u64 arm_vcpu_next_reg(struct vcpu *vcpu, u64 id);

/* Levels of interrupt lines, from any thread: one that runs or sleeps notices */
void arm_vcpu_set_line(struct vcpu *vcpu, u32 line, bool up);

/* SEND_MSI, but 1 if the guest has mapped it */
long arm_vcpu_send_msi(struct vm *vm, const struct arm_vcpu_msi *msi);

/*
 * IRQFD for an interrupt that is known by a number, its route, alone: it leads to an SPI, to an
 * MSI, or, with @intid 0, nowhere, and that can change: then arm_vcpu_reroute() asks @find anew
 * for each.  The line of an SPI that is level-sensitive is up after a signal, until SET_IRQ.
 */
long arm_vcpu_irqfd(struct vm *vm, struct arm_vcpu_irqfd *arg, u32 route);
long arm_vcpu_reroute(struct vm *vm,
		      void (*find)(const void *routes, u32 route, struct arm_vcpu_irqfd *to),
		      const void *routes);

/* ARM_VCPU_CONFIG_NO_PAUTH, as long as no vCPU has had a SET_ENTRY */
long arm_vcpu_hide_pauth(struct vm *vm);

/* SMCCC_ARCH_FEATURES of a workaround's function, as a vCPU that has had a SET_ENTRY is told */
s32 arm_vcpu_smccc_feature(const struct vcpu *vcpu, u32 function);

/* What guests can have: errors with a syndrome (FEAT_RAS), pointer authentication */
bool arm_vcpu_has_ras(void);
bool arm_vcpu_has_pauth(void);

#endif /* ARM_VCPU_CORE_H */
