// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is exported to other modules.
 */
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/export.h>

#include "guest/halt.h"
#include "guest/idreg.h"
#include "host/features.h"
#include "hyp/smccc.h"
#include "compat.h"
#include "core.h"
#include "device.h"
#include "irqfd.h"
#include "reg.h"
#include "vcpu.h"
#include "vm.h"

/**
 * arm_vcpu_vm_create() - make a VM
 *
 * Return: it, until arm_vcpu_vm_put(), or -ENODEV, -ENOMEM.
 */
struct vm *arm_vcpu_vm_create(void)
{
	return vm_create();
}
EXPORT_SYMBOL_NS_GPL(arm_vcpu_vm_create, COMPAT_NAMESPACE);

/**
 * arm_vcpu_vm_put() - let go of a VM
 * @vm: dies when its vCPUs have, too
 */
void arm_vcpu_vm_put(struct vm *vm)
{
	vm_put(vm);
}
EXPORT_SYMBOL_NS_GPL(arm_vcpu_vm_put, COMPAT_NAMESPACE);

/**
 * arm_vcpu_vm_command() - a command on a VM
 * @vm: which
 * @number: ARM_VCPU_*, but for CREATE_VCPU, which makes a file
 * @arg: its struct
 *
 * Return: as the command.
 */
long arm_vcpu_vm_command(struct vm *vm, unsigned int number, void *arg)
{
	return device_command(vm, number, arg);
}
EXPORT_SYMBOL_NS_GPL(arm_vcpu_vm_command, COMPAT_NAMESPACE);

/**
 * arm_vcpu_create() - make a vCPU
 * @vm: whose
 * @mpidr: affinity fields of MPIDR_EL1
 *
 * Return: it, until arm_vcpu_destroy(), or an error as CREATE_VCPU's.
 */
struct vcpu *arm_vcpu_create(struct vm *vm, u64 mpidr)
{
	int ret = vm_set_up_begin(vm);
	struct vcpu *vcpu;

	if (ret)
		return ERR_PTR(ret);
	ret = vm_admit(vm, mpidr);
	vcpu = ret ? ERR_PTR(ret) : vcpu_create(vm, mpidr);
	vm_set_up_end(vm);
	return vcpu;
}
EXPORT_SYMBOL_NS_GPL(arm_vcpu_create, COMPAT_NAMESPACE);

/**
 * arm_vcpu_destroy() - a vCPU's end
 * @vcpu: that nobody uses any more
 */
void arm_vcpu_destroy(struct vcpu *vcpu)
{
	vcpu_destroy(vcpu);
}
EXPORT_SYMBOL_NS_GPL(arm_vcpu_destroy, COMPAT_NAMESPACE);

/**
 * arm_vcpu_command() - a command on a vCPU
 * @vcpu: which
 * @number: ARM_VCPU_*, but for LIST_REGS and GET_STATS, which write to user space
 * @arg: its struct
 *
 * Return: as the command.
 */
long arm_vcpu_command(struct vcpu *vcpu, unsigned int number, void *arg)
{
	return vcpu_command(vcpu, number, arg);
}
EXPORT_SYMBOL_NS_GPL(arm_vcpu_command, COMPAT_NAMESPACE);

/**
 * arm_vcpu_run_page() - a vCPU's run page
 * @vcpu: whose
 *
 * Return: it, as long as the vCPU.
 */
struct arm_vcpu_run *arm_vcpu_run_page(struct vcpu *vcpu)
{
	return vcpu->run;
}
EXPORT_SYMBOL_NS_GPL(arm_vcpu_run_page, COMPAT_NAMESPACE);

/**
 * arm_vcpu_next_reg() - walk through the registers that GET_REG knows
 * @vcpu: not running
 * @id: of one of them; 0 to begin
 *
 * Return: the next id; 0: there is none.
 */
u64 arm_vcpu_next_reg(struct vcpu *vcpu, u64 id)
{
	return reg_next(vcpu, id);
}
EXPORT_SYMBOL_NS_GPL(arm_vcpu_next_reg, COMPAT_NAMESPACE);

/**
 * arm_vcpu_set_line() - raise or lower an interrupt line
 * @vcpu: from any thread
 * @line: ARM_VCPU_LINE_*
 * @up: which of them
 */
void arm_vcpu_set_line(struct vcpu *vcpu, u32 line, bool up)
{
	u32 *lines = &vcpu->run->lines;
	u32 old = READ_ONCE(*lines);

	do {
		if (!(old & line) == !up)
			return;
	} while (!try_cmpxchg(lines, &old, old ^ line));
	halt_end(vcpu);
}
EXPORT_SYMBOL_NS_GPL(arm_vcpu_set_line, COMPAT_NAMESPACE);

/**
 * arm_vcpu_send_msi() - a device's MSI
 * @vm: with a GIC
 * @msi: as SEND_MSI has it
 *
 * Return: 1; 0: the guest hasn't mapped it; or as SEND_MSI.
 */
long arm_vcpu_send_msi(struct vm *vm, const struct arm_vcpu_msi *msi)
{
	return device_send_msi(vm, msi);
}
EXPORT_SYMBOL_NS_GPL(arm_vcpu_send_msi, COMPAT_NAMESPACE);

/**
 * arm_vcpu_irqfd() - have an eventfd signal what a route leads to
 * @vm: with a GIC
 * @arg: as IRQFD has it, with an SPI, an MSI, or @intid 0.  A target that there isn't is none.
 * @route: its number
 *
 * Return: as IRQFD.
 */
long arm_vcpu_irqfd(struct vm *vm, struct arm_vcpu_irqfd *arg, u32 route)
{
	long ret = vm_set_up_begin(vm);

	if (ret)
		return ret;
	ret = irqfd_set_routed(vm, arg, route);
	vm_set_up_end(vm);
	return ret;
}
EXPORT_SYMBOL_NS_GPL(arm_vcpu_irqfd, COMPAT_NAMESPACE);

/**
 * arm_vcpu_reroute() - routes lead elsewhere
 * @vm: whose
 * @find: says where one leads to, in a struct of zeros
 * @routes: for @find
 *
 * Return: 0, or an error, and all is as it was.
 */
long arm_vcpu_reroute(struct vm *vm, irqfd_find *find, const void *routes)
{
	long ret = vm_set_up_begin(vm);

	if (ret)
		return ret;
	irqfd_reroute(vm, find, routes);
	vm_set_up_end(vm);
	return 0;
}
EXPORT_SYMBOL_NS_GPL(arm_vcpu_reroute, COMPAT_NAMESPACE);

/**
 * arm_vcpu_hide_pauth() - ARM_VCPU_CONFIG_NO_PAUTH for a VM that has vCPUs
 * @vm: which; none of them has had a SET_ENTRY, nor gets one meanwhile
 *
 * Return: 0, or an error, and all is as it was.
 */
long arm_vcpu_hide_pauth(struct vm *vm)
{
	long ret = vm_set_up_begin(vm);

	if (ret)
		return ret;
	vm->config_flags |= ARM_VCPU_CONFIG_NO_PAUTH;
	vm_set_up_end(vm);
	return 0;
}
EXPORT_SYMBOL_NS_GPL(arm_vcpu_hide_pauth, COMPAT_NAMESPACE);

/**
 * arm_vcpu_smccc_feature() - what a guest's SMCCC_ARCH_FEATURES is answered
 * @vcpu: whose; it has had a SET_ENTRY
 * @function: its argument
 *
 * Return: as the call.
 */
s32 arm_vcpu_smccc_feature(const struct vcpu *vcpu, u32 function)
{
	return hyp_smccc_feature(vcpu->hyp->smccc, function);
}
EXPORT_SYMBOL_NS_GPL(arm_vcpu_smccc_feature, COMPAT_NAMESPACE);

bool arm_vcpu_has_ras(void)
{
	return features_ras();
}
EXPORT_SYMBOL_NS_GPL(arm_vcpu_has_ras, COMPAT_NAMESPACE);

bool arm_vcpu_has_pauth(void)
{
	return idreg_has_pauth();
}
EXPORT_SYMBOL_NS_GPL(arm_vcpu_has_pauth, COMPAT_NAMESPACE);
