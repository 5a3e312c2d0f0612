/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loading, unloading and CPUs that come and go, for the tests host_*.
 */
#ifndef SELFTEST_MODULE_H
#define SELFTEST_MODULE_H

#include <stdbool.h>
#include "guest.h"

/* Environment variable and default of a module's file */
#define ARM_VCPU_KO	"ARM_VCPU_KO", "/arm_vcpu.ko"
#define ARM_VCPU_KVM_KO	"ARM_VCPU_KVM_KO", "/arm_vcpu_kvm.ko"
#define EL2REGS_KO	"ARM_VCPU_EL2REGS_KO", "/el2regs.ko"

const char *module_file(const char *variable, const char *path);	/* its path */
int module_load(const char *variable, const char *path);	/* 0 or -errno */
int module_load_with(const char *variable, const char *path, const char *parameters);
/* Has @change look at all instructions.  Returns how many it has made others of, or -errno. */
int module_load_changed(const char *variable, const char *path, u32 (*change)(u32 instruction));
int module_unload(const char *name);				/* 0 or -errno */
int module_unload_idle(void);	/* arm_vcpu, once nobody uses it any more */
bool module_file_exists(const char *variable, const char *path);

/* What el2regs.ko says of all registers of EL2; not while arm_vcpu has them */
#define EL2_REGISTERS_MAX	65536
void el2_registers(char text[EL2_REGISTERS_MAX]);

/* In a VM of its own a vCPU runs on each CPU in turn */
void guests_run_everywhere(void);

/* The last CPU that can go offline, or -1 */
int hotplug_cpu(void);
int cpu_set_online(int cpu, bool online);			/* 0 or -errno */

#endif
