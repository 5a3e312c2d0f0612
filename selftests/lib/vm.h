/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual machines for tests: the ABI itself, with as little as possible between it and
 * a test.  Functions that return int return what the ioctl did, or -errno; all others
 * end the test with a message when something is wrong.
 */
#ifndef SELFTEST_VM_H
#define SELFTEST_VM_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <linux/arm_vcpu.h>
#include "guest.h"

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#endif
#define DEVICE		"/dev/arm_vcpu"
#define MAX_VCPUS	16

struct vcpu {
	int fd;
	struct arm_vcpu_run *run;
	struct vm *vm;
	unsigned int index;
	pthread_t thread;
	int cpu;		/* where its thread runs, -1 for anywhere */
	int result;		/* vcpu_join() */
};

struct vm {
	int fd;
	void *ram;		/* at GUEST_RAM */
	unsigned int nr_vcpus;
	struct vcpu vcpus[MAX_VCPUS];
};

void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

void *guest_ram(void);			/* GUEST_RAM, with all guest code in it */
void guest_fill(void *ram, size_t room);	/* that code, into what is GUEST_RAM */

/* An empty VM; one with GUEST_RAM and all guest code in it; to make the one of the other */
int vm_open(void);
void vm_create(struct vm *vm);
void vm_fill(struct vm *vm);
/* Another VM in its place, with that memory and without vCPUs, configured: see vm_configure() */
void vm_replace(struct vm *vm, u32 ipa_bits, u64 flags);
void vm_destroy(struct vm *vm);
void vm_tables(struct vm *vm);		/* for guest_mmu_on() */
void *vm_host(struct vm *vm, u64 gpa);	/* host's address of guest memory */
u64 vm_gpa(const void *guest_symbol);
void vm_handler(struct vm *vm, unsigned int vector, const void *handler);
u64 vm_stack(unsigned int index);

int vm_info(int fd, struct arm_vcpu_info *info);
u64 vm_flags(void);			/* that CONFIGURE has on this host */
int vm_configure(int fd, u32 ipa_bits, u64 flags);
int vm_memory(int fd, u64 flags, u64 gpa, u64 length, const void *user);
int vm_vcpu(int fd, u64 mpidr);
int vm_kick(int fd);			/* of a VM or a vCPU */
int vm_ioctl(int fd, unsigned int command, const void *arg);

struct vcpu *vcpu_create(struct vm *vm);	/* mpidr: its index */
void vcpu_destroy(struct vcpu *vcpu);
int vcpu_set_entry(struct vcpu *vcpu, u64 pc, u64 x0, u64 x1, u64 x2, u64 x3);
void vcpu_call(struct vcpu *vcpu, const void *fn, u64 a0, u64 a1);	/* C, with a stack */
void vcpu_enter(struct vcpu *vcpu, const void *fn, u64 x0, u64 x1);	/* assembly, bare */

int vcpu_run(struct vcpu *vcpu);	/* one RUN */
#define NR_STATS	(ARM_VCPU_STAT_IOEVENTFD + 1)
int vcpu_stats(struct vcpu *vcpu, u64 *values, u32 room);	/* how many there are */
u64 vcpu_stat(struct vcpu *vcpu, u32 stat);	/* one of them */
/* RUN until an exit that isn't NONE, and ends the test if the guest complains */
u32 vcpu_next(struct vcpu *vcpu);

#define vcpu_expect(vcpu, reason) \
	vcpu_expect_at(vcpu, ARM_VCPU_EXIT_##reason, __FILE__, __LINE__)
#define vcpu_expect_call(vcpu, immediate) \
	vcpu_expect_call_at(vcpu, immediate, __FILE__, __LINE__)
void vcpu_expect_at(struct vcpu *vcpu, u32 reason, const char *file, int line);
void vcpu_expect_call_at(struct vcpu *vcpu, u16 immediate, const char *file, int line);
const char *exit_name(u32 reason);

/* vcpu_next() in a thread of its own; vcpu_join() returns the reason or -errno */
void vcpu_start(struct vcpu *vcpu);
int vcpu_join(struct vcpu *vcpu);
/* The same, but while its memory is away or can't be written to (MEMORY_FAULT) it tries again */
void vcpu_start_persistent(struct vcpu *vcpu);
/* The same, but one RUN: what it returned, -EINTR as well */
void vcpu_start_once(struct vcpu *vcpu);
/* The thread's consumed CPU time, in ns */
u64 vcpu_cpu_time(struct vcpu *vcpu);

/* The host */
#define MS	1000000UL
#define SECOND	(1000 * MS)
u64 now_ns(void);
void sleep_ms(unsigned int ms);
void catch_signal(int sig, int flags);	/* and do nothing; SA_RESTART, or 0 */
int write_file(const char *path, const char *text);	/* at once; 0 or -errno */
int cpu_count(void);			/* online ones that this process may use */
int cpu_nth(int n);
void pin_to(int cpu);			/* the calling thread */
void unpin(void);
void *map_pages(size_t length);		/* private, anonymous, readable and writable */
int module_users(void);			/* of arm_vcpu; -1: it isn't loaded */
size_t page_size(void);
/* FEAT_S2FWB, which isn't shown to programs: the kernel says what it found as it starts */
bool write_back_is_forced(void);
unsigned int slowness(void);		/* how many times longer than elsewhere things take */
/* As often as a storm is to try what may go wrong; more in SET=full */
unsigned int thorough(unsigned int times);

/* Waits for cond, but not for ever */
#define wait_for(cond) ({					\
	u64 end_ = now_ns() + 8 * SECOND * slowness();		\
	while (!(cond) && now_ns() < end_)			\
		sleep_ms(1);					\
	!!(cond);						\
})

#endif
