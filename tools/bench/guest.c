// SPDX-License-Identifier: MIT
/*
 * A guest from its making to its end, whatever the back end.
 */
#include <err.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"
#include "code.h"

size_t page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

static void create(struct guest *guest, const struct backend *backend, unsigned int cpus)
{
	guest->backend = backend;
	guest->cpus = cpus;
	if (madvise(guest->ram, GUEST_RAM_SIZE, MADV_NOHUGEPAGE))
		warn("huge pages can't be switched off");
	memcpy(guest->ram, guest_begin, guest_end - guest_begin);
	if (backend->has_gic)
		gic_prepare(guest);
	__builtin___clear_cache(guest->ram, guest->ram + page_size());
	backend->create(guest);
}

static void *map_pages(size_t size)
{
	void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED)
		err(1, "memory for the guest");
	return pages;
}

/**
 * guest_create() - a VM with the code, and memory that neither host nor guest has touched
 * @guest: is filled in
 * @backend: whose
 * @cpus: vCPUs that it has
 *
 * There is enough of it for a hypervisor to look for huge pages, as it does for any real
 * guest's, and it finds none: they would make one fault of many.
 */
void guest_create(struct guest *guest, const struct backend *backend, unsigned int cpus)
{
	guest->ram_size = GUEST_RAM_SIZE;
	guest->ram = map_pages(guest->ram_size);
	guest->touched = page_size();
	guest->stride = page_size();
	create(guest, backend, cpus);
}

/**
 * guest_create_huge() - the same with huge pages behind that memory, which the guest is to touch
 * @guest: is filled in
 * @backend: whose
 * @pages: how many
 */
void guest_create_huge(struct guest *guest, const struct backend *backend, unsigned int pages)
{
	size_t huge = pages * (size_t)HUGE_PAGE;
	char *all;

	guest->ram_size = GUEST_RAM_SIZE + huge;
	guest->touched = GUEST_RAM_SIZE;
	guest->stride = HUGE_PAGE;
	/* It begins at a multiple of a huge page, as GUEST_RAM does */
	all = map_pages(guest->ram_size + HUGE_PAGE);
	guest->ram = all + (-(uintptr_t)all & (HUGE_PAGE - 1));
	munmap(all, guest->ram - all);
	munmap(guest->ram + guest->ram_size, all + HUGE_PAGE - guest->ram);
	if (madvise(guest->ram + GUEST_RAM_SIZE, huge, MADV_HUGEPAGE))
		err(1, "huge pages can't be switched on");
	create(guest, backend, 1);
}

/**
 * guest_start_at() - where and with what a vCPU begins
 * @guest: from guest_create()
 * @cpu: which
 * @entry: the code
 * @count: its x20; the memory that it touches is behind that of the vCPUs before it
 */
void guest_start_at(struct guest *guest, unsigned int cpu, const char *entry, uint64_t count)
{
	const uint64_t x[4] = {
		GUEST_NOTHING, count, GUEST_RAM + guest->touched + cpu * count * guest->stride,
		guest->stride,
	};

	guest->backend->enter(guest, cpu, GUEST_RAM + (entry - guest_begin), x);
}

/**
 * guest_start() - the first vCPU, for an operation
 * @guest: from guest_create()
 * @op: names the code
 */
void guest_start(struct guest *guest, const struct operation *op)
{
	guest_start_at(guest, 0, op->entry, op->operations);
}

void guest_destroy(struct guest *guest)
{
	guest->backend->destroy(guest);
	munmap(guest->ram, guest->ram_size);
}

/**
 * guest_turn() - run it to its next exit
 * @guest: from guest_start()
 * @expected: the exit that it has to be
 */
void guest_turn(struct guest *guest, enum bench_exit expected)
{
	enum bench_exit exit = guest->backend->run(guest, 0);

	if (exit != expected)
		errx(1, "%s: exit %d where %d was expected", guest->backend->name, exit, expected);
}

/**
 * guest_run_to_store() - run it until it stores, whatever brings it back before
 * @guest: from guest_start()
 * @cpu: which of its vCPUs
 */
void guest_run_to_store(struct guest *guest, unsigned int cpu)
{
	enum bench_exit exit;

	do
		exit = guest->backend->run(guest, cpu);
	while (exit == BENCH_NOTHING);
	if (exit != BENCH_STORE)
		errx(1, "%s: exit %d where a store was expected", guest->backend->name, exit);
}

/**
 * guest_store_of() - run its first vCPU until it stores
 * @guest: from guest_start()
 *
 * Return: what it stored.
 */
uint64_t guest_store_of(struct guest *guest)
{
	guest_run_to_store(guest, 0);
	return guest->backend->stored(guest);
}
