// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a guest which drives the ITS at random hurts nobody: commands of all kinds with ids
 * that are there or not, bytes at random, registers that change at any time, memory that goes
 * while it is read, MSIs from another thread meanwhile. All commands come to an end, and after
 * SET_GIC all is well.
 */
#include "kselftest_harness.h"
#include "its.h"

#define NR		3
#define EXTRA		0x50000000UL	/* a region that comes and goes */
#define ROUNDS		4000

struct fuzz {
	u64 seed;
	struct vm *vm;
	void *extra;
	bool stop;
};

FIXTURE(fuzz) {
	struct vm vm;
	struct vcpu *vcpu;
	struct fuzz fuzz;
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
	self->fuzz.vm = &self->vm;
	self->fuzz.seed = 1;
	self->fuzz.extra = map_pages(ITS_PAGE);
	gic_serve(self->vcpu);
	its_enable(self->vcpu, ITS_FLAT);
}

FIXTURE_TEARDOWN(fuzz)
{
	if (self->vcpu)
		vm_destroy(&self->vm);
}

static u64 next(struct fuzz *fuzz)
{
	return guest_pattern(fuzz->seed++, 7);
}

/* Mostly one of a few */
static u64 small(struct fuzz *fuzz, u64 few)
{
	u64 value = next(fuzz);

	return value >> 40 & 15 ? value % few : value;
}

static u64 memory(struct fuzz *fuzz)
{
	u64 value = next(fuzz);

	if (!(value >> 40 & 7))
		return value & 0xfffffffff0000UL;
	return value >> 40 & 8 ? EXTRA : ITS_MEMORY + value % 16 * ITS_PAGE;
}

static struct its_command command(struct fuzz *fuzz)
{
	static const u8 codes[] = { 1, 3, 3, 3, 4, 5, 8, 9, 9, 10, 10, 10, 10, 11, 12, 13, 14, 15 };
	u32 device = small(fuzz, 4), event = small(fuzz, 16);
	u64 valid = next(fuzz) & 3 ? ITS_VALID : 0;

	switch (codes[next(fuzz) % sizeof(codes)]) {
	case 8:
		return ITS_COMMAND(8, device, small(fuzz, 8), memory(fuzz) | valid, 0);
	case 9:
		return ITS_COMMAND(9, 0, 0, (small(fuzz, 4) & 0xffff) | valid |
				   ITS_RDBASE(small(fuzz, NR)), 0);
	case 10:
		return ITS_MAPTI(device, event, LPI + small(fuzz, 8192), small(fuzz, 4));
	case 11:
		return ITS_MAPI(device, LPI + small(fuzz, 64), small(fuzz, 4));
	case 13:
		return ITS_INVALL(small(fuzz, 4));
	case 14:
		return ITS_MOVALL(small(fuzz, NR), small(fuzz, NR));
	default:
		return ITS_COMMAND(codes[next(fuzz) % sizeof(codes)], device, event,
				   small(fuzz, 4), next(fuzz));
	}
}

/* Devices */
static void *sends(void *arg)
{
	struct fuzz fuzz = *(struct fuzz *)arg;

	while (!READ_ONCE(((struct fuzz *)arg)->stop))
		its_send(fuzz.vm, GITS_TRANSLATER, small(&fuzz, 4), small(&fuzz, 16));
	return NULL;
}

/* Takes a region away, and brings it back */
static void *removes(void *arg)
{
	struct fuzz *fuzz = arg;

	while (!READ_ONCE(fuzz->stop)) {
		vm_memory(fuzz->vm->fd, 0, EXTRA, ITS_PAGE, fuzz->extra);
		sleep_ms(1);
		vm_memory(fuzz->vm->fd, 0, EXTRA, 0, NULL);
	}
	return NULL;
}

static void change_registers(struct fuzz *fuzz, struct vcpu *vcpu)
{
	u64 redist = its_redist(next(fuzz) % NR), kind = next(fuzz) % 10;

	switch (kind) {
	case 0:
	case 1:
		gic_write32(vcpu, GITS_CTLR, 0);
		gic_write(vcpu, GITS_BASER(kind), 8, next(fuzz) & 7 ? memory(fuzz) | ITS_VALID |
			  (next(fuzz) & ITS_INDIRECT) | (next(fuzz) & 0x3ff) : next(fuzz));
		gic_write32(vcpu, GITS_CTLR, 1);
		break;
	case 2:
		gic_write32(vcpu, GITS_CTLR, 0);
		gic_write(vcpu, GITS_CBASER, 8, memory(fuzz) | ITS_VALID | next(fuzz) % 16);
		gic_write32(vcpu, GITS_CTLR, 1);
		break;
	case 3:
		gic_write32(vcpu, redist + GICR_CTLR, next(fuzz) & 1);
		break;
	case 4:
		gic_write32(vcpu, redist + GICR_CTLR, 0);
		gic_write(vcpu, redist + GICR_PROPBASER, 8, memory(fuzz) | (next(fuzz) & 15));
		gic_write(vcpu, redist + GICR_PENDBASER, 8, memory(fuzz));
		gic_write32(vcpu, redist + GICR_CTLR, 1);
		break;
	case 5:
		gic_write(vcpu, redist + GICR_INVLPIR, 8, LPI + small(fuzz, 64));
		break;
	case 6:
		gic_write(vcpu, GIC_ITS + (next(fuzz) & 0x1fff8), 8, next(fuzz));
		break;
	case 7:
		gic_write32(vcpu, redist + (next(fuzz) & 0x1fffc), next(fuzz));
		break;
	default:
		/* As it was, and all LPIs enabled */
		gic_write32(vcpu, GITS_CTLR, 0);
		its_tables(vcpu, ITS_FLAT);
		gic_write32(vcpu, GITS_CTLR, 1);
		gic_write32(vcpu, GIC_DIST + GICD_CTLR, 3);
		gic_write32(vcpu, redist + GICR_CTLR, 0);
		memset(vm_host(vcpu->vm, ITS_CONFIG), LPI_ENABLED | 0x80, 8192);
		its_enable_lpis(vcpu, next(fuzz) % NR, GICR_PTZ);
	}
}

static void fuzz_once(struct fuzz *fuzz, struct vcpu *vcpu)
{
	u64 *raw = vm_host(fuzz->vm, ITS_QUEUE), nr = next(fuzz) % 64, i;
	u32 at;

	if (!(next(fuzz) & 3))
		change_registers(fuzz, vcpu);
	for (at = gic_read32(vcpu, GITS_CWRITER) % ITS_PAGE; nr--;)
		at = its_put(fuzz->vm, at, command(fuzz));
	if (!(next(fuzz) & 15))
		for (i = 0; i < ITS_PAGE / sizeof(*raw); i++)
			raw[i] = small(fuzz, 1UL << 34);
	gic_write32(vcpu, GITS_CWRITER, next(fuzz) & 15 ? at : next(fuzz));
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
	ASSERT_EQ(0, pthread_create(&sender, NULL, sends, &self->fuzz));
	ASSERT_EQ(0, pthread_create(&remover, NULL, removes, &self->fuzz));
	for (n = 0; n < ROUNDS && now_ns() < end; n++)
		fuzz_once(&self->fuzz, self->vcpu);
	WRITE_ONCE(self->fuzz.stop, true);
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
