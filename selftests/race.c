// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that nothing breaks when everything happens at once: many threads, and a child
 * process now and then, use the same VMs, vCPUs, run pages and memory, and close, unmap
 * and replace them under each other's feet.  Every command gives what its documentation
 * has, nothing stays behind, and a VM that comes afterwards works.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include "kselftest_harness.h"
#include "dirty.h"
#include "vm.h"

#define VMS		3
#define VCPUS		6
#define THREADS		6
#define PAGES		16
#define ENOUGH		300		/* commands that succeed */
#define ENOUGH_EXITS	50

#define PAGES_RAM	0x40000000UL	/* guest-physical address of the page 0 */

/* Loads, stores, exits of many kinds, and sleep, over and over.  x0: a page, x1: a device */
GUEST_ASM(guest_busy,
	  "1: ldr x2, [x0]\n add x2, x2, #1\n str x2, [x0]\n str w2, [x1]\n ldr w3, [x1]\n"
	  "hvc #1\n mrs x4, cntvct_el0\n add x4, x4, #4096\n msr cntv_cval_el0, x4\n"
	  "mov x4, #1\n msr cntv_ctl_el0, x4\n wfi\n smc #0\n movi v0.16b, #1\n b 1b");

/* Descriptors, taken and replaced by any thread; -1 for none */
struct race {
	int vms[VMS];
	int vcpus[VCPUS];
	char *pages;		/* memory of the guests; the code is in the first */
	char *runs;		/* where run pages are mapped, a page each */
	int kmsg, random;	/* /dev/urandom: a writer that a missing page doesn't kill */
	bool stop;
	pthread_t threads[THREADS];
	u64 seeds[THREADS];
	u64 done, exits;	/* commands that succeeded; exits of guests */
	int wrong;		/* the first errno that was none of its command's */
	const char *wrong_command;
};

FIXTURE(race) {
	struct race race;
	int users;
};

static struct race *the_race;	/* for threads, which know their number */

static u64 next(u64 *seed)
{
	return guest_pattern((*seed)++, 7);
}

/*
 * The result of a command: one of @errors, or what any gives when its descriptor has been closed,
 * or is another file's by now, or when the VM is another address space's
 */
static void check(const char *command, int ret, const int *errors)
{
	struct race *race = the_race;

	if (ret >= 0) {
		__atomic_add_fetch(&race->done, 1, __ATOMIC_RELAXED);
		return;
	}
	if (ret == -EBADF || ret == -ENOTTY || ret == -EIO)
		return;
	while (*errors)
		if (ret == -*errors++)
			return;
	race->wrong_command = command;
	WRITE_ONCE(race->wrong, ret);
}

#define CHECK(command, ret, ...) check(command, ret, (const int[]) { __VA_ARGS__, 0 })

/* Puts @fd, if it is one, into a slot, and closes what was there */
static void replace(int *slot, int fd)
{
	if (fd >= 0 || fd == -1)
		fd = __atomic_exchange_n(slot, fd, __ATOMIC_ACQ_REL);
	if (fd >= 0)
		close(fd);
}

static int at(const int *slot)
{
	return __atomic_load_n(slot, __ATOMIC_ACQUIRE);
}

static void open_vm(struct race *race, u64 r)
{
	int fd = open(DEVICE, O_RDWR | O_CLOEXEC);

	CHECK("open", fd < 0 ? -errno : fd, EMFILE);
	replace(&race->vms[r % VMS], fd);
}

static void set_memory(struct race *race, u64 r)
{
	u64 page = r >> 8 & (PAGES - 1), length = page_size() << (r >> 16 & 3);
	int ret = vm_memory(at(&race->vms[r % VMS]), r >> 24 & 3,
			    PAGES_RAM + page * page_size(), r >> 22 & 1 ? length : 0,
			    race->pages + page * page_size());

	CHECK("SET_MEMORY", ret, EEXIST, ENOENT, EINTR);
}

static void get_dirty(struct race *race, u64 r)
{
	struct vm vm = { .fd = at(&race->vms[r % VMS]) };
	u64 page = r >> 8 & (PAGES - 1);
	char *bitmap = race->pages + (r >> 32 & (PAGES - 1)) * page_size() + 16;

	CHECK("GET_DIRTY", dirty_get(&vm, (r >> 12) % 3, PAGES_RAM + page * page_size(),
				     1UL << (r >> 16 & 3), bitmap), ENOENT, EFAULT);
}

static void configure(struct race *race, u64 r)
{
	CHECK("CONFIGURE", vm_configure(at(&race->vms[r % VMS]), r >> 8 & 1 ? 32 : 0,
					r >> 9 & 3), EBUSY, EINTR);
}

static void create_vcpu(struct race *race, u64 r)
{
	int fd = vm_vcpu(at(&race->vms[r % VMS]), r >> 8 & 3);

	CHECK("CREATE_VCPU", fd, EEXIST, EINTR);
	if (fd >= 0)
		replace(&race->vcpus[r >> 16 & 1 ? (r >> 17) % VCPUS : r % VCPUS], fd);
}

static void map_run(struct race *race, u64 r)
{
	u64 i = r % VCPUS;
	void *p = mmap(race->runs + i * page_size(), page_size(), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_FIXED, at(&race->vcpus[i]), 0);

	/* ENODEV: it is a VM's by now */
	CHECK("mmap", p == MAP_FAILED ? -errno : 0, ENODEV);
}

static void set_entry(struct race *race, u64 r)
{
	struct vcpu vcpu = { .fd = at(&race->vcpus[r % VCPUS]) };
	u64 page = PAGES_RAM + (r >> 8 & (PAGES - 1)) * page_size();

	CHECK("SET_ENTRY", vcpu_set_entry(&vcpu, PAGES_RAM, page, GUEST_MMIO, 0, 0), EBUSY);
}

static void run(struct race *race, u64 r)
{
	u64 i = r % VCPUS, n;

	for (n = 0; n < 1 + (r >> 8) % 16; n++) {
		int ret = vm_ioctl(at(&race->vcpus[i]), ARM_VCPU_RUN, NULL);

		CHECK("RUN", ret, EBUSY, ENOEXEC, EINTR);
		if (!ret)
			__atomic_add_fetch(&race->exits, 1, __ATOMIC_RELAXED);
	}
}

static void get_reg(struct race *race, u64 r)
{
	struct arm_vcpu_reg reg = { .size = sizeof(reg), .id = ARM_VCPU_REG_SP_EL1 };

	CHECK("GET_REG", vm_ioctl(at(&race->vcpus[r % VCPUS]), ARM_VCPU_GET_REG, &reg),
	      EBUSY, ENOEXEC);
}

static void set_reg(struct race *race, u64 r)
{
	struct arm_vcpu_reg reg = {
		.size = sizeof(reg), .id = r >> 8 & 1 ? ARM_VCPU_REG_SYSREG(3, 3, 14, 3, 2)
						      : ARM_VCPU_REG_V(3),
	};

	CHECK("SET_REG", vm_ioctl(at(&race->vcpus[r % VCPUS]), ARM_VCPU_SET_REG, &reg),
	      EBUSY, ENOEXEC);
}

static void list_regs(struct race *race, u64 r)
{
	struct arm_vcpu_reg_list list = {
		.size = sizeof(list), .count = 16,
		.ids = (u64)race->pages + (r >> 8 & (PAGES - 1)) * page_size() + 8,
	};

	CHECK("LIST_REGS", vm_ioctl(at(&race->vcpus[r % VCPUS]), ARM_VCPU_LIST_REGS, &list),
	      EBUSY, ENOEXEC, EFAULT);
}

/* EINVAL: a pstate that isn't allowed stands in the page */
static void inject(struct race *race, u64 r)
{
	struct arm_vcpu_inject inject = {
		.size = sizeof(inject), .flags = r >> 8 & 1, .esr = r >> 8 & 1 ? 0 : 1 << 25,
	};

	CHECK("INJECT", vm_ioctl(at(&race->vcpus[r % VCPUS]), ARM_VCPU_INJECT, &inject),
	      EBUSY, ENOEXEC, EINVAL);
}

static void set_debug(struct race *race, u64 r)
{
	struct arm_vcpu_debug debug = {
		.size = sizeof(debug), .flags = r >> 8 & ARM_VCPU_DEBUG_STEP,
	};

	CHECK("SET_DEBUG", vm_ioctl(at(&race->vcpus[r % VCPUS]), ARM_VCPU_SET_DEBUG, &debug),
	      EBUSY);
}

static void get_stats(struct race *race, u64 r)
{
	u64 *page = (u64 *)(race->pages + (r >> 8 & (PAGES - 1)) * page_size());
	struct vcpu vcpu = { .fd = at(&race->vcpus[r % VCPUS]) };

	CHECK("GET_STATS", vcpu_stats(&vcpu, page, 8), EFAULT);
}

static void get_info(struct race *race, u64 r)
{
	struct arm_vcpu_info info;

	CHECK("GET_INFO", vm_info(at(&race->vms[r % VMS]), &info), EBADF);
}

static void kick(struct race *race, u64 r)
{
	CHECK("KICK", vm_kick(r & 1 ? at(&race->vms[r % VMS]) : at(&race->vcpus[r % VCPUS])),
	      EBADF);
}

/* Rewrites a part of a run page, if one is there */
static void scribble(struct race *race, u64 r)
{
	u64 from = (r >> 8) % sizeof(struct arm_vcpu_run);

	if (read(race->random, race->runs + r % VCPUS * page_size() + from, (r >> 20) % 64) < 0 &&
	    errno != EFAULT)
		WRITE_ONCE(race->wrong, -errno);
}

/* Memory goes, comes, changes its rights and its pages; but for the code */
static void change_memory(struct race *race, u64 r)
{
	u64 page = 1 + (r >> 8) % (PAGES - 1);
	char *p = race->pages + page * page_size();

	switch (r >> 16 & 7) {
	case 0:
		munmap(p, page_size());
		break;
	case 1:
		mprotect(p, page_size(), PROT_READ);
		break;
	case 2:
		madvise(p, page_size(), MADV_DONTNEED);
		break;
	case 3:
		mremap(p, page_size(), page_size(), MREMAP_MAYMOVE | MREMAP_FIXED,
		       race->pages + (1 + page % (PAGES - 1)) * page_size());
		break;
	default:
		mmap(p, page_size(), PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	}
}

static void drop(struct race *race, u64 r)
{
	switch (r >> 8 & 3) {
	case 0:
		replace(&race->vms[r % VMS], -1);
		break;
	case 1:
		replace(&race->vcpus[r % VCPUS], -1);
		break;
	case 2:	/* another descriptor of the same file */
		replace(&race->vcpus[r % VCPUS], fcntl(at(&race->vcpus[(r >> 16) % VCPUS]),
						       F_DUPFD_CLOEXEC, 0));
		break;
	default:
		mmap(race->runs + r % VCPUS * page_size(), page_size(), PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	}
}

typedef void (*action)(struct race *race, u64 r);

static const action actions[] = {
	open_vm, set_memory, set_memory, get_dirty, configure, create_vcpu, create_vcpu, map_run,
	map_run, set_entry, set_entry, run, run, run, get_reg, set_reg, list_regs, inject,
	set_debug, get_stats, get_info, kick, scribble, change_memory, change_memory, drop,
};

static void act(struct race *race, u64 *seed)
{
	u64 kind = next(seed), r = next(seed);

	actions[kind % ARRAY_SIZE(actions)](race, r);
}

static void *actor(void *arg)
{
	while (!READ_ONCE(the_race->stop))
		act(the_race, arg);
	return NULL;
}

/* All of that in a child, which owns none of the VMs but those that it opens itself */
static void child(struct race *race, u64 seed)
{
	pid_t pid = fork();
	int i, status;

	if (!pid) {
		alarm(10);
		race->wrong = 0;
		for (i = 0; i < 40; i++)
			act(race, &seed);
		_exit(race->wrong ? 1 : 0);
	}
	sleep_ms(seed % 32);
	if (seed & 1)
		kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status))
		race->wrong = -ECHILD;
}

/* Guests that nobody can kick any more end by a signal to the thread that is in RUN */
static void disturb(struct race *race)
{
	u64 n, i;

	for (n = 0; n < VMS; n++)
		vm_kick(at(&race->vms[n]));
	for (n = 0; n < VCPUS; n++)
		vm_kick(at(&race->vcpus[n]));
	for (i = 0; i < THREADS; i++)
		pthread_kill(race->threads[i], SIGUSR1);
}

FIXTURE_SETUP(race)
{
	struct race *race = &self->race;
	int i;

	self->users = module_users();
	the_race = race;
	catch_signal(SIGUSR1, 0);
	race->pages = map_pages(PAGES * page_size());
	race->runs = map_pages(VCPUS * page_size());
	race->random = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	race->kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	lseek(race->kmsg, 0, SEEK_END);
	memcpy(race->pages, guest_busy, 256);
	for (i = 0; i < VMS; i++)
		race->vms[i] = vm_open();
	for (i = 0; i < VCPUS; i++)
		race->vcpus[i] = -1;
}

FIXTURE_TEARDOWN(race)
{
	close(self->race.random);
	close(self->race.kmsg);
}

static bool was_enough(struct race *race)
{
	return READ_ONCE(race->done) >= ENOUGH && READ_ONCE(race->exits) > ENOUGH_EXITS;
}

static void run_race(struct race *race)
{
	u64 begin = now_ns(), seed = 1, took;
	int i;

	for (i = 0; i < THREADS; i++) {
		race->seeds[i] = (u64)i << 32;
		pthread_create(&race->threads[i], NULL, actor, &race->seeds[i]);
	}
	do {
		disturb(race);
		child(race, next(&seed) >> 8);
		took = now_ns() - begin;
	} while (!READ_ONCE(race->wrong) &&
		 (took < 3 * SECOND || (!was_enough(race) && took < 15 * SECOND)));
	WRITE_ONCE(race->stop, true);
	for (i = 0; i < THREADS; i++) {
		while (pthread_tryjoin_np(race->threads[i], NULL)) {
			disturb(race);
			sleep_ms(5);
		}
		race->threads[i] = pthread_self();
	}
}

/* A guest that EL2 couldn't explain takes its VM along, which would look like a stranger's */
static bool module_complained(struct race *race)
{
	char line[1024];
	ssize_t length;

	while ((length = read(race->kmsg, line, sizeof(line) - 1)) > 0) {
		line[length] = 0;
		if (strstr(line, "arm_vcpu: "))
			return true;
	}
	return false;
}

TEST_F(race, everything_at_once)
{
	struct race *r = &self->race;
	struct vcpu *vcpu;
	struct vm vm;
	int i;

	run_race(r);
	EXPECT_EQ(0, r->wrong) TH_LOG("%s", r->wrong_command);
	TH_LOG("%lu commands succeeded, %lu exits", r->done, r->exits);
	EXPECT_TRUE(was_enough(r));
	EXPECT_FALSE(module_complained(r));

	for (i = 0; i < VMS; i++)
		replace(&r->vms[i], -1);
	for (i = 0; i < VCPUS; i++)
		replace(&r->vcpus[i], -1);
	munmap(r->runs, VCPUS * page_size());
	EXPECT_TRUE(wait_for(module_users() == self->users));

	vm_create(&vm);
	vcpu = vcpu_create(&vm);
	vcpu_enter(vcpu, guest_hvc, 5, 0);
	vcpu_expect_call(vcpu, CALL_SYNC);
	vm_destroy(&vm);
}

TEST_HARNESS_MAIN
