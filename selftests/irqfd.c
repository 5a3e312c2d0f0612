// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows IRQFD: eventfds that are edges or levels of the kernel's GIC, when somebody is told of a
 * level's end, what is refused, and what becomes of one that is closed.
 */
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include "kselftest_harness.h"
#include "eventfds.h"
#include "gic_vm.h"

#define SPI		40U
#define OTHER		77U
#define PPI		20U

TEST(without_a_gic_there_are_no_interrupts)
{
	struct vm vm = { .fd = vm_open() };
	struct arm_vcpu_info info;
	int fd = event_new();

	ASSERT_EQ(0, vm_info(vm.fd, &info));
	EXPECT_EQ(ARM_VCPU_IRQFD_REMOVE | ARM_VCPU_IRQFD_RESAMPLE | ARM_VCPU_IRQFD_MSI,
		  info.irqfd_flags);
	EXPECT_EQ(-ENODEV, irqfd_add(&vm, fd, SPI));
	EXPECT_EQ(-ENODEV, irqfd_add_level(&vm, fd, SPI, fd));
	EXPECT_EQ(-ENOENT, irqfd_remove(&vm, fd, SPI));
	/* Set up, but for SET_GIC */
	EXPECT_EQ(0, vm_configure(vm.fd, 0, info.config_flags & ARM_VCPU_CONFIG_GIC));
	EXPECT_EQ(-ENODEV, irqfd_add(&vm, fd, SPI));
	close(vm.fd);
	close(fd);
}

FIXTURE(irqfd) {
	struct vm vm;
	struct vcpu *vcpu;
	int fd;
	int resample;
};

FIXTURE_SETUP(irqfd)
{
	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	gic_vm(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	gic_serve(self->vcpu);
	gic_write32(self->vcpu, GIC_DIST + GICD_CTLR, 3);
	gic_enable(self->vcpu, SPI, 0x80);
	self->fd = event_new();
	self->resample = event_new();
}

FIXTURE_TEARDOWN(irqfd)
{
	if (self->vcpu)
		vm_destroy(&self->vm);
}

#define comes(intid)		gic_comes(self->vcpu, intid, 0x80)
#define takes(intid)		gic_taken(self->vcpu, intid, 0x80)
/* What tells of the end comes some time after the instruction that is one */
#define ends(intid) do {							\
	gic_ended(self->vcpu, intid, RPR_IDLE);					\
	gic_idle(self->vcpu);							\
} while (0)
/* Nothing comes */
#define EXPECT_IDLE() do {							\
	gic_idle(self->vcpu);							\
	gic_idle(self->vcpu);							\
} while (0)

TEST_F(irqfd, arguments)
{
	struct vm *vm = &self->vm;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), bit;
	struct arm_vcpu_irqfd arg = { .size = sizeof(arg), .intid = PPI, .fd = self->fd };
	u32 id;

	for (bit = 3; bit < 64; bit++)
		EXPECT_EQ(-EOPNOTSUPP, irqfd(vm, 1UL << bit, self->fd, SPI, 0));
	for (id = 0; id < 1200; id++) {
		bool there = id >= 16 && id < GIC_SPI + GIC_SPIS && id != 27 && id != 30;

		EXPECT_EQ(there ? 0 : -EINVAL, irqfd_add(vm, self->fd, id)) TH_LOG("%u", id);
		if (there)
			EXPECT_EQ(0, irqfd_remove(vm, self->fd, id)) TH_LOG("%u", id);
	}
	EXPECT_EQ(-EBADF, irqfd_add(vm, -1, SPI));
	EXPECT_EQ(-EBADF, irqfd_add(vm, 1 << 20, SPI));
	EXPECT_EQ(-EINVAL, irqfd_add(vm, null, SPI));
	EXPECT_EQ(-EBADF, irqfd_remove(vm, -1, SPI));
	EXPECT_EQ(-EINVAL, irqfd_remove(vm, null, SPI));
	EXPECT_EQ(-EBADF, irqfd_add_level(vm, self->fd, SPI, -1));
	EXPECT_EQ(-EINVAL, irqfd_add_level(vm, self->fd, SPI, null));
	EXPECT_EQ(-EINVAL, irqfd_add_level(vm, self->fd, PPI, self->resample));
	EXPECT_EQ(-EINVAL, irqfd(vm, 0, self->fd, SPI, self->resample));
	EXPECT_EQ(-EINVAL, irqfd(vm, ARM_VCPU_IRQFD_REMOVE | ARM_VCPU_IRQFD_RESAMPLE, self->fd, SPI,
				 self->resample));
	/* Whose PPI */
	arg.mpidr = 5;
	EXPECT_EQ(-ENOENT, vm_ioctl(vm->fd, ARM_VCPU_IRQFD, &arg));
	arg.mpidr = 1UL << 24;
	EXPECT_EQ(-EINVAL, vm_ioctl(vm->fd, ARM_VCPU_IRQFD, &arg));
	arg.mpidr = 1;
	arg.intid = SPI;
	EXPECT_EQ(-EINVAL, vm_ioctl(vm->fd, ARM_VCPU_IRQFD, &arg));
	EXPECT_EQ(-EFAULT, vm_ioctl(vm->fd, ARM_VCPU_IRQFD, NULL));
	/* Nothing of all this is left */
	EXPECT_EQ(0, irqfd_add(vm, self->fd, SPI));
	close(null);
}

TEST_F(irqfd, one_for_an_eventfd)
{
	struct vm *vm = &self->vm;
	int again = dup(self->fd);

	ASSERT_EQ(0, irqfd_add(vm, self->fd, SPI));
	EXPECT_EQ(-EEXIST, irqfd_add(vm, self->fd, SPI));
	EXPECT_EQ(-EEXIST, irqfd_add(vm, again, OTHER));
	EXPECT_EQ(-EEXIST, irqfd_add_level(vm, self->fd, OTHER, self->resample));
	EXPECT_EQ(-ENOENT, irqfd_remove(vm, self->fd, OTHER));
	EXPECT_EQ(-ENOENT, irqfd_remove(vm, self->resample, SPI));
	EXPECT_EQ(0, irqfd_remove(vm, again, SPI));
	EXPECT_EQ(-ENOENT, irqfd_remove(vm, self->fd, SPI));
	close(again);
}

TEST_F(irqfd, belongs_to_the_address_space)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(irqfd_add(&self->vm, self->fd, SPI) != -EIO);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(irqfd, a_signal_is_an_edge)
{
	int i;

	gic_make_edge(self->vcpu, SPI);
	ASSERT_EQ(0, irqfd_add(&self->vm, self->fd, SPI));
	EXPECT_IDLE();
	for (i = 0; i < 3; i++) {
		event_signal(self->fd);
		comes(SPI);
		EXPECT_IDLE();
	}
	/* The kernel has read them */
	EXPECT_EQ(0, event_count(self->fd));
	/* Two before the guest looks are one, and one behind an active one comes after it */
	event_signal(self->fd);
	event_signal(self->fd);
	takes(SPI);
	event_signal(self->fd);
	gic_ended(self->vcpu, SPI, RPR_IDLE);
	comes(SPI);
	EXPECT_IDLE();
	ASSERT_EQ(0, irqfd_remove(&self->vm, self->fd, SPI));
	event_signal(self->fd);
	EXPECT_IDLE();
	EXPECT_EQ(1, event_count(self->fd));
}

/* It needs no fall before it */
TEST_F(irqfd, an_edge_on_a_line_that_is_up)
{
	gic_make_edge(self->vcpu, SPI);
	ASSERT_EQ(0, irqfd_add(&self->vm, self->fd, SPI));
	gic_line(&self->vm, SPI, 1);
	comes(SPI);
	event_signal(self->fd);
	comes(SPI);
	EXPECT_IDLE();
}

TEST_F(irqfd, a_signal_from_before_counts_once)
{
	gic_make_edge(self->vcpu, SPI);
	event_signal(self->fd);
	event_signal(self->fd);
	ASSERT_EQ(0, irqfd_add(&self->vm, self->fd, SPI));
	EXPECT_EQ(0, event_count(self->fd));
	comes(SPI);
	EXPECT_IDLE();
}

TEST_F(irqfd, an_edge_is_nothing_to_a_level)
{
	ASSERT_EQ(0, irqfd_add(&self->vm, self->fd, SPI));
	event_signal(self->fd);
	EXPECT_IDLE();
	EXPECT_EQ(0, gic_get(self->vcpu, GIC_ISPENDR, SPI));
}

TEST_F(irqfd, an_edge_of_a_ppi)
{
	struct arm_vcpu_irqfd arg = {
		.size = sizeof(arg), .intid = PPI, .fd = self->fd, .mpidr = 1,
	};
	struct vcpu *other = vcpu_create(&self->vm);

	gic_serve(other);
	gic_make_edge(other, PPI);
	gic_enable(other, PPI, 0x80);
	gic_make_edge(self->vcpu, PPI);
	gic_enable(self->vcpu, PPI, 0x80);
	ASSERT_EQ(0, vm_ioctl(self->vm.fd, ARM_VCPU_IRQFD, &arg));
	event_signal(self->fd);
	gic_comes(other, PPI, 0x80);
	gic_idle(other);
	EXPECT_IDLE();
	arg.flags = ARM_VCPU_IRQFD_REMOVE;
	arg.mpidr = 0;
	EXPECT_EQ(-ENOENT, vm_ioctl(self->vm.fd, ARM_VCPU_IRQFD, &arg));
	arg.mpidr = 1;
	EXPECT_EQ(0, vm_ioctl(self->vm.fd, ARM_VCPU_IRQFD, &arg));
}

TEST_F(irqfd, a_level_falls_at_its_end)
{
	int i;

	ASSERT_EQ(0, irqfd_add_level(&self->vm, self->fd, SPI, self->resample));
	EXPECT_IDLE();
	for (i = 0; i < 3; i++) {
		event_signal(self->fd);
		takes(SPI);
		EXPECT_EQ(0, event_count(self->resample));
		/* It is up already */
		event_signal(self->fd);
		ends(SPI);
		EXPECT_EQ(1, event_count(self->resample));
		EXPECT_IDLE();
	}
	/* A device that still wants it */
	event_signal(self->fd);
	for (i = 0; i < 5; i++) {
		takes(SPI);
		ends(SPI);
		ASSERT_EQ(1, event_count(self->resample));
		event_signal(self->fd);
	}
	comes(SPI);
	EXPECT_IDLE();
	EXPECT_EQ(1, event_count(self->resample));
}

TEST_F(irqfd, the_end_of_an_edge_is_told_too)
{
	int i;

	gic_make_edge(self->vcpu, SPI);
	ASSERT_EQ(0, irqfd_add_level(&self->vm, self->fd, SPI, self->resample));
	for (i = 0; i < 3; i++) {
		event_signal(self->fd);
		takes(SPI);
		ends(SPI);
		EXPECT_EQ(1, event_count(self->resample));
		EXPECT_IDLE();
	}
}

/* Priority drop is no end */
static u64 __guest guest_splits(u64 mask, u64 groups)
{
	write_sysreg(ICC_CTLR_EOIMODE, ICC_CTLR);
	return guest_serves(mask, groups);
}

TEST_F(irqfd, with_eoimode_1_it_ends_when_it_is_deactivated)
{
	vcpu_call(self->vcpu, guest_splits, 0xff, GROUP1);
	gic_idle(self->vcpu);
	ASSERT_EQ(0, irqfd_add_level(&self->vm, self->fd, SPI, self->resample));
	event_signal(self->fd);
	takes(SPI);
	vgic_expect(self->vcpu, CALL_DROPPED, SPI, VECTOR_IRQ, RPR_IDLE);
	EXPECT_EQ(0, event_count(self->resample));
	ends(SPI);
	EXPECT_EQ(1, event_count(self->resample));
	EXPECT_IDLE();
}

/* By the distributor: the guest's handler never comes to its end */
TEST_F(irqfd, deactivated_by_a_register)
{
	ASSERT_EQ(0, irqfd_add_level(&self->vm, self->fd, SPI, self->resample));
	event_signal(self->fd);
	takes(SPI);
	gic_serve(self->vcpu);
	EXPECT_EQ(1, gic_get(self->vcpu, GIC_ISACTIVER, SPI));
	EXPECT_EQ(0, event_count(self->resample));
	gic_set(self->vcpu, GIC_ICACTIVER, SPI);
	EXPECT_EQ(1, event_count(self->resample));
	EXPECT_EQ(0, gic_get(self->vcpu, GIC_ISPENDR, SPI));
}

TEST_F(irqfd, several_share_a_line_and_its_end)
{
	int fd = event_new(), resample = event_new(), edge = event_new();

	ASSERT_EQ(0, irqfd_add_level(&self->vm, self->fd, SPI, self->resample));
	ASSERT_EQ(0, irqfd_add_level(&self->vm, fd, SPI, resample));
	ASSERT_EQ(0, irqfd_add(&self->vm, edge, SPI));
	event_signal(self->fd);
	event_signal(fd);
	takes(SPI);
	ends(SPI);
	EXPECT_EQ(1, event_count(self->resample));
	EXPECT_EQ(1, event_count(resample));
	EXPECT_IDLE();
	event_signal(fd);
	takes(SPI);
	ends(SPI);
	EXPECT_EQ(1, event_count(self->resample));
	EXPECT_EQ(1, event_count(resample));
	/* One goes, and the other has the line */
	event_signal(self->fd);
	ASSERT_EQ(0, irqfd_remove(&self->vm, self->fd, SPI));
	takes(SPI);
	ends(SPI);
	EXPECT_EQ(0, event_count(self->resample));
	EXPECT_EQ(1, event_count(resample));
	/* With the last one it falls */
	event_signal(fd);
	ASSERT_EQ(0, irqfd_remove(&self->vm, fd, SPI));
	EXPECT_IDLE();
	EXPECT_EQ(0, event_count(resample));
	/* From then on it stays up as long as SET_IRQ says */
	gic_line(&self->vm, SPI, 1);
	comes(SPI);
	comes(SPI);
}

TEST_F(irqfd, set_gic_lets_the_line_fall)
{
	struct arm_vcpu_gic_setup setup = gic_setup(GIC_SPIS, MAX_VCPUS);

	ASSERT_EQ(0, irqfd_add_level(&self->vm, self->fd, SPI, self->resample));
	event_signal(self->fd);
	ASSERT_EQ(0, gic_place(&self->vm, &setup));
	EXPECT_EQ(1, event_count(self->resample));
	/* It is there as before, if the SPI is */
	gic_serve(self->vcpu);
	gic_write32(self->vcpu, GIC_DIST + GICD_CTLR, 3);
	gic_enable(self->vcpu, SPI, 0x80);
	EXPECT_IDLE();
	event_signal(self->fd);
	takes(SPI);
	ends(SPI);
	EXPECT_EQ(1, event_count(self->resample));
	setup.spis = 0;
	ASSERT_EQ(0, gic_place(&self->vm, &setup));
	event_signal(self->fd);
	EXPECT_EQ(0, event_count(self->fd));
	EXPECT_EQ(0, event_count(self->resample));
	EXPECT_EQ(0, irqfd_remove(&self->vm, self->fd, SPI));
}

TEST_F(irqfd, as_many_as_get_info_says)
{
	struct rlimit limit = { 8192, 8192 };
	struct arm_vcpu_info info;
	static int fds[8192];
	u32 i;

	ASSERT_EQ(0, vm_info(self->vm.fd, &info));
	ASSERT_LE(1024, info.max_irqfds);
	ASSERT_GT(8000, info.max_irqfds);
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	for (i = 0; i <= info.max_irqfds; i++)
		fds[i] = event_new();
	for (i = 0; i < info.max_irqfds; i++)
		ASSERT_EQ(0, irqfd_add(&self->vm, fds[i], GIC_SPI + i % GIC_SPIS));
	EXPECT_EQ(-ENOSPC, irqfd_add(&self->vm, fds[i], SPI));
	/* Of one that is closed, its place is free */
	close(fds[0]);
	EXPECT_TRUE(wait_for(irqfd_add(&self->vm, fds[i], SPI) != -ENOSPC));
}

TEST_F(irqfd, ends_with_the_last_descriptor)
{
	int again = dup(self->fd), number = event_number(self->fd);

	ASSERT_EQ(0, irqfd_add_level(&self->vm, self->fd, SPI, self->resample));
	close(self->fd);
	sleep_ms(20);
	event_signal(again);
	takes(SPI);
	ends(SPI);
	EXPECT_EQ(1, event_count(self->resample));
	/* The line falls with it */
	event_signal(again);
	close(again);
	EXPECT_TRUE(event_number_is_free(number));
	/* Whoever is at it is done then */
	EXPECT_EQ(-ENOENT, irqfd_remove(&self->vm, self->resample, SPI));
	EXPECT_IDLE();
	EXPECT_EQ(0, event_count(self->resample));
}

TEST_F(irqfd, ends_with_the_vm)
{
	struct arm_vcpu_gic_setup setup = gic_setup(GIC_SPIS, 1);
	int i;

	for (i = 0; i < 50; i++) {
		int fd = event_new(), resample = event_new(), number = event_number(fd);
		int second = event_number(resample);
		struct vm vm = { .fd = vm_open() };

		ASSERT_EQ(0, vm_configure(vm.fd, 0, ARM_VCPU_CONFIG_GIC));
		ASSERT_EQ(0, gic_place(&vm, &setup));
		ASSERT_EQ(0, irqfd_add_level(&vm, fd, SPI, resample));
		event_signal(fd);
		/* Any may be first */
		close(i % 3 == 0 ? vm.fd : i % 3 == 1 ? fd : resample);
		close(i % 3 == 0 ? fd : i % 3 == 1 ? resample : vm.fd);
		close(i % 3 == 0 ? resample : i % 3 == 1 ? vm.fd : fd);
		ASSERT_TRUE(event_number_is_free(number));
		fd = event_new();
		ASSERT_TRUE(event_number_is_free(second));
		close(fd);
	}
}

TEST_HARNESS_MAIN
