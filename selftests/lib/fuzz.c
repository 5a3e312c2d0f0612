// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fuzzer: its threads and processes, and the verdict.  See fuzz.h.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fuzz.h"
#include "module.h"

#define THREADS		4
#define CALLS		3000UL	/* at least, and many times as many to reach all commands, */
#define PATIENCE	(60 * SECOND)	/* but not for longer: a slow machine reaches fewer */
#define CHILD_STEPS	60
#define DEBUGFS		"/sys/kernel/debug/arm_vcpu"

static pthread_t threads[THREADS];
static bool stop;

/* An argument ends where memory does */
void fuzz_thread(struct fuzz *f, u64 seed, u64 nr)
{
	char *memory = (char *)FUZZ_ARGS + 2 * nr * page_size();

	if (mprotect(memory, page_size(), PROT_READ | PROT_WRITE))
		die("mprotect: %s", strerror(errno));
	f->arg = memory + page_size();
	f->state = seed * 16 + nr;
}

static void *steps(void *arg)
{
	while (!READ_ONCE(stop))
		fuzz_step(arg);
	return NULL;
}

static void *scribbles(void *arg)
{
	while (!READ_ONCE(stop))
		fuzz_scribble(arg, 200);
	return NULL;
}

/* What waits, for itself or for another one's RUN, goes on by a signal to whoever is in RUN */
static void disturb(void)
{
	unsigned int i;

	for (i = 0; i < THREADS; i++)
		pthread_kill(threads[i], SIGUSR1);
}

/* A process that owns no VMs but those that it makes.  What it shares of memory is copied. */
static void child(struct fuzz *f)
{
	u64 end = fuzz_below(f, 3), patience = fuzz_below(f, 32);
	pid_t pid = fork();
	int i;

	if (!pid) {
		alarm(10);
		for (i = 0; i < CHILD_STEPS; i++)
			fuzz_step(f);
		if (end)
			execl("/bin/true", "true", NULL);
		_exit(0);
	}
	if (pid < 0)
		return;
	sleep_ms((unsigned int)patience);
	if (!end)
		kill(pid, SIGKILL);
	while (!waitpid(pid, NULL, WNOHANG)) {
		kill(pid, SIGUSR1);
		disturb();
		sleep_ms(5);
	}
}

/* Only where nothing else is done: the module's file is at an emulated host's root */
static void unplug(struct fuzz *f)
{
	int cpu = module_file_exists(ARM_VCPU_KO) ? hotplug_cpu() : -1;

	if (cpu < 0)
		return;
	cpu_set_online(cpu, false);
	child(f);
	if (cpu_set_online(cpu, true))
		die("CPU %d doesn't come back", cpu);
}

static bool reaches_more(void)
{
	u64 calls = fuzz_calls(), enough = thorough(CALLS);

	return calls < enough || (calls < 10 * enough && !fuzz_reached_all());
}

/* @minutes is what somebody has asked for */
static bool goes_on(u64 end, u64 minutes)
{
	return fuzz_finds() < FUZZ_FINDS && now_ns() < end && (minutes || reaches_more());
}

static void run_all(struct fuzz *main_thread, u64 seed, u64 end, u64 minutes)
{
	pthread_t scribbler;
	struct fuzz f[THREADS + 1];
	int i;

	for (i = 0; i <= THREADS; i++)
		fuzz_thread(&f[i], seed, (u64)i);
	for (i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, steps, &f[i]);
	pthread_create(&scribbler, NULL, scribbles, &f[THREADS]);
	while (goes_on(end, minutes)) {
		sleep_ms(5);
		disturb();
		if (fuzz_one_in(main_thread, 16))
			child(main_thread);
		if (fuzz_one_in(main_thread, 128))
			unplug(main_thread);
	}
	WRITE_ONCE(stop, true);
	pthread_join(scribbler, NULL);
	for (i = 0; i < THREADS; i++) {
		while (pthread_tryjoin_np(threads[i], NULL)) {
			disturb();
			sleep_ms(5);
		}
		threads[i] = pthread_self();
	}
}

static void map_arena(void)
{
	if (mmap((void *)FUZZ_ARENA, FUZZ_ARENA_SIZE, PROT_NONE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0) !=
	    (void *)FUZZ_ARENA)
		die("mmap: %s", strerror(errno));
	mprotect((void *)FUZZ_MEMORY, FUZZ_PAGES * page_size(), PROT_READ | PROT_WRITE);
}

/* VMs that are still there */
static bool debugfs_is_empty(void)
{
	DIR *folder = opendir(DEBUGFS);
	struct dirent *entry;
	bool empty = true;

	while (folder && (entry = readdir(folder)))
		empty &= entry->d_name[0] == '.' || !strcmp(entry->d_name, "stats");
	if (folder)
		closedir(folder);
	return empty;
}

/* A guest that EL2 couldn't explain takes its VM along, which looks like a stranger's */
static bool module_complained(int kmsg)
{
	char line[1024];
	ssize_t length;

	while ((length = read(kmsg, line, sizeof(line) - 1)) > 0) {
		line[length] = 0;
		if (!strstr(line, "arm_vcpu: "))
			continue;
		printf("# found in the log: %s", line);
		return true;
	}
	return false;
}

static u64 number(const char *variable, u64 otherwise)
{
	const char *value = getenv(variable);

	return value && *value ? strtoul(value, NULL, 0) : otherwise;
}

/* What is left when all files are closed: nothing */
static bool is_left_clean(int users)
{
	if (wait_for(module_users() == users && debugfs_is_empty()))
		return true;
	printf("# VMs stay behind: %d users, and there were %d\n", module_users(), users);
	return false;
}

void fuzz_begin(struct fuzz_session *session, const struct fuzz_abi *abi, u64 patience)
{
	session->seed = number("ARM_VCPU_SEED", 1);
	session->minutes = number("ARM_VCPU_FUZZ_MINUTES", 0);
	session->users = module_users();
	session->kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	session->end = now_ns() + (session->minutes ? session->minutes * 60 * SECOND :
				   thorough(slowness()) * patience);
	lseek(session->kmsg, 0, SEEK_END);
	catch_signal(SIGUSR1, 0);
	map_arena();
	fuzz_calls_begin(abi);
}

bool fuzz_end(struct fuzz_session *session)
{
	bool fine;

	fuzz_calls_end();
	munmap((void *)FUZZ_ARENA, FUZZ_ARENA_SIZE);
	fuzz_print(session->seed);
	fine = !fuzz_finds();
	fine &= !module_complained(session->kmsg);
	fine &= is_left_clean(session->users);
	close(session->kmsg);
	return fine;
}

bool fuzz_run(const struct fuzz_abi *abi)
{
	struct fuzz_session session;
	struct fuzz main_thread;
	bool fine;

	fuzz_begin(&session, abi, PATIENCE);
	fuzz_thread(&main_thread, session.seed, THREADS + 1);
	run_all(&main_thread, session.seed, session.end, session.minutes);
	fine = fuzz_end(&session);
	if (!fuzz_reached_all())
		printf("# not every command has succeeded and been refused\n");
	/* Where time was up first, that says nothing; but that hardly anything was done does */
	fine &= fuzz_reached_all() || (!session.minutes && reaches_more());
	fine &= fuzz_calls() >= CALLS / 10;
	return fine;
}
