// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows whose an SPI of the kernel's GIC is: who has acknowledged it ends it, wherever it has been
 * routed since, and what any vCPU may take, one takes that is there and awake.
 */
#include "kselftest_harness.h"
#include "gic_state.h"
#include "psci.h"

#define SPI		40U	/* the third one's turn, of three, if it is anybody's */
#define NR		3
#define ANYBODY		(1UL << 31)
#define ASLEEP		6U

FIXTURE(route) {
	struct vm vm;
	struct vcpu *vcpu[NR];
};

FIXTURE_SETUP(route)
{
	struct arm_vcpu_gic_setup setup = gic_setup(GIC_SPIS, MAX_VCPUS);

	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	gic_vm(&self->vm);
	vm_replace(&self->vm, 0, ARM_VCPU_CONFIG_GIC | ARM_VCPU_CONFIG_PSCI);
	ASSERT_EQ(0, gic_place(&self->vm, &setup));
	vm_handler(&self->vm, VECTOR_IRQ, guest_interrupt);
	gic_add_vcpus(&self->vm, self->vcpu, NR);
	gic_write32(self->vcpu[0], GIC_DIST + GICD_CTLR, 3);
	gic_make_edge(self->vcpu[0], SPI);
	gic_enable(self->vcpu[0], SPI, 0x80);
}

FIXTURE_TEARDOWN(route)
{
	if (self->vcpu[0])
		vm_destroy(&self->vm);
}

static void edge(struct vm *vm, u32 spi)
{
	gic_line(vm, spi, 1);
	gic_line(vm, spi, 0);
}

/* The second one has it, and it is the third's from now on */
static void route_active_one(FIXTURE_DATA(route) *self)
{
	gic_route(self->vcpu[0], SPI, 1);
	edge(&self->vm, SPI);
	gic_taken(self->vcpu[1], SPI, 0x80);
	gic_route(self->vcpu[0], SPI, 2);
}

/* Also when something of its neighbours is written */
TEST_F(route, an_active_one_is_whose_it_was)
{
	route_active_one(self);
	gic_set(self->vcpu[0], GIC_ISENABLER, SPI + 1);
	gic_idle(self->vcpu[2]);
	gic_ended(self->vcpu[1], SPI, RPR_IDLE);
	EXPECT_EQ(0, gic_get(self->vcpu[0], GIC_ISACTIVER, SPI));
	gic_idle(self->vcpu[1]);
	edge(&self->vm, SPI);
	gic_comes(self->vcpu[2], SPI, 0x80);
}

/* Of which its holder's end tells */
TEST_F(route, an_edge_behind_an_active_one_is_the_new_targets)
{
	route_active_one(self);
	edge(&self->vm, SPI);
	gic_idle(self->vcpu[2]);
	gic_ended(self->vcpu[1], SPI, RPR_IDLE);
	gic_idle(self->vcpu[1]);
	gic_comes(self->vcpu[2], SPI, 0x80);
}

static void wake(FIXTURE_DATA(route) *self, int n, u32 waker)
{
	gic_write32(self->vcpu[0], GIC_REDIST + n * GIC_REDIST_SIZE + GICR_WAKER, waker);
}

static u64 __guest guest_does_nothing(void)
{
	return 0;
}

/* The third one has it in a list register, and doesn't take it; the second one is awake, too */
static void pend_anybodys(FIXTURE_DATA(route) *self)
{
	wake(self, 1, 0);
	wake(self, 2, 0);
	gic_route(self->vcpu[0], SPI, ANYBODY);
	vcpu_call(self->vcpu[2], guest_does_nothing, 0, 0);
	edge(&self->vm, SPI);
	vcpu_expect_call(self->vcpu[2], CALL_DONE);
	gic_idle(self->vcpu[1]);
}

TEST_F(route, anybodys_is_somebodys_who_is_awake)
{
	pend_anybodys(self);
	wake(self, 2, ASLEEP);
	gic_comes(self->vcpu[1], SPI, 0x80);
}

TEST_F(route, anybodys_is_somebodys_who_is_on)
{
	pend_anybodys(self);
	ASSERT_EQ(0, vcpu_set_entry(self->vcpu[2], vm_gpa(guest_by_hvc), CPU_OFF, 0, 0, 0));
	vcpu_run_until_off(self->vcpu[2]);
	gic_comes(self->vcpu[1], SPI, 0x80);
	EXPECT_EQ(ASLEEP, gic_read32(self->vcpu[0], GIC_REDIST + 2 * GIC_REDIST_SIZE + GICR_WAKER));
	edge(&self->vm, SPI);
	gic_comes(self->vcpu[1], SPI, 0x80);
}

TEST_F(route, anybodys_is_somebodys_who_is_there)
{
	int fd = vm_vcpu(self->vm.fd, NR);

	ASSERT_LE(0, fd);
	wake(self, NR, 0);
	/* Each has a turn */
	gic_route(self->vcpu[0], SPI, ANYBODY);
	gic_route(self->vcpu[0], SPI + 3, ANYBODY);
	gic_make_edge(self->vcpu[0], SPI + 3);
	gic_enable(self->vcpu[0], SPI + 3, 0x80);
	edge(&self->vm, SPI + 3);
	gic_idle(self->vcpu[1]);
	wake(self, 1, 0);
	close(fd);
	gic_comes(self->vcpu[1], SPI + 3, 0x80);
	edge(&self->vm, SPI + 3);
	gic_comes(self->vcpu[1], SPI + 3, 0x80);
}

TEST_HARNESS_MAIN
