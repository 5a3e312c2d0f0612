// SPDX-License-Identifier: GPL-2.0-only
/*
 * Virtual machines and their memory for tests: see vm.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "vm.h"

extern const char __start_guest_text[], __stop_guest_text[];

/* Translation table bits: block and table descriptors of stage 1 (DDI 0487, D8.3) */
#define DESC_BLOCK	0x1UL
#define DESC_TABLE	0x3UL
#define DESC_ATTR(n)	((u64)(n) << 2)
#define DESC_INNER	(3UL << 8)
#define DESC_AF		(1UL << 10)
#define GIB		(1UL << 30)

void die(const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	fputs("# ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	_exit(1);
}

int vm_ioctl(int fd, unsigned int command, const void *arg)
{
	int ret = ioctl(fd, command, arg);

	return ret < 0 ? -errno : ret;
}

int vm_open(void)
{
	int fd = open(DEVICE, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		die("can't open " DEVICE ": %s", strerror(errno));
	/* No test stays behind and keeps the module when its runner was killed */
	alarm(150);
	return fd;
}

int vm_info(int fd, struct arm_vcpu_info *info)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	return vm_ioctl(fd, ARM_VCPU_GET_INFO, info);
}

u64 vm_flags(void)
{
	struct arm_vcpu_info info;
	int fd = vm_open();

	if (vm_info(fd, &info))
		die("GET_INFO failed");
	close(fd);
	return info.config_flags;
}

int vm_configure(int fd, u32 ipa_bits, u64 flags)
{
	struct arm_vcpu_config config = {
		.size = sizeof(config), .ipa_bits = ipa_bits, .flags = flags,
	};

	return vm_ioctl(fd, ARM_VCPU_CONFIGURE, &config);
}

int vm_memory(int fd, u64 flags, u64 gpa, u64 length, const void *user)
{
	struct arm_vcpu_memory memory = {
		.size = sizeof(memory), .flags = flags, .guest_addr = gpa,
		.length = length, .user_addr = (u64)user,
	};

	return vm_ioctl(fd, ARM_VCPU_SET_MEMORY, &memory);
}

int vm_vcpu(int fd, u64 mpidr)
{
	struct arm_vcpu_create create = { .size = sizeof(create), .mpidr = mpidr };

	return vm_ioctl(fd, ARM_VCPU_CREATE_VCPU, &create);
}

int vm_kick(int fd)
{
	return vm_ioctl(fd, ARM_VCPU_KICK, NULL);
}

size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

void *map_pages(size_t length)
{
	void *p = mmap(NULL, length, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die("mmap of %zu bytes: %s", length, strerror(errno));
	return p;
}

void *vm_host(struct vm *vm, u64 gpa)
{
	return (char *)vm->ram + (gpa - GUEST_RAM);
}

u64 vm_gpa(const void *guest_symbol)
{
	const char *p = guest_symbol;

	if (p < __start_guest_text || p >= __stop_guest_text)
		die("%p isn't guest code", guest_symbol);
	return GUEST_CODE + (u64)(p - __start_guest_text);
}

u64 vm_stack(unsigned int index)
{
	return GUEST_STACKS + (index + 1) * GUEST_STACK;
}

void vm_create(struct vm *vm)
{
	memset(vm, 0, sizeof(*vm));
	vm->fd = vm_open();
	vm_fill(vm);
}

void guest_fill(void *ram, size_t room)
{
	size_t size = (size_t)(__stop_guest_text - __start_guest_text);

	if (size > room)
		die("too much guest code");
	memcpy((char *)ram + (GUEST_CODE - GUEST_RAM), __start_guest_text, size);
}

void *guest_ram(void)
{
	char *ram = map_pages(GUEST_RAM_SIZE);

	/* A fault for each page; a kernel that has no large ones has no such advice, either */
	madvise(ram, GUEST_RAM_SIZE, MADV_NOHUGEPAGE);
	guest_fill(ram, GUEST_HANDLERS - GUEST_CODE);
	return ram;
}

void vm_fill(struct vm *vm)
{
	int ret;

	vm->ram = guest_ram();
	ret = vm_memory(vm->fd, 0, GUEST_RAM, GUEST_RAM_SIZE, vm->ram);
	if (ret)
		die("SET_MEMORY: %s", strerror(-ret));
}

static void vm_close(struct vm *vm)
{
	while (vm->nr_vcpus)
		vcpu_destroy(&vm->vcpus[--vm->nr_vcpus]);
	close(vm->fd);
}

void vm_replace(struct vm *vm, u32 ipa_bits, u64 flags)
{
	int ret;

	vm_close(vm);
	vm->fd = vm_open();
	ret = vm_configure(vm->fd, ipa_bits, flags);
	if (ret)
		die("CONFIGURE: %s", strerror(-ret));
	ret = vm_memory(vm->fd, 0, GUEST_RAM, GUEST_RAM_SIZE, vm->ram);
	if (ret)
		die("SET_MEMORY: %s", strerror(-ret));
}

void vm_destroy(struct vm *vm)
{
	vm_close(vm);
	munmap(vm->ram, GUEST_RAM_SIZE);
}

/*
 * By blocks of 1 GiB: devices, RAM, and at GUEST_ALIAS the devices again.  What is above
 * GUEST_NOTABLE would need a table at GUEST_NOWHERE, where no memory is.
 */
void vm_tables(struct vm *vm)
{
	u64 *table = vm_host(vm, GUEST_TABLES);

	memset(table, 0, 4096);
	table[0] = DESC_BLOCK | DESC_ATTR(0) | DESC_AF;
	table[1] = DESC_BLOCK | DESC_ATTR(1) | DESC_AF | DESC_INNER | GIB;
	table[GUEST_ALIAS / GIB] = DESC_BLOCK | DESC_ATTR(0) | DESC_AF;
	table[GUEST_NOTABLE / GIB] = DESC_TABLE | GUEST_NOWHERE;
}

void vm_handler(struct vm *vm, unsigned int vector, const void *handler)
{
	u64 *handlers = vm_host(vm, GUEST_HANDLERS);

	handlers[vector] = handler ? vm_gpa(handler) : 0;
}

struct vcpu *vcpu_create(struct vm *vm)
{
	struct vcpu *vcpu = &vm->vcpus[vm->nr_vcpus];
	struct arm_vcpu_info info;

	if (vm->nr_vcpus == MAX_VCPUS)
		die("too many vCPUs");
	vcpu->vm = vm;
	vcpu->index = vm->nr_vcpus;
	vcpu->cpu = -1;
	vcpu->fd = vm_vcpu(vm->fd, vcpu->index);
	if (vcpu->fd < 0)
		die("CREATE_VCPU: %s", strerror(-vcpu->fd));
	vm_info(vm->fd, &info);
	vcpu->run = mmap(NULL, info.run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
	if (vcpu->run == MAP_FAILED)
		die("mmap of a run page: %s", strerror(errno));
	vm->nr_vcpus++;
	return vcpu;
}

void vcpu_destroy(struct vcpu *vcpu)
{
	struct arm_vcpu_info info;

	vm_info(vcpu->vm->fd, &info);
	munmap(vcpu->run, info.run_size);
	close(vcpu->fd);
}

int vcpu_set_entry(struct vcpu *vcpu, u64 pc, u64 x0, u64 x1, u64 x2, u64 x3)
{
	struct arm_vcpu_entry entry = {
		.size = sizeof(entry), .pc = pc, .x = { x0, x1, x2, x3 },
	};

	return vm_ioctl(vcpu->fd, ARM_VCPU_SET_ENTRY, &entry);
}

void vcpu_call(struct vcpu *vcpu, const void *fn, u64 a0, u64 a1)
{
	int ret = vcpu_set_entry(vcpu, vm_gpa(guest_start), vm_gpa(fn), a0, a1,
				 vm_stack(vcpu->index));

	if (ret)
		die("SET_ENTRY: %s", strerror(-ret));
}

void vcpu_enter(struct vcpu *vcpu, const void *fn, u64 x0, u64 x1)
{
	int ret = vcpu_set_entry(vcpu, vm_gpa(fn), x0, x1, 0, 0);

	if (ret)
		die("SET_ENTRY: %s", strerror(-ret));
}

int vcpu_run(struct vcpu *vcpu)
{
	return vm_ioctl(vcpu->fd, ARM_VCPU_RUN, NULL);
}

const char *exit_name(u32 reason)
{
	static const char * const names[] = {
		"NONE", "MMIO_READ", "MMIO_WRITE", "SYSREG_READ", "SYSREG_WRITE",
		"HYPERCALL", "SMC", "CPU_UP", "CPU_DOWN", "SYSTEM_DOWN", "HALT", "TIMER",
		"KICKED", "MEMORY_FAULT", "FAIL_ENTRY", "INTERNAL_ERROR", "EXTERNAL_INTERRUPT",
		"SEND_IPI", "DEBUG", "MAINTENANCE",
	};

	return reason < ARRAY_SIZE(names) ? names[reason] : "unknown";
}

/* Ends the test at a guest's CALL_ASSERT and CALL_EXCEPTION */
static void check_complaint(const struct vcpu *vcpu)
{
	const struct arm_vcpu_run *run = vcpu->run;

	if (run->exit_reason == ARM_VCPU_EXIT_INTERNAL_ERROR)
		die("INTERNAL_ERROR: esr %llx pc %llx", run->internal.esr, run->internal.pc);
	if (run->exit_reason != ARM_VCPU_EXIT_HYPERCALL)
		return;
	if (run->call.immediate == CALL_ASSERT)
		die("vCPU %u: guest's assertion in line %llu: %#llx, %#llx", vcpu->index,
		    run->x[0], run->x[1], run->x[2]);
	if (run->call.immediate == CALL_EXCEPTION)
		die("vCPU %u: unexpected exception %llu at code + %#llx, esr %#llx far %#llx",
		    vcpu->index, run->x[3], run->x[1] - GUEST_CODE, run->x[0], run->x[2]);
}

int vcpu_stats(struct vcpu *vcpu, u64 *values, u32 room)
{
	struct arm_vcpu_stats arg = {
		.size = sizeof(arg), .count = room, .values = (u64)values,
	};
	int ret = vm_ioctl(vcpu->fd, ARM_VCPU_GET_STATS, &arg);

	return ret ? ret : (int)arg.count;
}

u64 vcpu_stat(struct vcpu *vcpu, u32 stat)
{
	u64 values[NR_STATS];

	if (vcpu_stats(vcpu, values, NR_STATS) != NR_STATS)
		die("GET_STATS failed");
	return values[stat];
}

u32 vcpu_next(struct vcpu *vcpu)
{
	int ret;

	do {
		ret = vcpu_run(vcpu);
		if (ret < 0 && ret != -EINTR)
			die("RUN: %s", strerror(-ret));
	} while (ret < 0 || vcpu->run->exit_reason == ARM_VCPU_EXIT_NONE);
	check_complaint(vcpu);
	return vcpu->run->exit_reason;
}

void vcpu_expect_at(struct vcpu *vcpu, u32 reason, const char *file, int line)
{
	const struct arm_vcpu_run *run = vcpu->run;

	if (vcpu_next(vcpu) != reason)
		die("%s:%d: %s instead of %s (pc %#llx esr %#llx far %#llx ipa %#llx x0 %#llx)",
		    file, line, exit_name(run->exit_reason), exit_name(reason), run->pc,
		    run->esr, run->far, run->ipa, run->x[0]);
}

void vcpu_expect_call_at(struct vcpu *vcpu, u16 immediate, const char *file, int line)
{
	vcpu_expect_at(vcpu, ARM_VCPU_EXIT_HYPERCALL, file, line);
	if (vcpu->run->call.immediate != immediate)
		die("%s:%d: hypercall %#x instead of %#x (x0 %#llx)", file, line,
		    vcpu->run->call.immediate, immediate, vcpu->run->x[0]);
}

static void *vcpu_thread(void *arg)
{
	struct vcpu *vcpu = arg;
	int ret;

	if (vcpu->cpu >= 0)
		pin_to(vcpu->cpu);
	/* EBUSY: the test asks of another thread whether it runs yet */
	do {
		ret = vcpu_run(vcpu);
	} while (ret == -EINTR || ret == -EBUSY ||
		 (!ret && vcpu->run->exit_reason == ARM_VCPU_EXIT_NONE));
	if (!ret) {
		check_complaint(vcpu);
		ret = (int)vcpu->run->exit_reason;
	}
	WRITE_ONCE(vcpu->result, ret);
	return NULL;
}

static void *vcpu_thread_persistent(void *arg)
{
	struct vcpu *vcpu = arg;
	u32 reason;

	do {
		reason = vcpu_next(vcpu);
	} while (reason == ARM_VCPU_EXIT_MEMORY_FAULT);
	WRITE_ONCE(vcpu->result, (int)reason);
	return NULL;
}

static void *vcpu_thread_once(void *arg)
{
	struct vcpu *vcpu = arg;
	int ret;

	/* NONE may come at any time */
	do {
		ret = vcpu_run(vcpu);
	} while (!ret && vcpu->run->exit_reason == ARM_VCPU_EXIT_NONE);
	WRITE_ONCE(vcpu->result, ret);
	return NULL;
}

static void start(struct vcpu *vcpu, void *(*thread)(void *))
{
	vcpu->result = -EAGAIN;
	if (pthread_create(&vcpu->thread, NULL, thread, vcpu))
		die("can't create a thread");
}

void vcpu_start(struct vcpu *vcpu)
{
	start(vcpu, vcpu_thread);
}

void vcpu_start_persistent(struct vcpu *vcpu)
{
	start(vcpu, vcpu_thread_persistent);
}

void vcpu_start_once(struct vcpu *vcpu)
{
	start(vcpu, vcpu_thread_once);
}

int vcpu_join(struct vcpu *vcpu)
{
	pthread_join(vcpu->thread, NULL);
	return vcpu->result;
}
