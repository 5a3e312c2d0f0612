// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows IRQFD with MSIs: what a signal is then, what is refused, and when it ends.
 */
#include <fcntl.h>
#include "eventfds.h"
#include "lpi.h"

/* The message of SEND(); tests change what they are about */
static struct arm_vcpu_irqfd message(int fd)
{
	return its_irqfd(fd, DEV, EVENT);
}

static int unset(struct vm *vm, struct arm_vcpu_irqfd arg)
{
	arg.flags |= ARM_VCPU_IRQFD_REMOVE;
	return irqfd_set(vm, arg);
}

/* irqfd_set() and unset() of the message with one thing changed */
#define WITH(how, what, value) ({						\
	struct arm_vcpu_irqfd arg_ = message(fd);				\
	arg_.what = (value);							\
	how(&self->vm, arg_);							\
})

TEST_F(lpi, arguments)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), fd = event_new();

	EXPECT_EQ(-EINVAL, WITH(irqfd_set, device, 0x10000));
	EXPECT_EQ(-EINVAL, WITH(irqfd_set, device, ~0U));
	EXPECT_EQ(-ENOENT, WITH(irqfd_set, addr, 0));
	EXPECT_EQ(-ENOENT, WITH(irqfd_set, addr, GITS_TRANSLATER + 4));
	EXPECT_EQ(-ENOENT, WITH(irqfd_set, addr, 1UL << 63 | GITS_TRANSLATER));
	/* It has no line, and no end */
	EXPECT_EQ(-EINVAL, WITH(irqfd_set, intid, 40));
	EXPECT_EQ(-EINVAL, WITH(irqfd_set, mpidr, 1));
	EXPECT_EQ(-EINVAL, WITH(irqfd_set, resample_fd, fd));
	EXPECT_EQ(-EINVAL, WITH(irqfd_set, flags, ARM_VCPU_IRQFD_MSI | ARM_VCPU_IRQFD_RESAMPLE));
	EXPECT_EQ(-EOPNOTSUPP, WITH(irqfd_set, flags, ARM_VCPU_IRQFD_MSI | 1UL << 3));
	/* Without the flag it is no message */
	EXPECT_EQ(-EINVAL, WITH(irqfd_set, flags, 0));
	EXPECT_EQ(-EINVAL, WITH(unset, intid, 40));
	EXPECT_EQ(-EINVAL, WITH(unset, mpidr, 1));
	EXPECT_EQ(-EBADF, WITH(irqfd_set, fd, -1));
	EXPECT_EQ(-EINVAL, WITH(irqfd_set, fd, null));
	/* Whatever the guest has mapped; nothing of the above is left */
	EXPECT_EQ(0, WITH(irqfd_set, device, 0xffff));
	EXPECT_EQ(0, WITH(unset, device, 0xffff));
	EXPECT_EQ(0, WITH(irqfd_set, data, ~0U));
	close(null);
	close(fd);
}

TEST(without_an_its_nothing_takes_it)
{
	struct vm vm = { .fd = vm_open() };
	struct arm_vcpu_gic_setup setup = gic_setup(GIC_SPIS, 1);
	int fd = event_new();

	EXPECT_EQ(-ENODEV, irqfd_set(&vm, message(fd)));
	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	ASSERT_EQ(0, vm_configure(vm.fd, 0, ARM_VCPU_CONFIG_GIC));
	EXPECT_EQ(-ENODEV, irqfd_set(&vm, message(fd)));
	ASSERT_EQ(0, gic_place(&vm, &setup));
	EXPECT_EQ(-ENOENT, irqfd_set(&vm, message(fd)));
	its_place(&vm);
	EXPECT_EQ(0, irqfd_set(&vm, message(fd)));
	close(vm.fd);
	close(fd);
}

TEST_F(lpi, one_for_an_eventfd)
{
	int fd = event_new(), again = dup(fd);
	struct arm_vcpu_irqfd arg = message(again);

	ASSERT_EQ(0, irqfd_set(&self->vm, message(fd)));
	EXPECT_EQ(-EEXIST, irqfd_set(&self->vm, message(fd)));
	EXPECT_EQ(-EEXIST, WITH(irqfd_set, data, OTHER));
	EXPECT_EQ(-EEXIST, irqfd_add(&self->vm, again, 40));
	/* What is taken away is what was added */
	EXPECT_EQ(-ENOENT, irqfd_remove(&self->vm, fd, 0));
	EXPECT_EQ(-ENOENT, irqfd_remove(&self->vm, fd, 40));
	EXPECT_EQ(-ENOENT, WITH(unset, data, OTHER));
	EXPECT_EQ(-ENOENT, WITH(unset, device, DEV + 1));
	EXPECT_EQ(-ENOENT, WITH(unset, addr, GITS_TRANSLATER + 4));
	EXPECT_EQ(0, unset(&self->vm, arg));
	EXPECT_EQ(-ENOENT, unset(&self->vm, message(fd)));
	close(again);
	close(fd);
}

TEST_F(lpi, a_signal_is_an_msi)
{
	int fd = event_new(), other = event_new(), i;
	struct arm_vcpu_irqfd second = message(other);

	its_configure(&self->vm, LPI + OTHER, LPI_ENABLED | 0x80);
	DO(ITS_MAPD(DEV + 1, ITS_ITT + 0x1000, 5),
	   ITS_MAPTI(DEV + 1, EVENT, LPI + OTHER, 2), ITS_SYNC(2));
	second.device = DEV + 1;
	ASSERT_EQ(0, irqfd_set(&self->vm, message(fd)));
	ASSERT_EQ(0, irqfd_set(&self->vm, second));
	for (i = 0; i < 3; i++) {
		event_signal(fd);
		COMES(1);
		EXPECT_IDLE(1);
		event_signal(other);
		gic_comes(self->vcpu[2], LPI + OTHER, 0x80);
		EXPECT_IDLE(2);
	}
	/* The kernel has read them */
	EXPECT_EQ(0, event_count(fd));
	EXPECT_EQ(0, event_count(other));
	/* Where the event is now */
	DO(ITS_MOVI(DEV, EVENT, 0), ITS_SYNC(0));
	event_signal(fd);
	COMES(0);
	EXPECT_IDLE(1);
	DO(ITS_DISCARD(DEV, EVENT), ITS_SYNC(0));
	event_signal(fd);
	EXPECT_IDLE(0);
	EXPECT_EQ(0, event_count(fd));
	close(other);
	close(fd);
}

/* A device with another message: what it signals in between is that one, once */
TEST_F(lpi, the_message_changes)
{
	int fd = event_new();

	its_configure(&self->vm, LPI + OTHER, LPI_ENABLED | 0x80);
	DO(ITS_MAPTI(DEV, OTHER, LPI + OTHER, 1), ITS_SYNC(1));
	ASSERT_EQ(0, irqfd_set(&self->vm, message(fd)));
	ASSERT_EQ(0, unset(&self->vm, message(fd)));
	event_signal(fd);
	event_signal(fd);
	EXPECT_IDLE(1);
	ASSERT_EQ(0, WITH(irqfd_set, data, OTHER));
	gic_comes(self->vcpu[1], LPI + OTHER, 0x80);
	EXPECT_IDLE(1);
	EXPECT_EQ(0, event_count(fd));
	close(fd);
}

/* It stays, and reaches nobody */
TEST_F(lpi, set_gic_takes_the_its_away)
{
	struct arm_vcpu_gic_setup setup = its_setup();
	int fd = event_new();

	ASSERT_EQ(0, irqfd_set(&self->vm, message(fd)));
	setup.its += 2 * GIC_ITS_SIZE;
	ASSERT_EQ(0, gic_place(&self->vm, &setup));
	event_signal(fd);
	EXPECT_EQ(0, event_count(fd));
	setup.flags = 0;
	setup.its = 0;
	ASSERT_EQ(0, gic_place(&self->vm, &setup));
	event_signal(fd);
	EXPECT_EQ(0, event_count(fd));
	EXPECT_EQ(-ENOENT, WITH(irqfd_set, fd, event_new()));
	EXPECT_EQ(0, unset(&self->vm, message(fd)));
	close(fd);
}

TEST_F(lpi, ends_with_the_last_descriptor)
{
	int fd = event_new(), again = dup(fd), number = event_number(fd);

	ASSERT_EQ(0, irqfd_set(&self->vm, message(fd)));
	close(fd);
	sleep_ms(20);
	event_signal(again);
	COMES(1);
	close(again);
	EXPECT_TRUE(event_number_is_free(number));
	EXPECT_IDLE(1);
}

TEST_HARNESS_MAIN
