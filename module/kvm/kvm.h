/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * KVM/arm64's ABI on VMs of arm_vcpu's: the objects, and who does what with them.
 *
 * Here is translated, and nothing else: what has a state of its own, or does something, is in the
 * core, behind abi/core.h.
 */
#ifndef ARM_VCPU_KVM_KVM_H
#define ARM_VCPU_KVM_KVM_H

#include <linux/kref.h>
#include <linux/kvm.h>
#include <linux/mutex.h>
#include <linux/signal_types.h>
#include <linux/xarray.h>
#include <uapi/linux/psci.h>

#include "abi/core.h"

#define CORE_REG(name) \
	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | KVM_REG_ARM_CORE_REG(name))
/* From one to the next in struct kvm_regs, of 8 bytes */
#define CORE_STEP	2

/* GSIs: those of KVM's tables */
#define KVM_FRONT_GSIS	4096

/**
 * struct kvm_gic_places - what a GIC consists of, and where that is
 * @distributor: guest-physical address, or ARM_VCPU_GIC_NOWHERE
 * @regions: of redistributors
 * @nr_regions: how many
 * @single: there is one, for however many there are
 * @has_its: the ITS is initialised
 * @its: address of the ITS, or ARM_VCPU_GIC_NOWHERE
 */
struct kvm_gic_places {
	u64 distributor;
	struct arm_vcpu_gic_region regions[ARM_VCPU_GIC_REDISTRIBUTORS];
	unsigned int nr_regions;
	bool single;
	bool has_its;
	u64 its;
};

/**
 * struct kvm_gic - a VM's interrupt controller
 * @lock: for all of this, and for vCPUs that come and go.  Inside a vCPU's.
 * @created: there is one, which the core has
 * @irqs: how many interrupts it has, from 0 on
 * @irqs_set: the program has said so
 * @initialised: it can be used, and there are no more vCPUs
 * @its_created: there is an ITS
 * @places: see there
 * @settled: all of it is initialised, and somewhere: that stays so
 */
struct kvm_gic {
	struct mutex lock;
	bool created;
	unsigned int irqs;
	bool irqs_set;
	bool initialised;
	bool its_created;
	struct kvm_gic_places places;
	bool settled;
};

/**
 * struct kvm_vm - a VM
 * @ref: one for its file, one for each vCPU's
 * @core: what it is
 * @ipa_bits: guest-physical address size
 * @lock: for @slots, @features and @no_trng
 * @slots: struct kvm_slot by number: memory.c
 * @cpus: struct kvm_cpu by id.  Who finds one there uses it with the array's lock held.
 * @configured: KVM_ARM_VCPU_INIT was called
 * @features: with these of KVM_ARM_VCPU_*, as for all vCPUs
 * @no_trng: a program has taken TRNG from its guests
 * @nisv: KVM_CAP_ARM_NISV_TO_USER is enabled
 * @clears_log: KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 is
 * @gic: its interrupt controller
 * @routing: for @routes, and who looks there
 * @routes: of GSIs, or NULL: routing.c
 */
struct kvm_vm {
	struct kref ref;
	struct vm *core;
	unsigned int ipa_bits;
	struct mutex lock;
	struct xarray slots;
	struct xarray cpus;
	bool configured;
	u32 features;
	bool no_trng;
	bool nisv;
	bool clears_log;
	struct kvm_gic gic;
	struct mutex routing;
	struct kvm_routes *routes;
};

/**
 * struct kvm_cpu - a vCPU
 * @vm: whose; it holds a reference
 * @core: what it is
 * @page: the core's run page.  No program has mapped it: what is there is so.
 * @run: what the program maps: it may hold anything at any time
 * @id: of KVM_CREATE_VCPU
 * @lock: for all that follows and all commands: they wait for each other
 * @initialised: KVM_ARM_VCPU_INIT was called, so that the VM's features stay
 * @reads_mmio: the last exit was of a load, whose value is in @run
 * @masks_signals: KVM_RUN does, with @sigmask
 * @sigmask: see above
 */
struct kvm_cpu {
	struct kvm_vm *vm;
	struct vcpu *core;
	struct arm_vcpu_run *page;
	struct kvm_run *run;
	unsigned int id;
	struct mutex lock;
	bool initialised;
	bool reads_mmio;
	bool masks_signals;
	sigset_t sigmask;
};

/**
 * struct kvm_command - a row of a table of commands
 * @number: KVM_*, which says the size of its struct, and which ways that goes
 * @handler: does it; @arg is a copy of the struct, or NULL; @user is the ioctl's argument
 * @fetches: the struct is of no fixed size: @handler fetches it
 */
struct kvm_command {
	unsigned int number;
	long (*handler)(void *object, void *arg, unsigned long user);
	bool fetches;
};

/* command.c */
long kvm_dispatch(const struct kvm_command *table, size_t count, void *object,
		  unsigned int number, unsigned long user);

/* extension.c */
extern struct arm_vcpu_info kvm_host;
int kvm_ask_host(void);
long kvm_check_extension(unsigned long number);

/* Whether there is a GIC for guests on this host */
static inline bool kvm_has_gic(void)
{
	return kvm_host.config_flags & ARM_VCPU_CONFIG_GIC;
}

/* vm.c */
long kvm_vm_open(unsigned long type);
void kvm_vm_put(struct kvm_vm *vm);

/* memory.c */
long kvm_set_memory(void *object, void *arg, unsigned long user);
long kvm_get_dirty_log(void *object, void *arg, unsigned long user);
long kvm_clear_dirty_log(void *object, void *arg, unsigned long user);
void kvm_forget_memory(struct kvm_vm *vm);

/* device.c */
enum kvm_attr_op { KVM_ATTR_NONE, KVM_ATTR_HAS, KVM_ATTR_GET, KVM_ATTR_SET };
typedef long kvm_attr(struct kvm_vm *vm, const struct kvm_device_attr *attr, enum kvm_attr_op op);
long kvm_create_device(void *object, void *arg, unsigned long user);
long kvm_attr_fetch(const struct kvm_device_attr *attr, enum kvm_attr_op op, size_t size,
		    u64 *value);
long kvm_attr_answer(const struct kvm_device_attr *attr, enum kvm_attr_op op, size_t size,
		     u64 value);

/* vgic.c: but for settle and create_irqchip, with the GIC's lock held, as vgic_reg.c and its.c */
void kvm_gic_init(struct kvm_gic *gic);
long kvm_gic_create(struct kvm_vm *vm);
long kvm_gic_attr(struct kvm_vm *vm, const struct kvm_device_attr *attr, enum kvm_attr_op op);
long kvm_gic_place(struct kvm_vm *vm, const struct kvm_gic_places *new);
long kvm_gic_check_range(const struct kvm_vm *vm, u64 addr, u64 size);
long kvm_gic_settle(struct kvm_vm *vm);
long kvm_create_irqchip(void *object, void *arg, unsigned long user);

/* vgic_reg.c */
long kvm_gic_reg_attr(struct kvm_vm *vm, const struct kvm_device_attr *attr, enum kvm_attr_op op);
long kvm_gic_access(struct kvm_vm *vm, struct arm_vcpu_gic_state *state, enum kvm_attr_op op);

/* its.c */
long kvm_its_create(struct kvm_vm *vm);
long kvm_its_attr(struct kvm_vm *vm, const struct kvm_device_attr *attr, enum kvm_attr_op op);

/* routing.c */
void kvm_route(const void *routes, u32 gsi, struct arm_vcpu_irqfd *to);
long kvm_set_routing(void *object, void *arg, unsigned long user);
void kvm_forget_routing(struct kvm_vm *vm);

/* irqfd.c */
long kvm_irqfd(void *object, void *arg, unsigned long user);
long kvm_signal_msi(void *object, void *arg, unsigned long user);

/* io.c */
long kvm_irq_line(void *object, void *arg, unsigned long user);
long kvm_ioeventfd(void *object, void *arg, unsigned long user);

/* vcpu.c */
long kvm_cpu_open(struct kvm_vm *vm, unsigned long id);

/* A guest's CPU is numbered by what an SGI of a GICv3 reaches: 16 side by side */
static inline u64 kvm_mpidr(unsigned int id)
{
	return (id & 0xf) | (id >> 4 & 0xff) << 8;
}

/* From here on with the vCPU's lock held.  init.c */
long kvm_cpu_init(void *object, void *arg, unsigned long user);

/* vcpu_attr.c */
long kvm_set_cpu_attr(void *object, void *arg, unsigned long user);
long kvm_get_cpu_attr(void *object, void *arg, unsigned long user);
long kvm_has_cpu_attr(void *object, void *arg, unsigned long user);

/* reg.c */
long kvm_get_reg(void *object, void *arg, unsigned long user);
long kvm_set_reg(void *object, void *arg, unsigned long user);
long kvm_list_regs(void *object, void *arg, unsigned long user);

/* reg_fixed.c */
void kvm_fix_regs(void);
u64 kvm_fixed_id(unsigned int n);
long kvm_get_fixed(struct kvm_cpu *cpu, u64 id, u64 *value);
long kvm_set_fixed(struct kvm_cpu *cpu, u64 id, u64 value);

/* event.c */
long kvm_get_events(void *object, void *arg, unsigned long user);
long kvm_set_events(void *object, void *arg, unsigned long user);
long kvm_inject_abort(struct kvm_cpu *cpu, bool fetch, u64 addr);

/* debug.c */
#define KVM_FRONT_DEBUG	(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP | \
			 KVM_GUESTDBG_USE_SW_BP | KVM_GUESTDBG_USE_HW)
long kvm_set_debug(void *object, void *arg, unsigned long user);

/* run.c */
long kvm_settle(struct kvm_cpu *cpu);
long kvm_run(void *object, void *arg, unsigned long user);
long kvm_set_signal_mask(void *object, void *arg, unsigned long user);

/* exit.c */
long kvm_exit(struct kvm_cpu *cpu);

#endif /* ARM_VCPU_KVM_KVM_H */
