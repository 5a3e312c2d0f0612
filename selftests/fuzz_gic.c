// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that nothing that a guest does to the kernel's GIC hurts the host or another VM: loads and
 * stores of all kinds to its frames and to its tables, and registers of the CPU interface, by
 * several vCPUs at once, commands of the ITS that are anything, while the VMM sets lines, sends
 * MSIs, and overwrites what the guest has in memory.  Now and then all rest, and it reads and
 * writes the GIC's state, saves and restores the ITS.  Each RUN ends soon with an exit that there
 * can be, each command with what its documentation names, what isn't the guest's is as it was
 * (lib/witness.h), and in a VM that comes afterwards interrupts come.
 *
 *   ARM_VCPU_SEED           of the first VM; each one has the next
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "kselftest_harness.h"
#include "fuzz_native.h"
#include "fuzz_state.h"
#include "gic_draw.h"
#include "gic_state.h"
#include "probe.h"

#define PATIENCE	(15 * SECOND)
#define RESTS		4	/* in a VM's life */
#define TURNS		6	/* that the VMM takes between two */
#define OPS		60U	/* that a vCPU repeats */
#define CODE(n)		(GUEST_SHARED + 0x80000UL + (n) * 0x1000UL)

static struct canary canary;
static u64 vms, ops, taken;

/* A VM; its VMM, and what it has its vCPUs' threads do */
struct storm {
	struct vm vm;
	struct fuzz f;
	struct guest guests[GIC_DRAW_VCPUS];
	u64 seed;
	bool rest;	/* each is to be out of RUN, and says so */
	bool stop;
	u32 resting;
};

/* x0: code, which returns.  Before it all interrupts may come; what it does to that is its own. */
GUEST_ASM(guest_repeats,
	  "mov x19, x0\n"
	  "1: mov x9, #0xff\n msr " STR(ICC_PMR) ", x9\n"
	  "mov x9, #1\n msr " STR(ICC_IGRPEN0) ", x9\n msr " STR(ICC_IGRPEN1) ", x9\n"
	  "msr daifclr, #3\n"
	  "blr x19\n"
	  "b 1b\n");

/* Each vCPU has a page for them */
static void write_ops(struct guest *g, struct vm *vm)
{
	u32 *begin = vm_host(vm, CODE(g->nr)), *code = begin, n;

	for (n = 0; n < OPS; n++) {
		code = put_number(code, 1, gic_draw_address(&g->f));
		code = put_number(code, 2, gic_draw_value(&g->f));
		*code++ = gic_draw_access(&g->f);
	}
	*code++ = 0xd65f03c0;	/* ret */
	sync_code(begin, (size_t)((char *)code - (char *)begin));
	__atomic_fetch_add(&ops, OPS, __ATOMIC_RELAXED);
}

/* Once no command of another thread has the vCPU */
static void enter(struct vcpu *vcpu)
{
	int ret;

	do {
		ret = vcpu_set_entry(vcpu, vm_gpa(guest_start), vm_gpa(guest_repeats),
				     CODE(vcpu->index), 0, vm_stack(vcpu->index));
	} while (ret == -EBUSY);
	if (ret)
		die("SET_ENTRY: %s", strerror(-ret));
}

/* What a VMM makes of an exit */
static void answer(struct guest *g, struct vcpu *vcpu)
{
	struct arm_vcpu_run *run = g->run;

	switch (run->exit_reason) {
	case ARM_VCPU_EXIT_MMIO_READ:
		run->mmio.data = fuzz_value(&g->f);
		break;
	case ARM_VCPU_EXIT_MEMORY_FAULT:
		run->pc += 4;
		break;
	case ARM_VCPU_EXIT_HYPERCALL:	/* an exception that isn't the instruction's */
	case ARM_VCPU_EXIT_FAIL_ENTRY:
		enter(vcpu);
	}
}

static void take_a_rest(struct storm *storm)
{
	__atomic_fetch_add(&storm->resting, 1, __ATOMIC_RELEASE);
	while (READ_ONCE(storm->rest) && !READ_ONCE(storm->stop))
		sleep_ms(1);
	__atomic_fetch_sub(&storm->resting, 1, __ATOMIC_RELEASE);
}

static void *guest_thread(void *arg)
{
	struct guest *g = arg;
	struct storm *storm = g->owner;
	struct vcpu *vcpu = &storm->vm.vcpus[g->nr];

	witness_begin(&g->witness, g->nr);
	enter(vcpu);
	while (!READ_ONCE(storm->stop)) {
		if (READ_ONCE(storm->rest))
			take_a_rest(storm);
		if (guest_run(g))
			write_ops(g, &storm->vm);
		else
			answer(g, vcpu);
	}
	return NULL;
}

/* The guest's, and the host's as well: commands, and words of tables */
static void overwrite(struct storm *storm)
{
	struct fuzz *f = &storm->f;
	u64 n;

	for (n = 0; n < 64; n++)
		its_put(&storm->vm, (u32)fuzz_below(f, ITS_SLOTS) * sizeof(struct its_command),
			its_draw(f, GIC_DRAW_VCPUS));
	for (n = 0; n < 16; n++) {
		u64 *word = vm_host(&storm->vm, ITS_MEMORY + (fuzz_next(f) & 0xffff8));

		*word = gic_draw_value(f);
	}
}

static void disturb(struct storm *storm)
{
	guest_disturb(&storm->guests[fuzz_below(&storm->f, storm->vm.nr_vcpus)], &storm->f,
		      storm->seed);
}

static void take_turns(struct storm *storm)
{
	static const unsigned int commands[] = {
		SET_IRQ, SET_IRQ, SET_IRQ, SEND_MSI, SEND_MSI, SEND_MSI, SEND_MSI, KICK_VM,
		GET_GIC_STATE, SAVE_ITS,
	};
	int turn, n;

	for (turn = 0; turn < TURNS; turn++) {
		overwrite(storm);
		for (n = 0; n < 16; n++)
			native_try(&storm->f, fuzz_pick(&storm->f, commands), storm->vm.fd);
		disturb(storm);
	}
}

static void set_state32(struct storm *storm, u32 group, u64 mpidr, u64 offset, u32 value)
{
	native_call(&storm->f, SET_GIC_STATE, storm->vm.fd, gic_state, .group = group,
		    .mpidr = mpidr, .offset = offset, .value = value);
}

/* One of 64 bits, by its halves */
static void set_state(struct storm *storm, u32 group, u64 mpidr, u64 offset, u64 value)
{
	set_state32(storm, group, mpidr, offset + 4, (u32)(value >> 32));
	set_state32(storm, group, mpidr, offset, (u32)value);
}

/* As its_enable() does, or parts of that */
static void set_up(struct storm *storm, bool anew)
{
	u64 i, devices = fuzz_one_in(&storm->f, 4) ? ITS_FLAT | ITS_INDIRECT : ITS_FLAT;

	u32 groups = fuzz_one_in(&storm->f, 2) ? ~0U : (u32)fuzz_next(&storm->f);

	if (anew || fuzz_one_in(&storm->f, 2))
		its_place(&storm->vm);
	set_state32(storm, ARM_VCPU_GIC_DISTRIBUTOR, 0, GICD_CTLR, 3);
	/* Of the first SPIs */
	set_state32(storm, ARM_VCPU_GIC_DISTRIBUTOR, 0, GIC_IGROUPR + 4, groups);
	set_state32(storm, ARM_VCPU_GIC_DISTRIBUTOR, 0, GIC_ISENABLER + 4, ~0U);
	set_state(storm, ARM_VCPU_GIC_ITS_REGISTERS, 0, GITS_BASER(0) - GIC_ITS, devices);
	set_state(storm, ARM_VCPU_GIC_ITS_REGISTERS, 0, GITS_BASER(1) - GIC_ITS,
		  ITS_VALID | ITS_COLLECTIONS);
	set_state(storm, ARM_VCPU_GIC_ITS_REGISTERS, 0, GITS_CBASER - GIC_ITS,
		  ITS_VALID | ITS_QUEUE | 0xf);
	set_state32(storm, ARM_VCPU_GIC_ITS_REGISTERS, 0, GITS_CTLR - GIC_ITS, GITS_CTLR_ENABLED);
	for (i = 0; i < storm->vm.nr_vcpus; i++) {
		set_state(storm, ARM_VCPU_GIC_REDISTRIBUTOR, i, GICR_PROPBASER, ITS_CONFIG | 13);
		set_state(storm, ARM_VCPU_GIC_REDISTRIBUTOR, i, GICR_PENDBASER, ITS_PENDING(i));
		set_state32(storm, ARM_VCPU_GIC_REDISTRIBUTOR, i, GICR_CTLR, GICR_CTLR_LPIS);
		set_state32(storm, ARM_VCPU_GIC_REDISTRIBUTOR, i, GIC_SGIS + GIC_IGROUPR, groups);
		set_state32(storm, ARM_VCPU_GIC_REDISTRIBUTOR, i, GIC_SGIS + GIC_ISENABLER, ~0U);
	}
}

/* The state, while no vCPU is in RUN; @anew: with a GIC as there was in the beginning */
static void rest(struct storm *storm, bool anew)
{
	static const unsigned int commands[] = {
		GET_GIC_STATE, GET_GIC_STATE, SET_GIC_STATE, SET_GIC_STATE, SET_GIC_STATE,
		SAVE_ITS, RESTORE_ITS, SET_GIC,
	};
	int n;

	WRITE_ONCE(storm->rest, true);
	while (__atomic_load_n(&storm->resting, __ATOMIC_ACQUIRE) < storm->vm.nr_vcpus)
		disturb(storm);
	for (n = 0; n < 64; n++)
		native_try(&storm->f, fuzz_pick(&storm->f, commands), storm->vm.fd);
	set_up(storm, anew);
	WRITE_ONCE(storm->rest, false);
	while (__atomic_load_n(&storm->resting, __ATOMIC_ACQUIRE))
		sleep_ms(1);
}

static void start(struct storm *storm)
{
	u32 i, nr = 2 + (u32)fuzz_below(&storm->f, GIC_DRAW_VCPUS - 1);
	struct vcpu *vcpu;

	its_vm(&storm->vm);
	((struct vgic_shared *)vm_host(&storm->vm, GUEST_SHARED))->quiet = 1;
	vm_handler(&storm->vm, VECTOR_SYNC, guest_skip);
	while (storm->vm.nr_vcpus < nr)
		vcpu_create(&storm->vm);
	gic_serve(&storm->vm.vcpus[0]);
	its_enable(&storm->vm.vcpus[0], ITS_FLAT);
	memset(vm_host(&storm->vm, ITS_CONFIG), LPI_ENABLED | 0x80, 8192);
	for (i = 0; i < nr; i++) {
		struct guest *g = &storm->guests[i];

		vcpu = &storm->vm.vcpus[i];
		fuzz_thread(&g->f, storm->seed, i);
		*g = (struct guest) {
			.f = g->f, .owner = storm, .nr = i, .fd = vcpu->fd, .run = vcpu->run,
			.config = ARM_VCPU_CONFIG_GIC, .ram = GUEST_RAM_SIZE, .contested = true,
		};
		write_ops(g, &storm->vm);
	}
	for (i = 0; i < nr; i++)
		if (pthread_create(&storm->guests[i].thread, NULL, guest_thread, &storm->guests[i]))
			die("can't create a thread");
}

/* What has become of the GIC is what another can be; what a guest's access is about is done */
static void move(struct vm *from)
{
	struct vm to;
	u32 i;

	for (i = 0; i < from->nr_vcpus; i++) {
		from->vcpus[i].run->flags = ARM_VCPU_RUN_NO_ENTER;
		vcpu_run(&from->vcpus[i]);
	}
	its_vm(&to);
	while (to.nr_vcpus < from->nr_vcpus)
		vcpu_enter(vcpu_create(&to), guest_hvc, 0, 0);
	gic_move(from, &to);
	vm_destroy(&to);
}

static void one_vm(u64 seed)
{
	struct storm storm = { .seed = seed };
	u32 i, finds = fuzz_finds();
	int n;

	fuzz_thread(&storm.f, seed, GIC_DRAW_VCPUS);
	start(&storm);
	for (n = 0; n < RESTS; n++) {
		rest(&storm, n == RESTS - 1);
		take_turns(&storm);
	}
	WRITE_ONCE(storm.stop, true);
	for (i = 0; i < storm.vm.nr_vcpus; i++)
		while (pthread_tryjoin_np(storm.guests[i].thread, NULL))
			guest_disturb(&storm.guests[i], &storm.f, seed);
	taken += ((struct vgic_shared *)vm_host(&storm.vm, GUEST_SHARED))->taken;
	/* Where state that can't be moved ends the test */
	printf("# the GIC of ARM_VCPU_SEED=%lu is moved\n", seed);
	move(&storm.vm);
	vm_destroy(&storm.vm);
	witness_look();
	vms++;
	if (fuzz_finds() > finds)
		printf("# with ARM_VCPU_SEED=%lu\n", seed);
}

static u64 __guest guest_sends(u64 sgi)
{
	write_sysreg(sgi, ICC_SGI1R);
	return 0;
}

/* An SGI, and an MSI */
static void interrupts_come(void)
{
	struct vcpu *vcpu;
	struct vm vm;

	its_vm(&vm);
	vcpu_create(&vm);
	vcpu = vcpu_create(&vm);
	gic_serve(vcpu);
	its_enable(vcpu, ITS_FLAT);
	gic_enable(vcpu, 5, 0x80);
	vcpu_call(&vm.vcpus[0], guest_sends, ICC_SGI1R_ID(5UL) | 1UL << vcpu->index, 0);
	vcpu_expect_call(&vm.vcpus[0], CALL_DONE);
	gic_comes(vcpu, 5, 0x80);
	its_configure(&vm, LPI, LPI_ENABLED | 0x90);
	its_do(vcpu, ITS_MAPD(1, ITS_ITT, 5), ITS_MAPTI(1, 0, LPI, vcpu->index));
	its_msi(&vm, 1, 0);
	gic_comes(vcpu, LPI, 0x90);
	vm_destroy(&vm);
}

FIXTURE(fuzz) { };

FIXTURE_SETUP(fuzz)
{
	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
}

FIXTURE_TEARDOWN(fuzz) { }

TEST_F_TIMEOUT(fuzz, accesses_of_all_kinds, 120)
{
	struct fuzz_session session;

	guests_fuzz(&session, PATIENCE, &canary, one_vm);
	interrupts_come();
	canary_stop(&canary);
	TH_LOG("%lu VMs, %lu accesses drawn, %lu interrupts, another VM's steps: %lu", vms, ops,
	       taken, canary.steps);
	EXPECT_TRUE(fuzz_end(&session));
	EXPECT_LT(0, taken);
}

TEST_HARNESS_MAIN
