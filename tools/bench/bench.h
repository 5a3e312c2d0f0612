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
#include "layout.h"

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#define CPUS_MAX	8
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
 * struct guest - a VM
 * @backend: whose it is
 * @cpus: vCPUs that it has
 * @ram: its memory, the code in the first page
 * @ram_size: in bytes
 * @touched: offset of what guest_read_page and guest_write_page begin with
 * @stride: from there to the next
 * @av: the back end arm_vcpu's
 * @kvm: the back ends KVM's
 */
struct guest {
	const struct backend *backend;
	unsigned int cpus;
	char *ram;
	size_t ram_size;
	size_t touched;
	size_t stride;
	union {
		struct {
			struct armvcpu_vm vm;
			struct armvcpu_cpu cpu[CPUS_MAX];
		} av;
		struct {
			int dev, vm, cpu[CPUS_MAX];
			struct kvm_run *run[CPUS_MAX];
			size_t run_size;
			bool no_enter;
		} kvm;
	};
};

/**
 * struct backend - a hypervisor, by its own ABI
 * @name: on the command line
 * @has_gic: the VM has a GICv3, with an ITS
 * @create: make the VM with its memory and vCPUs
 * @destroy: and let go of it
 * @enter: where a vCPU begins, and its x19 to x22
 * @run: run a vCPU until the VMM is needed
 * @stored: what the first vCPU stored, after BENCH_STORE
 * @set_no_enter: make @run come back without having entered the guest, or not any more
 * @route_calls: have HVCs for the VMM reach it; false if the hypervisor can't
 * @kick: bring the first vCPU back from @run, from another thread
 * @ioeventfd: have stores to GUEST_DOORBELL signal an eventfd
 * @irqfd: have an eventfd signal INTID_SPI
 * @set_spi: set the level of its line
 * @send_msi: event 0 of device 0
 */
struct backend {
	const char *name;
	bool has_gic;
	void (*create)(struct guest *guest);
	void (*destroy)(struct guest *guest);
	void (*enter)(struct guest *guest, unsigned int cpu, uint64_t pc, const uint64_t x[4]);
	enum bench_exit (*run)(struct guest *guest, unsigned int cpu);
	uint64_t (*stored)(const struct guest *guest);
	void (*set_no_enter)(struct guest *guest, bool on);
	bool (*route_calls)(struct guest *guest);
	void (*kick)(struct guest *guest);
	void (*ioeventfd)(struct guest *guest, int fd);
	void (*irqfd)(struct guest *guest, int fd);
	void (*set_spi)(struct guest *guest, bool level);
	void (*send_msi)(struct guest *guest);
};

extern const struct backend backend_arm_vcpu, backend_arm_vcpu_gic, backend_kvm, backend_kvm_vgic,
	backend_front, backend_front_vgic;

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

/* Of the VM: whatever it is, no GIC, a GIC */
enum bench_needs {
	NEEDS_NOTHING,
	NEEDS_NO_GIC,
	NEEDS_GIC,
};

/**
 * struct operation - something to measure
 * @name: on the command line and in the results
 * @entry: guest code
 * @expected: the exit that ends each turn, for loops over @run
 * @operations: in a sample
 * @samples: how many
 * @cpus: that the host needs
 * @vcpus: that do it at the same time, for crowd.c; @operations are all of theirs
 * @huge_pages: that the memory is of which the guest touches; 0 is none
 * @measure: fills in the samples; false if this back end can't
 * @needs: a VM with a GIC, or without
 * @signal: what another thread does to the first vCPU
 * @answer: code of the second vCPU
 */
struct operation {
	const char *name;
	const char *entry;
	enum bench_exit expected;
	unsigned int operations;
	unsigned int samples;
	int cpus;
	unsigned int vcpus;
	unsigned int huge_pages;
	bool (*measure)(const struct operation *op, const struct backend *backend,
			struct samples *samples);
	enum bench_needs needs;
	void (*signal)(struct guest *guest, int eventfd);
	const char *answer;
};

extern const struct operation operations[];
extern const size_t operations_count;

/* guest.c */
size_t page_size(void);
void guest_create(struct guest *guest, const struct backend *backend, unsigned int cpus);
void guest_create_huge(struct guest *guest, const struct backend *backend, unsigned int pages);
void guest_start(struct guest *guest, const struct operation *op);
void guest_start_at(struct guest *guest, unsigned int cpu, const char *entry, uint64_t count);
void guest_destroy(struct guest *guest);
void guest_turn(struct guest *guest, enum bench_exit expected);
void guest_run_to_store(struct guest *guest, unsigned int cpu);
uint64_t guest_store_of(struct guest *guest);

/* gic.c */
void gic_prepare(struct guest *guest);

/* entropy.c */
void entropy_claim(void);

/* clock.c */
uint64_t clock_ticks(void);
void clock_judge(struct samples *samples, struct result *result);

/* threads.c */
void pin(int cpu);
void pause_for_others(void);

/* signals.c */
void signal_kick(struct guest *guest, int eventfd);
void signal_spi(struct guest *guest, int eventfd);
void signal_irqfd(struct guest *guest, int eventfd);
void signal_msi(struct guest *guest, int eventfd);
bool measure_signal(const struct operation *op, const struct backend *backend,
		    struct samples *samples);

/* crowd.c */
bool measure_crowd_of_exits(const struct operation *op, const struct backend *backend,
			    struct samples *samples);
bool measure_crowd_in_guest(const struct operation *op, const struct backend *backend,
			    struct samples *samples);

/* ipi.c */
bool measure_ipi(const struct operation *op, const struct backend *backend,
		 struct samples *samples);

#endif /* BENCH_H */
