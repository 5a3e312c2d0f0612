// SPDX-License-Identifier: MIT
#include "memory.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "exit.h"
#include "machine.h"

/* The smallest that tables have: what is in one lies in one piece */
#define PAGE	0x1000ULL

int memory_translate(struct vcpu *vcpu, __u64 va, __u64 *pa)
{
	const struct armvcpu_bus bus = exit_bus(vcpu->machine);
	struct armvcpu_stage1 stage1;
	int rc = armvcpu_get_stage1(&vcpu->cpu, &stage1);

	if (rc == -ENOEXEC) {	/* it was never on */
		*pa = va;
		return 0;
	}
	return rc ? rc : armvcpu_translate(&stage1, bus.memory, bus.context, va, pa);
}

/* Of an access, what is in the page that it begins in */
static size_t piece(__u64 va, size_t size)
{
	size_t left = PAGE - va % PAGE;

	return size < left ? size : left;
}

size_t memory_read(struct vcpu *vcpu, __u64 va, void *to, size_t size)
{
	const struct armvcpu_bus bus = exit_bus(vcpu->machine);
	const void *memory;
	size_t done = 0, some;
	__u64 pa;

	for (; done < size; done += some) {
		some = piece(va + done, size - done);
		if (memory_translate(vcpu, va + done, &pa))
			break;
		memory = bus.memory(bus.context, pa, some);
		if (!memory)
			break;
		memcpy(to + done, memory, some);
		points_hide(vcpu->machine, pa, to + done, some);
	}
	return done;
}

int memory_write(struct vcpu *vcpu, __u64 va, const void *from, size_t size)
{
	struct machine *machine = vcpu->machine;
	size_t done = 0, some;
	void *memory;
	__u64 pa;
	int rc;

	for (; done < size; done += some) {
		some = piece(va + done, size - done);
		if (memory_translate(vcpu, va + done, &pa))
			return -EFAULT;
		memory = ram_at(&machine->ram, pa, some);
		if (!memory)
			return -EFAULT;
		memcpy(memory, from + done, some);
		points_keep(machine, pa, memory, some);
		rc = memory_changed(machine, pa, some);
		if (rc)
			return rc;
	}
	return 0;
}

/*
 * What a guest fetches doesn't follow what is written by another address, and our caches aren't a
 * guest's whose own are off.  What becomes executable is seen to by the kernel: so it is taken from
 * the guest, by a change of the mapping's rights, and it comes back by a fault.
 */
int memory_changed(struct machine *machine, __u64 pa, size_t size)
{
	uintptr_t page = sysconf(_SC_PAGESIZE), start, end;
	void *at = ram_at(&machine->ram, pa, size);

	if (!at)
		return -EFAULT;
	start = ALIGN_DOWN((uintptr_t)at, page);
	end = ALIGN_UP((uintptr_t)at + size, page);
	if (mprotect((void *)start, end - start, PROT_READ | PROT_WRITE | PROT_EXEC) ||
	    mprotect((void *)start, end - start, PROT_READ | PROT_WRITE))
		return -errno;
	return 0;
}
