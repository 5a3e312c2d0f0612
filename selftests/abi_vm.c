// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows the rules of a VM: what GET_INFO reports is true, when CONFIGURE is too late, which
 * regions and which MPIDRs there can be, and that their limits are the reported ones.
 */
#include <errno.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/resource.h>
#include "kselftest_harness.h"
#include "vm.h"

FIXTURE(vm) {
	int fd;
	struct arm_vcpu_info info;
	char *user;
	u64 page;
};

FIXTURE_SETUP(vm)
{
	self->fd = vm_open();
	ASSERT_EQ(0, vm_info(self->fd, &self->info));
	self->page = page_size();
	self->user = map_pages(16 * self->page);
}

FIXTURE_TEARDOWN(vm)
{
	close(self->fd);
}

static int set(FIXTURE_DATA(vm) *self, u64 gpa, u64 pages, u64 user_page)
{
	return vm_memory(self->fd, 0, gpa, pages * self->page,
			 self->user + user_page * self->page);
}

TEST_F(vm, info_describes_this_host)
{
	EXPECT_TRUE(self->info.el2_mode == ARM_VCPU_EL2_NVHE ||
		    self->info.el2_mode == ARM_VCPU_EL2_VHE);
	EXPECT_EQ(page_size(), self->info.page_size);
	EXPECT_EQ(read_sysreg(cntfrq_el0), self->info.timer_hz);
	EXPECT_LE(sizeof(struct arm_vcpu_run), self->info.run_size);
	EXPECT_EQ(0, self->info.run_size % self->info.page_size);
	EXPECT_LE(1, self->info.max_vcpus);
	EXPECT_LE(1, self->info.max_regions);
	EXPECT_LE(32, self->info.ipa_bits_min);
	EXPECT_LE(self->info.ipa_bits_min, self->info.ipa_bits_default);
	EXPECT_LE(self->info.ipa_bits_default, self->info.ipa_bits_max);
	EXPECT_LE(self->info.ipa_bits_max, 52);
	EXPECT_EQ(ARM_VCPU_RUN_NO_ENTER | ARM_VCPU_RUN_HALT | ARM_VCPU_RUN_EXTERNAL_INTERRUPT,
		  self->info.run_flags);
	EXPECT_EQ(ARM_VCPU_LINE_IRQ | ARM_VCPU_LINE_FIQ, self->info.lines);
	EXPECT_EQ(ARM_VCPU_MEMORY_READONLY | ARM_VCPU_MEMORY_LOG_DIRTY,
		  self->info.memory_flags);
	EXPECT_EQ(ARM_VCPU_INJECT_SERROR, self->info.inject_flags);
	EXPECT_EQ(ARM_VCPU_DEBUG_BRK | ARM_VCPU_DEBUG_STEP | ARM_VCPU_DEBUG_POINTS,
		  self->info.debug_flags);
	EXPECT_LE(2, self->info.breakpoints);
	EXPECT_LE(2, self->info.watchpoints);
	/* What the host's interrupt controller decides: send_ipi.c, vgic.c, gic_setup.c */
	EXPECT_EQ(ARM_VCPU_CONFIG_SYSREG_EXITS | ARM_VCPU_CONFIG_SMCCC | ARM_VCPU_CONFIG_PSCI |
		  ARM_VCPU_CONFIG_NO_PAUTH,
		  self->info.config_flags &
		  ~(ARM_VCPU_CONFIG_SGI_EXITS | ARM_VCPU_CONFIG_VGIC | ARM_VCPU_CONFIG_GIC));
}

/* The kernel's log says it, as long as it goes back to the boot */
TEST_F(vm, info_tells_vhe_from_nvhe)
{
	static char log[4 << 20];
	int length = klogctl(3 /* SYSLOG_ACTION_READ_ALL */, log, sizeof(log) - 1);
	bool vhe;

	ASSERT_LT(0, length);
	vhe = strstr(log, "Virtualization Host Extensions") || strstr(log, " VHE mode");
	if (vhe || strstr(log, "Booting Linux on physical CPU"))
		EXPECT_EQ(vhe ? ARM_VCPU_EL2_VHE : ARM_VCPU_EL2_NVHE, self->info.el2_mode);
}

TEST_F(vm, configure_takes_the_reported_ipa_sizes_only)
{
	u32 bits;

	for (bits = 1; bits < 100; bits++)
		EXPECT_EQ(bits < self->info.ipa_bits_min || bits > self->info.ipa_bits_max ?
			  -EINVAL : 0, vm_configure(self->fd, bits, 0)) TH_LOG("%u", bits);
	EXPECT_EQ(-EINVAL, vm_configure(self->fd, 0xffffffff, 0));
	EXPECT_EQ(0, vm_configure(self->fd, 0, 0));
}

TEST_F(vm, configure_replaces_the_one_before)
{
	u64 beyond = 1UL << self->info.ipa_bits_min;

	ASSERT_EQ(0, vm_configure(self->fd, self->info.ipa_bits_min, 0));
	ASSERT_EQ(0, vm_configure(self->fd, self->info.ipa_bits_max, 0));
	if (self->info.ipa_bits_max > self->info.ipa_bits_min)
		EXPECT_EQ(0, set(self, beyond, 1, 0));
}

TEST_F(vm, configure_is_too_late_after_a_region)
{
	ASSERT_EQ(0, set(self, GUEST_RAM, 1, 0));
	EXPECT_EQ(-EBUSY, vm_configure(self->fd, 0, 0));
}

TEST_F(vm, configure_is_too_late_after_a_vcpu)
{
	ASSERT_LE(0, vm_vcpu(self->fd, 0));
	EXPECT_EQ(-EBUSY, vm_configure(self->fd, 0, 0));
}

TEST_F(vm, failed_commands_leave_configure_possible)
{
	ASSERT_EQ(-EINVAL, set(self, GUEST_RAM + 1, 1, 0));
	ASSERT_EQ(-EINVAL, vm_vcpu(self->fd, 1UL << 31));
	EXPECT_EQ(0, vm_configure(self->fd, 0, 0));
}

TEST_F(vm, regions_are_aligned_to_pages)
{
	u64 page = self->page;

	EXPECT_EQ(-EINVAL, vm_memory(self->fd, 0, GUEST_RAM + 1, page, self->user));
	EXPECT_EQ(-EINVAL, vm_memory(self->fd, 0, GUEST_RAM + page / 2, page, self->user));
	EXPECT_EQ(-EINVAL, vm_memory(self->fd, 0, GUEST_RAM, page + 1, self->user));
	EXPECT_EQ(-EINVAL, vm_memory(self->fd, 0, GUEST_RAM, page / 2, self->user));
	EXPECT_EQ(-EINVAL, vm_memory(self->fd, 0, GUEST_RAM, page, self->user + 8));
	EXPECT_EQ(0, vm_memory(self->fd, 0, GUEST_RAM, page, self->user));
}

TEST_F(vm, regions_end_inside_the_ipa_size)
{
	u64 page = self->page, end = 1UL << self->info.ipa_bits_default;

	EXPECT_EQ(-EINVAL, set(self, end, 1, 0));
	EXPECT_EQ(-EINVAL, set(self, end - page, 2, 0));
	EXPECT_EQ(-EINVAL, set(self, 0UL - page, 1, 0));
	EXPECT_EQ(-EINVAL, set(self, 0UL - page, 2, 0));
	EXPECT_EQ(-EINVAL, vm_memory(self->fd, 0, page, 0UL - page, self->user));
	EXPECT_EQ(-EINVAL, vm_memory(self->fd, 0, 2 * page, 0UL - page, self->user));
	EXPECT_EQ(0, set(self, end - page, 1, 0));
	EXPECT_EQ(0, set(self, 0, 1, 0));
}

TEST_F(vm, regions_lie_in_user_memory)
{
	u64 page = self->page;

	EXPECT_EQ(-EINVAL, vm_memory(self->fd, 0, GUEST_RAM, page, (void *)(0UL - page)));
	EXPECT_EQ(-EINVAL, vm_memory(self->fd, 0, GUEST_RAM, page, (void *)(0xffffUL << 48)));
	EXPECT_EQ(-EINVAL, vm_memory(self->fd, 0, GUEST_RAM, page, (void *)(1UL << 55)));
	EXPECT_EQ(-EINVAL, vm_memory(self->fd, 0, GUEST_RAM, 1UL << 32,
				     (void *)(0UL - (1UL << 31))));
}

TEST_F(vm, regions_dont_overlap)
{
	u64 page = self->page, base = GUEST_RAM + 4 * page;

	ASSERT_EQ(0, set(self, base, 4, 0));
	EXPECT_EQ(-EEXIST, set(self, base, 4, 0));		/* the same */
	EXPECT_EQ(-EEXIST, set(self, base, 1, 8));		/* its head */
	EXPECT_EQ(-EEXIST, set(self, base + page, 2, 8));	/* inside */
	EXPECT_EQ(-EEXIST, set(self, base + 3 * page, 4, 8));	/* over its end */
	EXPECT_EQ(-EEXIST, set(self, base - 3 * page, 4, 8));	/* over its beginning */
	EXPECT_EQ(-EEXIST, set(self, base - page, 6, 8));	/* around it */
	EXPECT_EQ(0, set(self, base - 4 * page, 4, 8));		/* up to it */
	EXPECT_EQ(0, set(self, base + 4 * page, 4, 8));		/* right after it */
}

TEST_F(vm, a_region_is_taken_away_by_where_it_begins)
{
	u64 page = self->page;

	EXPECT_EQ(-ENOENT, set(self, GUEST_RAM, 0, 0));
	ASSERT_EQ(0, set(self, GUEST_RAM, 4, 0));
	EXPECT_EQ(-ENOENT, set(self, GUEST_RAM + page, 0, 0));
	EXPECT_EQ(-ENOENT, set(self, GUEST_RAM - page, 0, 0));
	EXPECT_EQ(0, set(self, GUEST_RAM, 0, 0));
	EXPECT_EQ(-ENOENT, set(self, GUEST_RAM, 0, 0));
	EXPECT_EQ(0, set(self, GUEST_RAM + page, 4, 0));
}

TEST_F(vm, regions_are_limited_to_what_info_says)
{
	u32 i;

	for (i = 0; i < self->info.max_regions; i++)
		ASSERT_EQ(0, set(self, GUEST_RAM + 2 * i * self->page, 1, 0)) TH_LOG("%u", i);
	EXPECT_EQ(-ENOSPC, set(self, GUEST_RAM + 2 * i * self->page, 1, 0));
	EXPECT_EQ(0, set(self, GUEST_RAM, 0, 0));
	EXPECT_EQ(0, set(self, GUEST_RAM + 2 * i * self->page, 1, 0));
}

TEST_F(vm, an_mpidr_is_taken_once)
{
	int a = vm_vcpu(self->fd, 0x102), b = vm_vcpu(self->fd, 0x201);

	ASSERT_LE(0, a);
	ASSERT_LE(0, b);
	EXPECT_EQ(-EEXIST, vm_vcpu(self->fd, 0x102));
	EXPECT_EQ(-EEXIST, vm_vcpu(self->fd, 0x201));
	close(a);
	EXPECT_LE(0, vm_vcpu(self->fd, 0x102));
}

TEST_F(vm, an_mpidr_has_affinity_fields_only)
{
	u64 affinity = 0xff00ffffffUL;
	int bit, ret;

	for (bit = 0; bit < 64; bit++) {
		ret = vm_vcpu(self->fd, 1UL << bit);
		if (affinity & 1UL << bit) {
			EXPECT_LE(0, ret) TH_LOG("bit %d", bit);
		} else {
			EXPECT_EQ(-EINVAL, ret) TH_LOG("bit %d", bit);
		}
	}
}

GUEST_ASM(guest_mpidr, "mrs x0, mpidr_el1\n hvc #1\n b .");

TEST(the_guest_reads_its_mpidr)
{
	static const u64 values[] = { 0, 1, 0x30201, 0xff00ffffffUL };
	struct vm vm;
	u32 i;

	vm_create(&vm);
	for (i = 0; i < ARRAY_SIZE(values); i++) {
		struct vcpu vcpu = { .vm = &vm, .fd = vm_vcpu(vm.fd, values[i]) };

		ASSERT_LE(0, vcpu.fd);
		vcpu.run = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED,
				vcpu.fd, 0);
		vcpu_enter(&vcpu, guest_mpidr, 0, 0);
		vcpu_expect_call(&vcpu, 1);
		EXPECT_EQ(values[i] | 1UL << 31, vcpu.run->x[0]);
	}
}

TEST_F(vm, vcpus_are_limited_to_what_info_says)
{
	struct rlimit limit = { 8192, 8192 };
	u32 i, max = self->info.max_vcpus;
	int first = -1, fd;

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	for (i = 0; i < max; i++) {
		fd = vm_vcpu(self->fd, (i & 0xff) | (i >> 8) << 8);
		ASSERT_LE(0, fd) TH_LOG("vCPU %u", i);
		if (first < 0)
			first = fd;
	}
	EXPECT_EQ(-ENOSPC, vm_vcpu(self->fd, 0xff00000000UL));
	close(first);
	EXPECT_LE(0, vm_vcpu(self->fd, 0));
}

TEST_F(vm, many_can_exist_at_once_or_the_last_vmid_is_reached)
{
	struct rlimit limit = { 4096, 4096 };
	int fds[300], i, n, ret = 0;

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	for (n = 0; n < 300; n++) {
		fds[n] = vm_open();
		ret = vm_memory(fds[n], 0, GUEST_RAM, self->page, self->user);
		if (ret)
			break;
	}
	EXPECT_TRUE(ret == 0 || ret == -ENOSPC);
	EXPECT_LE(100, n);
	if (ret) {
		/* One that couldn't become a VM can, as soon as another is gone */
		EXPECT_EQ(-ENOSPC, vm_configure(fds[n], 0, 0));
		EXPECT_EQ(-ENOSPC, vm_vcpu(fds[n], 0));
		close(fds[0]);
		fds[0] = fds[n];
		EXPECT_EQ(0, vm_memory(fds[0], 0, GUEST_RAM, self->page, self->user));
		EXPECT_LE(0, vm_vcpu(fds[0], 0));
	}
	for (i = 0; i < n; i++)
		close(fds[i]);
	EXPECT_EQ(0, set(self, GUEST_RAM, 1, 0));
}

TEST_F(vm, a_descriptor_shortage_is_emfile)
{
	struct rlimit limit = { (rlim_t)self->fd + 1, (rlim_t)self->fd + 1 };

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	EXPECT_EQ(-EMFILE, vm_vcpu(self->fd, 0));
	EXPECT_EQ(-EMFILE, vm_vcpu(self->fd, 0));	/* the mpidr is free still */
	limit.rlim_cur = 64;
	setrlimit(RLIMIT_NOFILE, &limit);
}

TEST_HARNESS_MAIN
