// SPDX-License-Identifier: MIT
/*
 * bench BACKEND [OPERATION...]: what operations cost, each on a line:
 *
 *	<backend> <operation> <figure> <minimum> <maximum> <operations in a sample>
 *
 * in nanoseconds, or "-" where the hypervisor can't do it.  Without an OPERATION, all those
 * that want as many CPUs as there are.
 *
 * bench claim-entropy: on a host that was made for this, before anything else.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"
#include "marker.h"

static const struct backend * const backends[] = {
	&backend_arm_vcpu, &backend_arm_vcpu_gic, &backend_kvm, &backend_kvm_vgic,
	&backend_front, &backend_front_vgic,
};

static const struct backend *backend_named(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(backends); i++)
		if (!strcmp(backends[i]->name, name))
			return backends[i];
	errx(2, "there is no back end '%s'", name);
}

static bool wanted(const struct operation *op, char **names)
{
	if (!*names)
		return op->cpus == sysconf(_SC_NPROCESSORS_ONLN);
	for (; *names; names++)
		if (!strcmp(*names, op->name))
			return true;
	return false;
}

static bool can(const struct backend *backend, const struct operation *op)
{
	return op->needs == NEEDS_NOTHING || backend->has_gic == (op->needs == NEEDS_GIC);
}

int main(int argc, char **argv)
{
	static struct samples samples;
	struct result result;
	const struct backend *backend;

	if (argc < 2)
		errx(2, "usage: bench claim-entropy | BACKEND [OPERATION...]");
	if (!strcmp(argv[1], "claim-entropy")) {
		entropy_claim();
		return 0;
	}
	backend = backend_named(argv[1]);
	/* No fault of our own is to be measured */
	if (mlockall(MCL_CURRENT))
		warn("mlockall");

	for (size_t i = 0; i < operations_count; i++) {
		const struct operation *op = &operations[i];

		if (!wanted(op, argv + 2))
			continue;
		mark(MARK_OPERATION);
		samples.count = op->samples;
		samples.operations = op->operations;
		printf("%s %s", backend->name, op->name);
		if (!can(backend, op) || !op->measure(op, backend, &samples)) {
			puts(" - - - -");
			continue;
		}
		clock_judge(&samples, &result);
		printf(" %lu %lu %lu %u\n", result.figure, result.least, result.most,
		       samples.operations);
	}
	return 0;
}
