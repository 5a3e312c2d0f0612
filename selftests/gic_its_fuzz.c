// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a guest which drives the ITS at random hurts nobody: commands of all kinds with ids
 * that are there or not, bytes at random, registers that change at any time, memory that goes
 * while it is read, MSIs from another thread meanwhile. All commands come to an end, and after
 * SET_GIC all is well.
 */
#include "kselftest_harness.h"
#include "gic_draw.h"

#define NR		3
#define ROUNDS		4000

struct storm {
	struct fuzz f;
	struct vm *vm;
	void *extra;
	bool stop;
};

FIXTURE(fuzz) {
	struct vm vm;
	struct vcpu *vcpu;
	struct storm storm;
	struct vgic_shared *shared;
	u64 *stop;
};

#define STOP	((u64 *)(GUEST_SHARED + 0x2000))

/* Takes what comes */
static u64 __guest guest_takes(void)
{
	write_sysreg(0xff, ICC_PMR);
	write_sysreg(1, ICC_IGRPEN1);
	while (!READ_ONCE(*STOP)) {
		asm volatile("msr daifclr, #2\n isb\n msr daifset, #2" : : : "memory");
		isb();
	}
	return 0;
}

FIXTURE_SETUP(fuzz)
{
	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	its_vm(&self->vm);
	while (self->vm.nr_vcpus < NR)
		vcpu_create(&self->vm);
	self->vcpu = &self->vm.vcpus[0];
	self->shared = vm_host(&self->vm, GUEST_SHARED);
	self->stop = vm_host(&self->vm, (u64)STOP);
	self->shared->quiet = 1;
	self->storm.vm = &self->vm;
	self->storm.f.state = 1;
	self->storm.extra = map_pages(ITS_PAGE);
	gic_serve(self->vcpu);
	its_enable(self->vcpu, ITS_FLAT);
}

FIXTURE_TEARDOWN(fuzz)
{
	if (self->vcpu)
		vm_destroy(&self->vm);
}

/* Devices */
static void *sends(void *arg)
{
	struct storm *storm = arg;
	struct fuzz f = { .state = 2 };

	while (!READ_ONCE(storm->stop))
		its_send(storm->vm, GITS_TRANSLATER, (u32)its_few(&f, 4), (u32)its_few(&f, 16));
	return NULL;
}

/* Takes a region away, and brings it back */
static void *removes(void *arg)
{
	struct storm *storm = arg;

	while (!READ_ONCE(storm->stop)) {
		vm_memory(storm->vm->fd, 0, ITS_EXTRA, ITS_PAGE, storm->extra);
		sleep_ms(1);
		vm_memory(storm->vm->fd, 0, ITS_EXTRA, 0, NULL);
	}
	return NULL;
}

static void change_registers(struct fuzz *f, struct vcpu *vcpu)
{
	u64 redist = its_redist(fuzz_next(f) % NR), kind = fuzz_next(f) % 10;

	switch (kind) {
	case 0:
	case 1:
		gic_write32(vcpu, GITS_CTLR, 0);
		gic_write(vcpu, GITS_BASER(kind), 8, fuzz_next(f) & 7 ? its_memory(f) | ITS_VALID |
			  (fuzz_next(f) & ITS_INDIRECT) | (fuzz_next(f) & 0x3ff) : fuzz_next(f));
		gic_write32(vcpu, GITS_CTLR, 1);
		break;
	case 2:
		gic_write32(vcpu, GITS_CTLR, 0);
		gic_write(vcpu, GITS_CBASER, 8, its_memory(f) | ITS_VALID | fuzz_next(f) % 16);
		gic_write32(vcpu, GITS_CTLR, 1);
		break;
	case 3:
		gic_write32(vcpu, redist + GICR_CTLR, fuzz_next(f) & 1);
		break;
	case 4:
		gic_write32(vcpu, redist + GICR_CTLR, 0);
		gic_write(vcpu, redist + GICR_PROPBASER, 8, its_memory(f) | (fuzz_next(f) & 15));
		gic_write(vcpu, redist + GICR_PENDBASER, 8, its_memory(f));
		gic_write32(vcpu, redist + GICR_CTLR, 1);
		break;
	case 5:
		gic_write(vcpu, redist + GICR_INVLPIR, 8, LPI + its_few(f, 64));
		break;
	case 6:
		gic_write(vcpu, GIC_ITS + (fuzz_next(f) & 0x1fff8), 8, fuzz_next(f));
		break;
	case 7:
		gic_write32(vcpu, redist + (fuzz_next(f) & 0x1fffc), fuzz_next(f));
		break;
	default:
		/* As it was, and all LPIs enabled */
		gic_write32(vcpu, GITS_CTLR, 0);
		its_tables(vcpu, ITS_FLAT);
		gic_write32(vcpu, GITS_CTLR, 1);
		gic_write32(vcpu, GIC_DIST + GICD_CTLR, 3);
		gic_write32(vcpu, redist + GICR_CTLR, 0);
		memset(vm_host(vcpu->vm, ITS_CONFIG), LPI_ENABLED | 0x80, 8192);
		its_enable_lpis(vcpu, fuzz_next(f) % NR, GICR_PTZ);
	}
}

static void fuzz_once(struct fuzz *f, struct vcpu *vcpu)
{
	u64 *raw = vm_host(vcpu->vm, ITS_QUEUE), nr = fuzz_next(f) % 64, i;
	u32 at;

	if (!(fuzz_next(f) & 3))
		change_registers(f, vcpu);
	for (at = gic_read32(vcpu, GITS_CWRITER) % ITS_PAGE; nr--;)
		at = its_put(vcpu->vm, at, its_draw(f, NR));
	if (!(fuzz_next(f) & 15))
		for (i = 0; i < ITS_PAGE / sizeof(*raw); i++)
			raw[i] = its_few(f, 1UL << 34);
	gic_write32(vcpu, GITS_CWRITER, fuzz_next(f) & 15 ? at : fuzz_next(f));
}

static void run_all(struct __test_metadata *_metadata, FIXTURE_DATA(fuzz) *self)
{
	u64 end = now_ns() + 10 * SECOND * slowness(), n;
	pthread_t sender, remover;
	int i;

	for (i = 1; i < NR; i++) {
		vcpu_call(&self->vm.vcpus[i], guest_takes, 0, 0);
		vcpu_start(&self->vm.vcpus[i]);
	}
	ASSERT_EQ(0, pthread_create(&sender, NULL, sends, &self->storm));
	ASSERT_EQ(0, pthread_create(&remover, NULL, removes, &self->storm));
	for (n = 0; n < ROUNDS && now_ns() < end; n++)
		fuzz_once(&self->storm.f, self->vcpu);
	WRITE_ONCE(self->storm.stop, true);
	pthread_join(sender, NULL);
	pthread_join(remover, NULL);
	WRITE_ONCE(*self->stop, 1);
	for (i = 1; i < NR; i++)
		EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(&self->vm.vcpus[i]));
	TH_LOG("%lu rounds, %lu interrupts", n, self->shared->taken);
}

TEST_F(fuzz, commands_at_random)
{
	run_all(_metadata, self);
	EXPECT_NE(0, self->shared->taken);
	/* All is well */
	memset(vm_host(&self->vm, ITS_MEMORY), 0, 16 * ITS_PAGE);
	its_place(&self->vm);
	gic_serve(self->vcpu);
	its_enable(self->vcpu, ITS_FLAT);
	its_configure(&self->vm, LPI, LPI_ENABLED | 0x80);
	its_do(self->vcpu, ITS_MAPD(1, ITS_ITT, 5), ITS_MAPTI(1, 0, LPI, 0));
	self->shared->quiet = 0;
	its_msi(&self->vm, 1, 0);
	gic_comes(self->vcpu, LPI, 0x80);
	gic_idle(self->vcpu);
}

TEST_HARNESS_MAIN
