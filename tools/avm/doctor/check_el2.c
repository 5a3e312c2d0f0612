// SPDX-License-Identifier: MIT
/* Who has EL2.  The module finds it out by looking; this only sees what others have said of it. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "file.h"

/* How the kernel was entered */
enum entry { ENTRY_UNKNOWN, ENTRY_EL1, ENTRY_EL2, ENTRY_MIXED };

/* Hypervisors that a guest knows by what DMI says of its maker, and what gives it an EL2 */
static const struct {
	const char *vendor;
	const char *remedy;
} hypervisors[] = {
	{ "Amazon EC2",		"take a .metal instance" },
	{ "QEMU",		"start it with EL2: -M virt,virtualization=on" },
	{ "Google",		"take a bare metal machine" },
	{ "Microsoft Corporation", "take a bare metal machine" },
	{ "Apple Inc.",		"run Linux on the machine itself" },
	{ "VMware",		"have it pass virtualisation on, or take the machine itself" },
	{ "Parallels",		"have it pass virtualisation on, or take the machine itself" },
};

/* The host ticks on the virtual timer just when it has no EL2 */
static enum entry entry_of(const struct facts *facts)
{
	char chip[64];
	unsigned int tick;

	if (facts_logged(facts, "CPUs started in inconsistent modes"))
		return ENTRY_MIXED;
	if (facts_logged(facts, "CPU(s) started at EL1"))
		return ENTRY_EL1;
	if (facts_logged(facts, "CPU(s) started at EL2"))
		return ENTRY_EL2;
	tick = facts_interrupt(facts, "arch_timer", chip, sizeof(chip));
	if (tick == NO_INTERRUPT || strncmp(chip, "GIC", 3))
		return ENTRY_UNKNOWN;
	return tick == (facts->timers[TIMER_VIRTUAL] ?: 27) ? ENTRY_EL1 : ENTRY_EL2;
}

static bool is_vhe(const struct facts *facts)
{
	char chip[64];
	unsigned int tick = facts_interrupt(facts, "arch_timer", chip, sizeof(chip));

	if (facts->log)
		return facts_logged(facts, "Virtualization Host Extensions");
	return tick == (facts->timers[TIMER_HYP] ?: 26) ||
	       tick == (facts->timers[TIMER_HYP_VIRTUAL] ?: 28);
}

/* It keeps the virtual timer's interrupt for ever, VM or not */
static bool kvm_holds(const struct facts *facts)
{
	if (facts->interrupts && strstr(facts->interrupts, "kvm guest vtimer"))
		return true;
	if (facts_logged(facts, "mode initialized successfully"))
		return true;
	/* Our own is a module */
	return !facts->interrupts && file_exists(facts->root, "/dev/kvm") &&
	       !file_exists(facts->root, "/sys/module/arm_vcpu_kvm");
}

/* Where the kernel's parameters are kept differs from boot loader to boot loader */
static void remedy_parameter(const struct facts *facts, struct finding *f, const char *what)
{
	static const struct {
		const char *file;
		const char *how;
	} places[] = {
		{ "/boot/firmware/cmdline.txt",	"at the end of the line" },
		{ "/boot/armbianEnv.txt",	"in extraargs=" },
		{ "/boot/extlinux/extlinux.conf", "at the end of the line 'append'" },
		{ "/etc/default/grub",		"in GRUB_CMDLINE_LINUX, call update-grub" },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(places); i++)
		if (file_exists(facts->root, "%s", places[i].file)) {
			remedy(f, "%s: change %s, %s, and reboot", what,
			       places[i].file, places[i].how);
			return;
		}
	remedy(f, "%s: change the kernel's command line, and reboot", what);
}

/* What began before Linux */
static void explain_el1(const struct facts *facts, struct finding *f)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(hypervisors); i++)
		if (!strncmp(facts->vendor, hypervisors[i].vendor, strlen(hypervisors[i].vendor))) {
			found(f, VERDICT_NO, "this is a virtual machine (%s) that has no EL2",
			      facts->vendor);
			remedy(f, "%s", hypervisors[i].remedy);
			return;
		}
	if (strstr(facts->board, "linux,dummy-virt")) {
		found(f, VERDICT_NO, "this is a virtual machine that has no EL2");
		remedy(f, "give it one, as QEMU's -M virt,virtualization=on does");
	} else if (*facts->hypervisor || strstr(facts->board, "qcom,")) {
		found(f, VERDICT_NO, "EL2 is not free: %s holds it",
		      *facts->hypervisor ? facts->hypervisor :
		      "Qualcomm's firmware (Gunyah)");
		remedy(f, "enter Linux at EL2 in place of it, as slbounce does on laptops");
		if (!strcmp(facts->hypervisor, "Xen"))
			remedy(f, "boot Linux without Xen");
	} else {
		found(f, VERDICT_NO, "the host was booted at EL1");
		remedy(f, "have firmware and boot loader enter the kernel at EL2");
	}
}

void check_el2(const struct facts *facts, struct finding *f)
{
	enum entry entry = entry_of(facts);

	if (module_loaded(facts)) {
		found(f, VERDICT_OK, "arm_vcpu has it");
	} else if (facts->cmdline && strstr(facts->cmdline, "irqchip.gicv3_pseudo_nmi=1")) {
		found(f, VERDICT_NO, "interrupts masked by priority get lost in guests");
		remedy_parameter(facts, f, "boot without irqchip.gicv3_pseudo_nmi=1");
	} else if (entry == ENTRY_EL1) {
		explain_el1(facts, f);
	} else if (entry == ENTRY_MIXED) {
		found(f, VERDICT_NO, "firmware starts some CPUs at EL1");
		remedy(f, "newer firmware: all CPUs have to start at EL2");
	} else if (kvm_holds(facts)) {
		found(f, VERDICT_NO, "EL2 is not free: KVM holds it");
		remedy_parameter(facts, f, "boot with kvm-arm.mode=none");
	} else if (entry == ENTRY_UNKNOWN) {
		found(f, VERDICT_UNKNOWN, "nothing tells how the kernel was entered");
		if (!facts->log)
			remedy(f, "as root, the kernel's log can be read");
	} else {
		found(f, VERDICT_OK, "free; the host is %s",
		      is_vhe(facts) ? "VHE" : "nVHE");
	}
}
