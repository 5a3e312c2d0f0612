// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows KVM_IRQFD and KVM_SET_GSI_ROUTING: an eventfd interrupts by what its GSI leads to at the
 * time; that can be an SPI, whose end another eventfd is told of, an MSI, or nothing.
 */
#include <stdlib.h>
#include <unistd.h>
#include "kselftest_harness.h"
#include "eventfds.h"
#include "kvm_its.h"

#define GSI	9U		/* an SPI whose INTID is larger by 32, as long as nothing is said */
#define SPI	(32 + GSI)
#define MARK	(SPI + 39)	/* comes last, of 4 that are less urgent */
#define MAX	4096

FIXTURE(kvm_irqfd) {
	struct kvm kvm;
	struct kvm_vcpu vcpu;
	int gic;
	int its;
	int fd;
	int told;
};

FIXTURE_SETUP(kvm_irqfd)
{
	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	kvm_begin(&self->kvm);
	kvm_vcpu(&self->kvm, 0, 0, &self->vcpu);
	self->gic = kvm_gic_make(&self->kvm);
	self->its = kvm_its_make(&self->kvm);
	kvm_gic_enable(self->gic, 1);
	kvm_gic_make_edge(self->gic, SPI);
	kvm_gic_make_edge(self->gic, SPI + 1);
	kvm_set_dist(self->gic, GIC_IPRIORITYR + MARK, 0xf0f0f0f0);
	kvm_gic_listen(&self->kvm, &self->vcpu);
	self->fd = event_new();
	self->told = event_new();
}

FIXTURE_TEARDOWN(kvm_irqfd)
{
	if (!self->kvm.ram)
		return;
	close(self->told);
	close(self->fd);
	close(self->its);
	close(self->gic);
	kvm_end(&self->kvm);
}

static int irqfd_of(const struct kvm *kvm, int fd, u32 gsi, u32 flags, int resample)
{
	struct kvm_irqfd irqfd = {
		.fd = (u32)fd, .gsi = gsi, .flags = flags, .resamplefd = (u32)resample,
	};

	return vm_ioctl(kvm->fd, KVM_IRQFD, &irqfd);
}

#define assign(gsi)	irqfd_of(&self->kvm, self->fd, gsi, 0, 0)
#define deassign(gsi)	irqfd_of(&self->kvm, self->fd, gsi, KVM_IRQFD_FLAG_DEASSIGN, 0)
#define resample(gsi)	irqfd_of(&self->kvm, self->fd, gsi, KVM_IRQFD_FLAG_RESAMPLE, self->told)

static int set_routes(const struct kvm *kvm, u32 nr, const struct kvm_irq_routing_entry *entries)
{
	size_t size = nr * sizeof(*entries);
	struct kvm_irq_routing *routing = calloc(1, sizeof(*routing) + size);
	int ret;

	routing->nr = nr;
	memcpy(routing->entries, entries, size);
	ret = vm_ioctl(kvm->fd, KVM_SET_GSI_ROUTING, routing);
	free(routing);
	return ret;
}

static struct kvm_irq_routing_entry to_spi(u32 gsi, u32 pin)
{
	return (struct kvm_irq_routing_entry) {
		.gsi = gsi, .type = KVM_IRQ_ROUTING_IRQCHIP, .u.irqchip.pin = pin,
	};
}

static struct kvm_irq_routing_entry to_msi(u32 gsi)
{
	return (struct kvm_irq_routing_entry) {
		.gsi = gsi, .type = KVM_IRQ_ROUTING_MSI, .flags = KVM_MSI_VALID_DEVID,
		.u.msi = { .address_lo = GITS_TRANSLATER, .data = KVM_ITS_EVENT,
			   .devid = KVM_ITS_DEV },
	};
}

#define ROUTE(entry)	set_routes(&self->kvm, 1, (struct kvm_irq_routing_entry[]) { entry })

/* What else there was would come before */
#define EXPECT_NOTHING() do {						\
	EXPECT_EQ(0, kvm_spi(&self->kvm, MARK, 1));			\
	EXPECT_EQ(MARK, kvm_told(&self->vcpu));				\
	EXPECT_EQ(0, kvm_spi(&self->kvm, MARK, 0));			\
} while (0)

TEST_F(kvm_irqfd, what_is_wrong_with_one)
{
	struct kvm kvm;
	struct kvm_vcpu vcpu;
	int gic;

	EXPECT_EQ(-EINVAL, irqfd_of(&self->kvm, self->fd, GSI, 4, 0));
	EXPECT_EQ(-EBADF, irqfd_of(&self->kvm, -1, GSI, 0, 0));
	EXPECT_EQ(-EINVAL, irqfd_of(&self->kvm, self->gic, GSI, 0, 0));
	EXPECT_EQ(-EBADF, irqfd_of(&self->kvm, self->fd, GSI, KVM_IRQFD_FLAG_RESAMPLE, -1));
	EXPECT_EQ(0, assign(GSI));
	EXPECT_EQ(-EBUSY, assign(GSI));
	EXPECT_EQ(-EBUSY, assign(GSI + 1));
	EXPECT_EQ(0, deassign(GSI + 1));
	EXPECT_EQ(-EBUSY, assign(GSI));
	EXPECT_EQ(0, deassign(GSI));
	EXPECT_EQ(0, deassign(GSI));
	EXPECT_EQ(0, assign(GSI + 1));

	kvm_begin(&kvm);
	kvm_vcpu(&kvm, 0, 0, &vcpu);
	EXPECT_EQ(-EAGAIN, irqfd_of(&kvm, self->fd, GSI, 0, 0));
	gic = kvm_device(&kvm, KVM_DEV_TYPE_ARM_VGIC_V3, 0);
	EXPECT_EQ(-EAGAIN, irqfd_of(&kvm, self->fd, GSI, 0, 0));
	EXPECT_EQ(0, kvm_gic_init(gic));
	EXPECT_EQ(0, irqfd_of(&kvm, self->fd, GSI, 0, 0));
	close(gic);
	kvm_end(&kvm);
}

TEST_F(kvm_irqfd, what_is_wrong_with_routes)
{
	struct kvm_irq_routing_entry two[] = { to_spi(GSI, 1), to_spi(GSI, 2) };
	struct kvm_irq_routing_entry bad = to_spi(GSI, 988);
	struct kvm_irq_routing head = { .flags = 1 };

	EXPECT_EQ(-EINVAL, vm_ioctl(self->kvm.fd, KVM_SET_GSI_ROUTING, &head));
	head = (struct kvm_irq_routing) { .nr = MAX + 1 };
	EXPECT_EQ(-EINVAL, vm_ioctl(self->kvm.fd, KVM_SET_GSI_ROUTING, &head));
	EXPECT_EQ(-EINVAL, set_routes(&self->kvm, 2, two));
	EXPECT_EQ(-EINVAL, ROUTE(bad));
	bad = to_spi(GSI, 1);
	bad.u.irqchip.irqchip = 1;
	EXPECT_EQ(-EINVAL, ROUTE(bad));
	bad = to_spi(GSI, 1);
	bad.flags = 1;
	EXPECT_EQ(-EINVAL, ROUTE(bad));
	bad = to_msi(GSI);
	bad.flags = 2;
	EXPECT_EQ(-EINVAL, ROUTE(bad));
	bad = to_msi(GSI);
	bad.type = KVM_IRQ_ROUTING_HV_SINT;
	EXPECT_EQ(-EINVAL, ROUTE(bad));
	EXPECT_EQ(-EINVAL, ROUTE(to_spi(MAX, 1)));
	/* None of them counts */
	EXPECT_EQ(0, assign(GSI));
	event_signal(self->fd);
	EXPECT_EQ(SPI, kvm_told(&self->vcpu));
	EXPECT_EQ(0, ROUTE(to_spi(MAX - 1, 987)));
}

TEST_F(kvm_irqfd, a_signal_interrupts_until_it_is_taken_away)
{
	ASSERT_EQ(0, assign(GSI));
	kvm_start(&self->vcpu);
	sleep_ms(20);
	EXPECT_EQ(-EAGAIN, READ_ONCE(self->vcpu.result));
	event_signal(self->fd);
	/* The host may have had something to do for the thread */
	EXPECT_TRUE(!kvm_join(&self->vcpu) || kvm_next(&self->vcpu) == KVM_EXIT_MMIO);
	EXPECT_EQ(SPI, self->vcpu.run->mmio.data[0]);
	EXPECT_EQ(0, event_count(self->fd));
	EXPECT_NOTHING();
	EXPECT_EQ(0, deassign(GSI));
	event_signal(self->fd);
	EXPECT_NOTHING();
	EXPECT_EQ(1, event_count(self->fd));
}

TEST_F(kvm_irqfd, a_gsi_leads_where_its_route_does)
{
	ASSERT_EQ(0, assign(GSI));
	ASSERT_EQ(0, ROUTE(to_spi(GSI, GSI + 1)));
	event_signal(self->fd);
	EXPECT_EQ(SPI + 1, kvm_told(&self->vcpu));
	/* Another GSI's */
	ASSERT_EQ(0, ROUTE(to_spi(GSI + 1, GSI)));
	event_signal(self->fd);
	EXPECT_NOTHING();
	EXPECT_EQ(0, event_count(self->fd));
	ASSERT_EQ(0, set_routes(&self->kvm, 0, (struct kvm_irq_routing_entry[]) { }));
	event_signal(self->fd);
	EXPECT_NOTHING();
	ASSERT_EQ(0, ROUTE(to_spi(GSI, GSI)));
	event_signal(self->fd);
	EXPECT_EQ(SPI, kvm_told(&self->vcpu));
	/* One that the GIC doesn't have */
	ASSERT_EQ(0, ROUTE(to_spi(GSI, KVM_GIC_IRQS)));
	event_signal(self->fd);
	EXPECT_NOTHING();
}

TEST_F(kvm_irqfd, it_leads_to_an_msi)
{
	struct kvm_irq_routing_entry nobodys = to_msi(GSI);

	kvm_its_map(&self->kvm, self->gic, self->its);
	EXPECT_NOTHING();
	ASSERT_EQ(0, ROUTE(to_msi(GSI)));
	ASSERT_EQ(0, assign(GSI));
	event_signal(self->fd);
	EXPECT_EQ(LPI + KVM_ITS_EVENT, kvm_told(&self->vcpu));
	ASSERT_EQ(0, ROUTE(to_spi(GSI, GSI)));
	event_signal(self->fd);
	EXPECT_EQ(SPI, kvm_told(&self->vcpu));
	ASSERT_EQ(0, ROUTE(to_msi(GSI)));
	event_signal(self->fd);
	EXPECT_EQ(LPI + KVM_ITS_EVENT, kvm_told(&self->vcpu));
	nobodys.flags = 0;
	ASSERT_EQ(0, ROUTE(nobodys));
	event_signal(self->fd);
	EXPECT_NOTHING();
}

/* SPI + 2 and on are level-sensitive */
TEST_F(kvm_irqfd, a_level_falls_at_its_end_which_is_told)
{
	ASSERT_EQ(0, resample(GSI + 2));
	event_signal(self->fd);
	EXPECT_EQ(SPI + 2, kvm_told(&self->vcpu));
	EXPECT_EQ(0, event_count(self->told));
	EXPECT_NOTHING();
	EXPECT_EQ(1, event_count(self->told));
	event_signal(self->fd);
	EXPECT_EQ(SPI + 2, kvm_told(&self->vcpu));
	EXPECT_NOTHING();
	EXPECT_EQ(1, event_count(self->told));
}

/* Without a resampler: for who lowers it itself */
TEST_F(kvm_irqfd, a_level_stays_up_until_its_line_is_lowered)
{
	ASSERT_EQ(0, assign(GSI + 2));
	event_signal(self->fd);
	EXPECT_EQ(SPI + 2, kvm_told(&self->vcpu));
	EXPECT_EQ(SPI + 2, kvm_told(&self->vcpu));
	EXPECT_EQ(0, event_count(self->fd));
	ASSERT_EQ(0, kvm_spi(&self->kvm, SPI + 2, 0));
	EXPECT_NOTHING();
	event_signal(self->fd);
	EXPECT_EQ(SPI + 2, kvm_told(&self->vcpu));
	/* It leads elsewhere: the line isn't the eventfd's */
	ASSERT_EQ(0, ROUTE(to_spi(GSI + 2, GSI)));
	EXPECT_EQ(SPI + 2, kvm_told(&self->vcpu));
	ASSERT_EQ(0, kvm_spi(&self->kvm, SPI + 2, 0));
	EXPECT_NOTHING();
	event_signal(self->fd);
	EXPECT_EQ(SPI, kvm_told(&self->vcpu));
	EXPECT_NOTHING();
}

TEST_F(kvm_irqfd, and_where_its_route_leads_then)
{
	ASSERT_EQ(0, resample(GSI + 2));
	ASSERT_EQ(0, ROUTE(to_spi(GSI + 2, GSI + 3)));
	event_signal(self->fd);
	EXPECT_EQ(SPI + 3, kvm_told(&self->vcpu));
	EXPECT_NOTHING();
	EXPECT_EQ(1, event_count(self->told));
	/* Its old one has nothing to do with it */
	ASSERT_EQ(0, kvm_spi(&self->kvm, SPI + 2, 1));
	EXPECT_EQ(SPI + 2, kvm_told(&self->vcpu));
	EXPECT_EQ(SPI + 2, kvm_told(&self->vcpu));
	EXPECT_EQ(0, event_count(self->told));
	ASSERT_EQ(0, kvm_spi(&self->kvm, SPI + 2, 0));
	/* Nowhere, with the line up: it falls */
	event_signal(self->fd);
	ASSERT_EQ(0, ROUTE(to_spi(0, 0)));
	EXPECT_NOTHING();
	EXPECT_EQ(0, event_count(self->told));
}

/* Signals that come while routes change are interrupts of the one or the other */
static bool done;

static void *change_routes(void *arg)
{
	const struct kvm *kvm = arg;
	struct kvm_irq_routing_entry entry;
	u32 i;

	for (i = 0; !READ_ONCE(done); i++) {
		entry = to_spi(GSI, GSI + i % 2);
		if (set_routes(kvm, 1, &entry))
			die("KVM_SET_GSI_ROUTING failed");
	}
	return NULL;
}

TEST_F(kvm_irqfd, no_signal_is_lost_when_routes_change)
{
	pthread_t thread;
	u32 i, intid;

	ASSERT_EQ(0, assign(GSI));
	ASSERT_EQ(0, pthread_create(&thread, NULL, change_routes, &self->kvm));
	for (i = 0; i < 100; i++) {
		event_signal(self->fd);
		intid = kvm_told(&self->vcpu);
		EXPECT_TRUE(intid == SPI || intid == SPI + 1);
	}
	WRITE_ONCE(done, true);
	pthread_join(thread, NULL);
	EXPECT_NOTHING();
}

TEST_F(kvm_irqfd, it_goes_with_its_eventfd)
{
	int fd = event_new(), number = event_number(fd);

	ASSERT_EQ(0, irqfd_of(&self->kvm, fd, GSI, 0, 0));
	close(fd);
	EXPECT_TRUE(event_number_is_free(number));
}

TEST_HARNESS_MAIN
