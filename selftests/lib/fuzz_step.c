// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a thread of the fuzzer does: a command, mostly, or something to what commands use.
 */
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>
#include "fuzz.h"

static void command(struct fuzz *f)
{
	const struct fuzz_command *c = &fuzz_target->commands[fuzz_below(f, fuzz_target->nr)];
	enum fuzz_kind kind = fuzz_one_in(f, 32) ? fuzz_below(f, FUZZ_KINDS) : c->on;
	void *arg = fuzz_argument(f, c);

	fuzz_issue(f, c, fuzz_file(f, kind), arg, f->arg - c->size);
}

static void *map_vcpu(int fd)
{
	void *page = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return page == MAP_FAILED ? NULL : page;
}

static void run(struct fuzz *f)
{
	int fd = fuzz_file(f, FUZZ_VCPU);
	void *page = map_vcpu(fd);

	if (!page)
		return;
	fuzz_target->run(f, fd, page);
	munmap(page, page_size());
}

void fuzz_scribble(struct fuzz *f, u64 times)
{
	void *page = map_vcpu(fuzz_file(f, FUZZ_VCPU));

	if (!page)
		return;
	while (times--)
		fuzz_target->scribble(f, page);
	munmap(page, page_size());
}

/*
 * Pieces as long as an exception vector, which the first page has, too.  There may be nothing
 * mapped at the moment.
 */
static void write_code(struct fuzz *f)
{
	u32 code[32];
	struct iovec from = { code, sizeof(code) };
	u64 page = FUZZ_MEMORY + fuzz_below(f, FUZZ_CODE) * page_size(), n;

	for (n = 0; n < 16; n++) {
		struct iovec to = { (void *)(page + n * sizeof(code)), sizeof(code) };

		fuzz_code(f, code, ARRAY_SIZE(code));
		process_vm_writev(getpid(), &from, 1, &to, 1, 0);
	}
}

static void change_memory(struct fuzz *f)
{
	static const int rights[] = { PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE };
	char *p = (char *)fuzz_user(f), *end = (char *)FUZZ_MEMORY + FUZZ_PAGES * page_size();
	size_t length = page_size() << fuzz_below(f, 3);

	/* Code stays for longer, or it would be zeros most of the time */
	if (p < (char *)FUZZ_MEMORY + FUZZ_CODE * page_size() && !fuzz_one_in(f, 4))
		return;
	if (length > (size_t)(end - p))
		length = page_size();
	switch (fuzz_below(f, 8)) {
	case 0:
		munmap(p, length);
		break;
	case 1:
		mprotect(p, length, fuzz_pick(f, rights));
		break;
	case 2:
		madvise(p, length, MADV_DONTNEED);
		break;
	case 3:
		mremap(p, page_size(), page_size(), MREMAP_MAYMOVE | MREMAP_FIXED, fuzz_user(f));
		break;
	default:
		mmap(p, length, PROT_READ | PROT_WRITE,
		     (fuzz_one_in(f, 4) ? MAP_SHARED : MAP_PRIVATE) | MAP_ANONYMOUS | MAP_FIXED,
		     -1, 0);
	}
}

static void signal_event(struct fuzz *f)
{
	eventfd_t count;

	if (fuzz_one_in(f, 8))
		fuzz_put_event(f, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
	else if (fuzz_one_in(f, 2))
		eventfd_write(fuzz_event(f), 1);
	else
		eventfd_read(fuzz_event(f), &count);
}

static void drop(struct fuzz *f)
{
	enum fuzz_kind kind = 1 + fuzz_below(f, FUZZ_KINDS - 1);
	int fd = -1;

	if (fuzz_one_in(f, 4))
		fuzz_open(f);
	if (fuzz_one_in(f, 2))	/* another descriptor of the same file */
		fd = fcntl(fuzz_file(f, kind), F_DUPFD_CLOEXEC, 0);
	fuzz_put_file(f, kind, fd);
}

void fuzz_step(struct fuzz *f)
{
	switch (fuzz_below(f, 64)) {
	case 0:
	case 1:
		fuzz_target->build(f);
		break;
	case 2:
		drop(f);
		break;
	case 3:
	case 4:
		signal_event(f);
		break;
	case 5:
	case 6:
		write_code(f);
		break;
	case 7 ... 9:
		change_memory(f);
		break;
	case 10:
		fuzz_scribble(f, 4);
		break;
	case 11 ... 15:
		run(f);
		break;
	default:
		command(f);
	}
}
