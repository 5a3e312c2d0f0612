// SPDX-License-Identifier: MIT
/* The module: may it be loaded, is it, who may use it, and what it has said */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "file.h"

#define SECURE_BOOT	"/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define SECURE_BOOT_ON	4 /* behind the variable's attributes */

bool module_loaded(const struct facts *facts)
{
	return file_exists(facts->root, "/sys/module/arm_vcpu/initstate");
}

bool module_installed(const struct facts *facts)
{
	static const char * const folders[] = { "updates/dkms", "updates", "extra" };
	static const char * const suffixes[] = { "", ".xz", ".gz", ".zst" };

	for (unsigned int i = 0; i < ARRAY_SIZE(folders); i++)
		for (unsigned int j = 0; j < ARRAY_SIZE(suffixes); j++)
			if (file_exists(facts->root, "/lib/modules/%s/%s/arm_vcpu.ko%s",
					facts->release, folders[i], suffixes[j]))
				return true;
	return false;
}

static bool is_secure_boot(const struct facts *facts)
{
	size_t size = 0;
	char *data = file_read(&size, facts->root, SECURE_BOOT);
	bool on = size > SECURE_BOOT_ON && data[SECURE_BOOT_ON] == 1;

	free(data);
	return on;
}

/* A kernel that is locked down takes modules that are signed alone */
void check_signature(const struct facts *facts, struct finding *f)
{
	char lockdown[64], enforced[8];

	if (module_loaded(facts))
		return;
	file_line(lockdown, sizeof(lockdown), facts->root, "/sys/kernel/security/lockdown");
	file_line(enforced, sizeof(enforced), facts->root,
		  "/sys/module/module/parameters/sig_enforce");
	if (strstr(lockdown, "[integrity]") || strstr(lockdown, "[confidentiality]") ||
	    *enforced == 'Y') {
		found(f, VERDICT_NOTE, "modules have to be signed%s",
		      is_secure_boot(facts) ? ": Secure Boot is on" : "");
		remedy(f, "have dkms sign: mokutil --import /var/lib/dkms/mok.pub, and reboot");
	} else {
		found(f, VERDICT_OK, "modules needn't be signed");
	}
}

void check_module(const struct facts *facts, struct finding *f)
{
	char version[64];

	if (module_loaded(facts)) {
		file_line(version, sizeof(version), facts->root, "/sys/module/arm_vcpu/version");
		if (!strcmp(version, AVM_VERSION)) {
			found(f, VERDICT_OK, "loaded, version %s", version);
			return;
		}
		found(f, VERDICT_NOTE, "loaded, of version %s, while avm is %s", version,
		      AVM_VERSION);
		remedy(f, "modprobe -r arm_vcpu && modprobe arm_vcpu, or build both anew");
	} else if (module_installed(facts)) {
		found(f, VERDICT_NO, "installed, but not loaded");
		remedy(f, "modprobe arm_vcpu");
	} else {
		found(f, VERDICT_NO, "there is none for this kernel");
		remedy(f, "install the package arm-vcpu-dkms, or call make install");
	}
}

/* "kvm:x:104:anne,bert": what a static program has no other way to know for sure */
static bool group_name(const struct facts *facts, gid_t gid, char *name, size_t length)
{
	char *groups = file_read(NULL, facts->root, "/etc/group");
	char *rest = groups, *line;
	bool found = false;
	unsigned int id;

	while (!found && rest && (line = strtok_r(rest, "\n", &rest))) {
		snprintf(name, length, "%.*s", (int)strcspn(line, ":"), line);
		found = sscanf(line, "%*[^:]:%*[^:]:%u", &id) == 1 && id == gid;
	}
	free(groups);
	return found;
}

/* Who may open it: the node's group, if that is somebody's */
static void remedy_rights(const struct facts *facts, const struct stat *status,
			  struct finding *f)
{
	char name[64];

	if (status->st_gid && (status->st_mode & 0060) == 0060 &&
	    group_name(facts, status->st_gid, name, sizeof(name)))
		remedy(f, "be in its group: adduser $USER %s, and log in again",
		       name);
	else
		remedy(f, "be root, or give it to the group kvm by udev's 60-arm-vcpu.rules");
}

void check_device(const struct facts *facts, struct finding *f)
{
	char path[PATH_MAX];
	struct stat status;

	if (!module_loaded(facts))
		return;
	file_path(path, facts->root, "/dev/arm_vcpu");
	if (stat(path, &status)) {
		found(f, VERDICT_NO, "there is no /dev/arm_vcpu");
		remedy(f, "mount devtmpfs on /dev, or give it to the container");
	} else if (access(path, R_OK | W_OK)) {
		found(f, VERDICT_NO, "/dev/arm_vcpu isn't yours to open");
		remedy_rights(facts, &status, f);
	} else {
		found(f, VERDICT_OK, "/dev/arm_vcpu is yours to open");
	}
}

/* What the module says when it can't be loaded, and what to do */
static const struct {
	const char *said;
	const char *remedy;
} refusals[] = {
	{ "this CPU has no EL2",	"another machine, or its firmware's settings" },
	{ "booted at EL1",		"have the boot loader enter the kernel at EL2" },
	{ "KVM holds it",		"boot with kvm-arm.mode=none" },
	{ "aren't the kernel's stub",	"unload whatever else has taken EL2" },
	{ "masked by priority",		"boot without irqchip.gicv3_pseudo_nmi=1" },
	{ "is a GICv5",			"another machine: with a GICv3 or GICv2" },
	{ "no architected timer",	"newer firmware, or a device tree that has it" },
	{ "HCR_EL2.E2H is fixed",	"boot without parameters that disable VHE" },
	{ "beyond 48 physical",		"boot with less memory (mem=)" },
	{ "no second translation stage", "another kernel, whose pages have another size" },
	{ "disagrees about version of symbol", "build it for the kernel that runs" },
	{ "version magic",		"build it for the kernel that runs" },
	{ "module verification failed",	"" }, /* a warning: it goes on */
	{ "loading out-of-tree module",	"" },
};

/* The last that the module has said, or was said of it, from @at on */
static const char *last_said(const char *log)
{
	const char *last = NULL;

	while (log && (log = strstr(log, ";arm_vcpu: "))) {
		last = log + strlen(";arm_vcpu: ");
		log = last;
	}
	return last;
}

void check_log(const struct facts *facts, struct finding *f)
{
	const char *said = last_said(facts->log);
	char line[256];

	if (module_loaded(facts))
		return;
	if (!facts->log) {
		found(f, VERDICT_UNKNOWN, "only root may read the kernel's");
		return;
	}
	if (!said) {
		found(f, VERDICT_OK, "the module has said nothing");
		return;
	}
	snprintf(line, sizeof(line), "%s", said);
	line[strcspn(line, "\n")] = '\0';
	for (unsigned int i = 0; i < ARRAY_SIZE(refusals); i++)
		if (strstr(line, refusals[i].said)) {
			if (!*refusals[i].remedy)
				return;
			found(f, VERDICT_NO, "%s", line);
			remedy(f, "%s", refusals[i].remedy);
			return;
		}
	found(f, VERDICT_NOTE, "the module's last words: %s", line);
}
