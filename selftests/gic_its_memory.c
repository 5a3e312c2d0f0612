// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows the kernel's ITS while it waits for memory that another thread brings (userfaultfd): the
 * region doesn't go before, other vCPUs run, and KICK doesn't wait.
 */
#include "kselftest_harness.h"
#include "gic_state.h"
#include "its.h"
#include "late_page.h"

#define BASE	0x50000000UL

FIXTURE(memory) {
	struct vm vm;
	struct vcpu *vcpu;
	struct late_page page;	/* at BASE */
	bool gone;
	int result;
};

FIXTURE_SETUP(memory)
{
	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	if (!late_page_open(&self->page))
		SKIP(return, NO_LATE_PAGE);
	its_vm(&self->vm);
	vcpu_create(&self->vm);
	vcpu_create(&self->vm);
	self->vcpu = &self->vm.vcpus[0];
	late_page_map(&self->page, &self->vm, BASE);
	gic_serve(self->vcpu);
	gic_serve(self->vcpu + 1);
	gic_write(self->vcpu, GITS_CBASER, 8, BASE | ITS_VALID);
	gic_write32(self->vcpu, GITS_CTLR, GITS_CTLR_ENABLED);
	gic_ask(self->vcpu, GITS_CWRITER, 4, true, 0x20);
}

FIXTURE_TEARDOWN(memory)
{
	if (!self->vcpu)
		return;
	vm_destroy(&self->vm);
	close(self->page.uffd);
}

static void *removes(void *arg)
{
	FIXTURE_DATA(memory) *self = arg;

	self->result = vm_memory(self->vm.fd, 0, BASE, 0, NULL);
	WRITE_ONCE(self->gone, true);
	return NULL;
}

TEST_F(memory, a_region_doesnt_go_while_it_is_read)
{
	pthread_t thread;

	vcpu_start(self->vcpu);
	ASSERT_TRUE(late_page_is_asked_for(&self->page));
	ASSERT_EQ(0, pthread_create(&thread, NULL, removes, self));
	sleep_ms(200);
	EXPECT_FALSE(READ_ONCE(self->gone));
	/* Others are in nobody's way, and see how far it is */
	EXPECT_EQ(0x20, gic_read32(self->vcpu + 1, GITS_CWRITER));
	EXPECT_EQ(0, gic_read32(self->vcpu + 1, GITS_CREADR));
	late_page_bring(&self->page);
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu));
	pthread_join(thread, NULL);
	EXPECT_EQ(0, self->result);
	EXPECT_EQ(0x20, gic_read32(self->vcpu, GITS_CREADR));
	/* It is gone now */
	gic_write32(self->vcpu, GITS_CWRITER, 0x40);
	EXPECT_EQ(0x20 | GITS_CREADR_STALLED, gic_read32(self->vcpu, GITS_CREADR));
}

/* Pending LPIs are read from there */
static void *enables_lpis(void *arg)
{
	FIXTURE_DATA(memory) *self = arg;

	self->result = gic_set_state(&self->vm, ARM_VCPU_GIC_REDISTRIBUTOR, 0, GICR_CTLR,
				     GICR_CTLR_LPIS);
	return NULL;
}

static void *kicks(void *arg)
{
	FIXTURE_DATA(memory) *self = arg;

	vm_kick(self->vm.fd);
	WRITE_ONCE(self->gone, true);
	return NULL;
}

TEST_F(memory, a_kick_does_not_wait_for_who_restores)
{
	pthread_t enabler, kicker;

	gic_write(self->vcpu + 1, its_redist(0) + GICR_PROPBASER, 8, ITS_CONFIG | 13);
	gic_write(self->vcpu + 1, its_redist(0) + GICR_PENDBASER, 8, BASE);
	ASSERT_EQ(0, pthread_create(&enabler, NULL, enables_lpis, self));
	ASSERT_TRUE(late_page_is_asked_for(&self->page));
	ASSERT_EQ(0, pthread_create(&kicker, NULL, kicks, self));
	EXPECT_TRUE(wait_for(READ_ONCE(self->gone)));
	/* Nobody runs meanwhile */
	EXPECT_EQ(-EBUSY, vcpu_run(self->vcpu + 1));
	late_page_bring(&self->page);
	pthread_join(enabler, NULL);
	pthread_join(kicker, NULL);
	EXPECT_EQ(0, self->result);
}

TEST_HARNESS_MAIN
