/* SPDX-License-Identifier: MIT */
/*
 * What an operation costs, on arm_vcpu and on KVM: the same guest code and the same loops
 * over two back ends.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "armvcpu.h"

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

/* Guest-physical.  RAM is where neither host memory nor host code is: a profile tells whose
 * instruction it was by its address.
 */
#define GUEST_RAM	0x100000000ULL
#define GUEST_RAM_SIZE	(8UL << 20)
#define GUEST_NOTHING	0x180000000ULL

#define SAMPLES_MAX	128

/* Why a guest came back, as far as the loops care */
enum bench_exit {
	BENCH_STORE,
	BENCH_LOAD,
	BENCH_CALL,
	BENCH_NOTHING, /* run it again: an interrupt of its own, a kick, not entered at all */
	BENCH_OTHER,
};

struct kvm_run;
struct backend;

/**
 * struct guest - a VM with one vCPU
 * @backend: whose it is
 * @ram: its memory, the code in the first page
 * @ram_size: in bytes
 * @av: the back end arm_vcpu's
 * @kvm: the back ends KVM's
 */
struct guest {
	const struct backend *backend;
	char *ram;
	size_t ram_size;
	union {
		struct {
			struct armvcpu_vm vm;
			struct armvcpu_cpu cpu;
		} av;
		struct {
			int dev, vm, cpu;
			struct kvm_run *run;
			size_t run_size;
			bool no_enter;
		} kvm;
	};
};

/**
 * struct backend - a hypervisor, by its own ABI
 * @name: on the command line
 * @timer_wakes: the virtual timer ends a WFI of a guest that has no interrupt controller
 * @create: make the VM with its memory and a vCPU
 * @destroy: and let go of it
 * @enter: where the vCPU begins, and its x19 to x22
 * @run: run it until the VMM is needed
 * @stored: what the guest stored, after BENCH_STORE
 * @set_no_enter: make @run come back without having entered the guest, or not any more
 * @route_calls: have HVCs for the VMM reach it; false if the hypervisor can't
 * @kick: bring it back from @run, from another thread
 */
struct backend {
	const char *name;
	bool timer_wakes;
	void (*create)(struct guest *guest);
	void (*destroy)(struct guest *guest);
	void (*enter)(struct guest *guest, uint64_t pc, const uint64_t x[4]);
	enum bench_exit (*run)(struct guest *guest);
	uint64_t (*stored)(const struct guest *guest);
	void (*set_no_enter)(struct guest *guest, bool on);
	bool (*route_calls)(struct guest *guest);
	void (*kick)(struct guest *guest);
};

extern const struct backend backend_arm_vcpu, backend_kvm, backend_kvm_vgic;

/**
 * struct samples - what was measured
 * @ticks: of the counter, one a sample
 * @count: of samples
 * @operations: in each sample
 */
struct samples {
	uint64_t ticks[SAMPLES_MAX];
	unsigned int count;
	unsigned int operations;
};

/**
 * struct result - nanoseconds an operation
 * @figure: what it costs
 * @least: in any sample
 * @most: in any sample
 */
struct result {
	uint64_t figure, least, most;
};

/**
 * struct operation - something to measure
 * @name: on the command line and in the results
 * @entry: guest code
 * @expected: the exit that ends each turn, for loops over @run
 * @operations: in a sample
 * @samples: how many
 * @cpus: that the host needs
 * @measure: fills in the samples; false if this back end can't
 */
struct operation {
	const char *name;
	const char *entry;
	enum bench_exit expected;
	unsigned int operations;
	unsigned int samples;
	int cpus;
	bool (*measure)(const struct operation *op, const struct backend *backend,
			struct samples *samples);
};

extern const struct operation operations[];
extern const size_t operations_count;

/* guest.c */
size_t page_size(void);
void guest_create(struct guest *guest, const struct backend *backend);
void guest_start(struct guest *guest, const struct operation *op);
void guest_destroy(struct guest *guest);
void guest_turn(struct guest *guest, enum bench_exit expected);

/* entropy.c */
void entropy_claim(void);

/* clock.c */
uint64_t clock_ticks(void);
void clock_judge(struct samples *samples, struct result *result);

/* kick.c */
bool measure_kick(const struct operation *op, const struct backend *backend,
		  struct samples *samples);

#endif /* BENCH_H */
