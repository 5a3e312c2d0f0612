// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows the rules of the files: close-on-exec, what can be mapped, which address space a
 * VM belongs to, how it dies, and that nothing of it stays behind.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include "kselftest_harness.h"
#include "vm.h"

FIXTURE(files) {
	struct vm vm;
	struct vcpu *vcpu;
	size_t size;
};

FIXTURE_SETUP(files)
{
	struct arm_vcpu_info info;

	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	ASSERT_EQ(0, vm_info(self->vm.fd, &info));
	self->size = info.run_size;
}

FIXTURE_TEARDOWN(files)
{
	vm_destroy(&self->vm);
}

/* Runs fn in a forked child and returns its exit status, or 256 + signal */
static int in_child(int (*fn)(FIXTURE_DATA(files) *), FIXTURE_DATA(files) *self)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		signal(SIGSEGV, SIG_DFL);
		signal(SIGBUS, SIG_DFL);
		_exit(fn(self));
	}
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? 256 + WTERMSIG(status) : WEXITSTATUS(status);
}

TEST_F(files, a_vcpu_descriptor_is_closed_on_exec)
{
	EXPECT_EQ(FD_CLOEXEC, fcntl(self->vcpu->fd, F_GETFD) & FD_CLOEXEC);
}

static void *map(FIXTURE_DATA(files) *self, size_t size, int prot, int flags, off_t offset)
{
	return mmap(NULL, size, prot, flags, self->vcpu->fd, offset);
}

TEST_F(files, a_run_page_is_mapped_shared_only)
{
	EXPECT_EQ(MAP_FAILED, map(self, self->size, PROT_READ | PROT_WRITE, MAP_PRIVATE, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, map(self, self->size, PROT_READ, MAP_PRIVATE, 0));
	EXPECT_NE(MAP_FAILED, map(self, self->size, PROT_READ, MAP_SHARED, 0));
}

TEST_F(files, a_run_page_is_never_executable)
{
	void *page = map(self, self->size, PROT_READ | PROT_WRITE, MAP_SHARED, 0);

	EXPECT_EQ(MAP_FAILED, map(self, self->size, PROT_READ | PROT_EXEC, MAP_SHARED, 0));
	ASSERT_NE(MAP_FAILED, page);
	EXPECT_EQ(-1, mprotect(page, self->size, PROT_READ | PROT_EXEC));
	EXPECT_EQ(EACCES, errno);
}

TEST_F(files, a_run_page_is_mapped_at_offset_0_and_no_longer_than_it_is)
{
	off_t page = (off_t)page_size();

	EXPECT_EQ(MAP_FAILED, map(self, self->size, PROT_READ, MAP_SHARED, page));
	EXPECT_EQ(MAP_FAILED, map(self, self->size, PROT_READ, MAP_SHARED, 1L << 40));
	EXPECT_EQ(MAP_FAILED, map(self, self->size + 1, PROT_READ, MAP_SHARED, 0));
	EXPECT_EQ(MAP_FAILED, mremap(self->vcpu->run, self->size, 2 * self->size,
				     MREMAP_MAYMOVE));
}

TEST_F(files, a_vm_cannot_be_mapped)
{
	EXPECT_EQ(MAP_FAILED, mmap(NULL, self->size, PROT_READ, MAP_SHARED, self->vm.fd, 0));
}

TEST_F(files, a_fresh_run_page_is_zero)
{
	const char *page = (const char *)self->vcpu->run;
	size_t i;

	for (i = 0; i < self->size; i++)
		ASSERT_EQ(0, page[i]) TH_LOG("byte %zu", i);
}

static int touch_run_page(FIXTURE_DATA(files) *self)
{
	return (int)READ_ONCE(self->vcpu->run->x[0]) & 0;
}

TEST_F(files, a_run_page_is_not_copied_by_fork)
{
	EXPECT_EQ(256 + SIGSEGV, in_child(touch_run_page, self));
}

TEST_F(files, a_run_page_outlives_its_descriptors)
{
	struct vcpu *vcpu = self->vcpu;

	vcpu_enter(vcpu, guest_hvc, 42, 0);
	vcpu_expect_call(vcpu, CALL_SYNC);
	close(vcpu->fd);
	close(self->vm.fd);
	EXPECT_EQ(42, vcpu->run->x[0]);
	vcpu->run->x[0] = 43;
	EXPECT_EQ(0, munmap(vcpu->run, self->size));
	self->vm.nr_vcpus = 0;
}

TEST_F(files, a_vcpu_holds_its_vm)
{
	vcpu_enter(self->vcpu, guest_hvc, 0, 0);
	close(self->vm.fd);
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	munmap(self->vcpu->run, self->size);
	close(self->vcpu->fd);
	self->vm.nr_vcpus = 0;
}

/* Whether one of them doesn't give -EIO */
static bool commands_at_rest(int fd)
{
	struct arm_vcpu_reg reg = { .size = sizeof(reg), .id = ARM_VCPU_REG_SP_EL1 };
	struct arm_vcpu_reg_list list = { .size = sizeof(list) };
	struct arm_vcpu_inject inject = { .size = sizeof(inject), .esr = 1 << 25 };
	struct arm_vcpu_debug debug = { .size = sizeof(debug) };
	struct arm_vcpu_power power = { .size = sizeof(power) };

	return vm_ioctl(fd, ARM_VCPU_GET_REG, &reg) != -EIO ||
	       vm_ioctl(fd, ARM_VCPU_SET_REG, &reg) != -EIO ||
	       vm_ioctl(fd, ARM_VCPU_LIST_REGS, &list) != -EIO ||
	       vm_ioctl(fd, ARM_VCPU_INJECT, &inject) != -EIO ||
	       vm_ioctl(fd, ARM_VCPU_SET_DEBUG, &debug) != -EIO ||
	       vm_ioctl(fd, ARM_VCPU_GET_POWER, &power) != -EIO ||
	       vm_ioctl(fd, ARM_VCPU_SET_POWER, &power) != -EIO;
}

/* All commands, from a process that doesn't own the VM */
static int stranger(FIXTURE_DATA(files) *self)
{
	struct arm_vcpu_smccc_filter filter = { .size = sizeof(filter), .count = 1 };
	struct arm_vcpu_info info;
	struct vm *vm = &self->vm;
	int wrong = 0;

	wrong |= vm_configure(vm->fd, 0, 0) != -EIO ||
		 vm_ioctl(vm->fd, ARM_VCPU_SET_SMCCC_FILTER, &filter) != -EIO;
	wrong |= (vm_memory(vm->fd, 0, 0, page_size(), vm->ram) != -EIO) << 1;
	wrong |= (vm_memory(vm->fd, 0, GUEST_RAM, 0, NULL) != -EIO) << 2;
	wrong |= (vm_vcpu(vm->fd, 5) != -EIO) << 3;
	wrong |= (vcpu_set_entry(self->vcpu, 0, 0, 0, 0, 0) != -EIO) << 4;
	wrong |= (vcpu_run(self->vcpu) != -EIO || commands_at_rest(self->vcpu->fd)) << 5;
	wrong |= (map(self, self->size, PROT_READ, MAP_SHARED, 0) != MAP_FAILED) << 6;
	wrong |= (vm_info(vm->fd, &info) || vm_kick(self->vcpu->fd) || vm_kick(vm->fd) ||
		  close(self->vcpu->fd) || close(vm->fd)) << 7;
	return wrong;
}

TEST_F(files, another_address_space_has_info_kick_and_close_only)
{
	vcpu_enter(self->vcpu, guest_hvc, 0, 0);
	EXPECT_EQ(0, in_child(stranger, self));
	vcpu_expect(self->vcpu, KICKED);	/* by the child */
	vcpu_expect_call(self->vcpu, CALL_SYNC);
}

/* A launcher opens the VM, a child makes it its own */
static int own(FIXTURE_DATA(files) *self)
{
	struct vm vm = { .fd = self->vm.fd };
	struct vcpu *vcpu;

	if (vm_configure(vm.fd, 0, 0))
		return 1;
	vm.ram = self->vm.ram;
	if (vm_memory(vm.fd, 0, GUEST_RAM, GUEST_RAM_SIZE, vm.ram))
		return 2;
	vcpu = vcpu_create(&vm);
	vcpu_enter(vcpu, guest_hvc, 0, 0);
	vcpu_expect_call(vcpu, CALL_SYNC);
	return 0;
}

TEST_F(files, an_open_vm_can_be_passed_to_a_child_that_then_owns_it)
{
	struct arm_vcpu_info info;
	int mine = self->vm.fd;

	self->vm.fd = vm_open();
	ASSERT_EQ(0, vm_info(self->vm.fd, &info));	/* doesn't bind it */
	ASSERT_EQ(0, vm_kick(self->vm.fd));
	EXPECT_EQ(0, in_child(own, self));
	/* The owner is dead, and so is the VM */
	EXPECT_EQ(-EIO, vm_configure(self->vm.fd, 0, 0));
	EXPECT_EQ(-EIO, vm_memory(self->vm.fd, 0, GUEST_RAM, page_size(), self->vm.ram));
	EXPECT_EQ(-EIO, vm_vcpu(self->vm.fd, 9));
	EXPECT_EQ(0, vm_info(self->vm.fd, &info));
	EXPECT_EQ(0, vm_kick(self->vm.fd));
	close(self->vm.fd);
	self->vm.fd = mine;
}

static int fail_all(FIXTURE_DATA(files) *self)
{
	int fd = self->vm.fd;

	return vm_configure(fd, 3, 0) != -EINVAL || vm_configure(fd, 0, 1UL << 63) != -EOPNOTSUPP ||
	       vm_memory(fd, 0, 1, page_size(), self->vm.ram) != -EINVAL ||
	       vm_memory(fd, 0, GUEST_RAM, 0, NULL) != -ENOENT ||
	       vm_vcpu(fd, 1UL << 31) != -EINVAL;
}

TEST_F(files, commands_that_fail_dont_make_the_vm_the_callers)
{
	int mine = self->vm.fd, vcpu;

	self->vm.fd = vm_open();
	EXPECT_EQ(0, in_child(fail_all, self));
	vcpu = vm_vcpu(self->vm.fd, 0);
	EXPECT_LE(0, vcpu);
	close(vcpu);
	close(self->vm.fd);
	self->vm.fd = mine;
}

static int die_running(FIXTURE_DATA(files) *self)
{
	struct vm vm;
	int i;

	(void)self;
	vm_create(&vm);
	for (i = 0; i < 4; i++) {
		vcpu_enter(vcpu_create(&vm), guest_spin, 0, 0);
		vcpu_start(&vm.vcpus[i]);
	}
	sleep_ms(50);
	kill(getpid(), SIGKILL);
	return 0;
}

TEST_F(files, nothing_stays_of_a_process_killed_with_running_vcpus)
{
	int users = module_users();

	EXPECT_EQ(256 + SIGKILL, in_child(die_running, self));
	EXPECT_TRUE(wait_for(module_users() == users));
}

static int exit_running(FIXTURE_DATA(files) *self)
{
	struct vm vm;

	(void)self;
	vm_create(&vm);
	vcpu_enter(vcpu_create(&vm), guest_spin, 0, 0);
	vcpu_start(&vm.vcpus[0]);
	sleep_ms(20);
	execl("/bin/true", "true", NULL);
	return 7;
}

TEST_F(files, nothing_stays_of_a_process_that_execs_with_running_vcpus)
{
	int users = module_users();

	EXPECT_GT(2, in_child(exit_running, self));
	EXPECT_TRUE(wait_for(module_users() == users));
}

static long meminfo(const char *key)
{
	char line[128], name[64];
	FILE *file = fopen("/proc/meminfo", "r");
	long value, found = -1;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%63[^:]: %ld", name, &value) == 2 && !strcmp(name, key))
			found = value;
	}
	if (file)
		fclose(file);
	return found;
}

static long open_files(void)
{
	FILE *file = fopen("/proc/sys/fs/file-nr", "r");
	long n = -1;

	if (file && fscanf(file, "%ld", &n) != 1)
		n = -1;
	if (file)
		fclose(file);
	return n;
}

static void one_life(void)
{
	struct vcpu *vcpu;
	struct vm vm;
	int i;

	vm_create(&vm);
	for (i = 0; i < 6; i++) {
		vcpu = vcpu_create(&vm);
		if (i > 1)
			continue;
		vcpu_enter(vcpu, guest_hvc, 0, 0);
		vcpu_expect_call(vcpu, CALL_SYNC);
	}
	vm_destroy(&vm);
}

/*
 * Two pages each of six vCPUs: 200 times that lost would be 9 MiB, and so would the tables. Linux
 * counts files by CPU, and each may keep 32 of either sign back: with two, both readings are out
 * by up to 64. A file lost in each life would be 200.
 */
TEST_F(files, nothing_leaks_in_hundreds_of_lives)
{
	long memory, files;
	int i, users;

	for (i = 0; i < 30; i++)
		one_life();
	users = module_users();
	memory = meminfo("MemFree");
	files = open_files();
	for (i = 0; i < 200; i++)
		one_life();
	EXPECT_EQ(users, module_users());
	EXPECT_TRUE(wait_for(open_files() <= files + 128));
	EXPECT_TRUE(wait_for(meminfo("MemFree") >= memory - 4 * 1024)) {
		TH_LOG("MemFree fell from %ld to %ld kB", memory, meminfo("MemFree"));
	}
}

TEST_HARNESS_MAIN
