// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows IRQFD with vCPUs that run, sleep and move: interrupts that eventfds signal from other
 * threads and processes, at any rate, of which none is lost and none comes twice.
 */
#include <poll.h>
#include <sched.h>
#include <sys/wait.h>
#include "kselftest_harness.h"
#include "eventfds.h"
#include "gic_vm.h"

#define SPI		40U	/* of the first vCPU; the second has the next */
#define NR		2
#define ROUNDS		100U

/* What the handler of a vCPU counts, and what it sees: a device's state, and a copy of it */
struct seen {
	u64 taken;
	u64 device;
	u64 copy;
};

#define SEEN		((struct seen *)(GUEST_SHARED + 0x2000))

static void __guest guest_counts(struct guest_frame *frame, u64 vector)
{
	struct seen *seen = &SEEN[read_sysreg(mpidr_el1) % 256];
	u64 id = read_sysreg(ICC_IAR1);

	(void)frame;
	(void)vector;
	if (id == INTID_NONE)
		return;
	WRITE_ONCE(seen->copy, READ_ONCE(seen->device));
	dmb();
	WRITE_ONCE(seen->taken, seen->taken + 1);
	write_sysreg(id, ICC_EOIR1);
}

/* Until the VMM kicks it */
static u64 __guest guest_sleeps(void)
{
	write_sysreg(0xff, ICC_PMR);
	write_sysreg(1, ICC_IGRPEN1);
	for (;;)
		wfi_take_irq();
	return 0;
}

static u64 __guest guest_spins(void)
{
	write_sysreg(0xff, ICC_PMR);
	write_sysreg(1, ICC_IGRPEN1);
	asm volatile("msr daifclr, #2" : : : "memory");
	for (;;)
		barrier();
	return 0;
}

FIXTURE(run) {
	struct vm vm;
	struct seen *seen;
	int fd[NR];
	int resample[NR];
};

FIXTURE_VARIANT(run) {
	u64 (*guest)(void);
};

FIXTURE_VARIANT_ADD(run, asleep) { .guest = guest_sleeps };
FIXTURE_VARIANT_ADD(run, awake) { .guest = guest_spins };

FIXTURE_SETUP(run)
{
	struct vcpu *vcpu;
	u32 i;

	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	gic_vm(&self->vm);
	self->seen = vm_host(&self->vm, (u64)SEEN);
	for (i = 0; i < NR; i++)
		gic_serve(vcpu_create(&self->vm));
	vcpu = &self->vm.vcpus[0];
	gic_write32(vcpu, GIC_DIST + GICD_CTLR, 3);
	for (i = 0; i < NR; i++) {
		gic_enable(vcpu, SPI + i, 0x80);
		gic_route(vcpu, SPI + i, i);
		self->fd[i] = event_new();
		self->resample[i] = event_new();
	}
	vm_handler(&self->vm, VECTOR_IRQ, guest_counts);
	for (i = 0; i < NR; i++)
		vcpu_call(&self->vm.vcpus[i], variant->guest, 0, 0);
}

FIXTURE_TEARDOWN(run)
{
	if (self->seen)
		vm_destroy(&self->vm);
}

static void make_edges(FIXTURE_DATA(run) *self)
{
	struct vcpu *vcpu = &self->vm.vcpus[0];
	u32 i;

	vm_handler(&self->vm, VECTOR_IRQ, guest_interrupt);
	gic_serve(vcpu);
	for (i = 0; i < NR; i++)
		gic_make_edge(vcpu, SPI + i);
	vm_handler(&self->vm, VECTOR_IRQ, guest_counts);
}

static void start(FIXTURE_DATA(run) *self, u64 (*guest)(void))
{
	u32 i;

	for (i = 0; i < NR; i++) {
		vcpu_call(&self->vm.vcpus[i], guest, 0, 0);
		vcpu_start(&self->vm.vcpus[i]);
	}
}

static void stop(struct __test_metadata *_metadata, FIXTURE_DATA(run) *self)
{
	u32 i;

	for (i = 0; i < NR; i++) {
		vm_kick(self->vm.vcpus[i].fd);
		EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(&self->vm.vcpus[i]));
	}
}

/* Waits for the guest without giving the CPU away where there is another */
#define taken(n) ({								\
	u64 until_ = now_ns() + 8 * SECOND * slowness();			\
	while (READ_ONCE(self->seen[n].taken) < wanted && now_ns() < until_)	\
		sched_yield();							\
	READ_ONCE(self->seen[n].taken) == wanted;				\
})

/* One after the other, to both */
TEST_F_TIMEOUT(run, each_edge_comes_once, 100)
{
	u64 wanted;
	u32 i;

	make_edges(self);
	for (i = 0; i < NR; i++)
		ASSERT_EQ(0, irqfd_add(&self->vm, self->fd[i], SPI + i));
	start(self, variant->guest);
	for (wanted = 1; wanted <= ROUNDS; wanted++) {
		for (i = 0; i < NR; i++)
			event_signal(self->fd[i]);
		for (i = 0; i < NR; i++)
			ASSERT_TRUE(taken(i)) TH_LOG("%lu of %lu", self->seen[i].taken, wanted);
	}
	sleep_ms(20);
	stop(_metadata, self);
	for (i = 0; i < NR; i++)
		EXPECT_EQ(ROUNDS, self->seen[i].taken);
}

/* From another process, which can't reach the VM */
TEST_F_TIMEOUT(run, another_process_signals, 100)
{
	u64 wanted = 1;
	pid_t pid;
	int status;

	make_edges(self);
	ASSERT_EQ(0, irqfd_add(&self->vm, self->fd[0], SPI));
	start(self, variant->guest);
	sleep_ms(20);
	pid = fork();
	if (!pid) {
		event_signal(self->fd[0]);
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(taken(0));
	stop(_metadata, self);
}

struct signaller {
	int fd;
	struct seen *seen;
	u64 rounds;
	pthread_t thread;
};

/* As a device does: first its state, then the interrupt */
static void *signals(void *arg)
{
	struct signaller *signaller = arg;
	u64 i;

	for (i = 1; i <= signaller->rounds; i++) {
		__atomic_store_n(&signaller->seen->device, i, __ATOMIC_SEQ_CST);
		event_signal(signaller->fd);
	}
	return NULL;
}

static void begin(struct signaller *signaller, int fd, struct seen *seen, u64 rounds)
{
	*signaller = (struct signaller) { .fd = fd, .seen = seen, .rounds = rounds };
	if (pthread_create(&signaller->thread, NULL, signals, signaller))
		die("can't create a thread");
}

/* As fast as they can: what the last of them was about has been seen */
TEST_F_TIMEOUT(run, a_storm_of_edges, 100)
{
	struct signaller signaller[NR];
	u32 i;

	make_edges(self);
	for (i = 0; i < NR; i++)
		ASSERT_EQ(0, irqfd_add(&self->vm, self->fd[i], SPI + i));
	start(self, variant->guest);
	for (i = 0; i < NR; i++)
		begin(&signaller[i], self->fd[i], &self->seen[i], 20 * ROUNDS);
	for (i = 0; i < NR; i++) {
		pthread_join(signaller[i].thread, NULL);
		EXPECT_TRUE(wait_for(READ_ONCE(self->seen[i].copy) == 20 * ROUNDS));
	}
	stop(_metadata, self);
	for (i = 0; i < NR; i++) {
		TH_LOG("%lu interrupts of %u signals", self->seen[i].taken, 20 * ROUNDS);
		EXPECT_LT(0, self->seen[i].taken);
		EXPECT_GE(20 * ROUNDS, self->seen[i].taken);
		EXPECT_EQ(0, event_count(self->fd[i]));
	}
}

/* While it comes and goes, and while the VM goes */
TEST_F_TIMEOUT(run, a_storm_while_it_comes_and_goes, 100)
{
	struct signaller signaller[NR];
	struct seen nobodys;
	u32 i, round;

	make_edges(self);
	start(self, variant->guest);
	for (i = 0; i < NR; i++)
		begin(&signaller[i], self->fd[i], &nobodys, 40 * ROUNDS);
	for (round = 0; round < 60; round++) {
		i = round % NR;
		if (round % 4 / 2) {
			ASSERT_EQ(0, irqfd_add(&self->vm, self->fd[i], SPI + i));
		} else {
			ASSERT_EQ(0, irqfd_add_level(&self->vm, self->fd[i], SPI + i,
						     self->resample[i]));
		}
		sleep_ms(1);
		ASSERT_EQ(0, irqfd_remove(&self->vm, self->fd[i], SPI + i));
	}
	for (i = 0; i < NR; i++)
		ASSERT_EQ(0, irqfd_add(&self->vm, self->fd[i], SPI + i));
	stop(_metadata, self);
	vm_destroy(&self->vm);
	for (i = 0; i < NR; i++)
		pthread_join(signaller[i].thread, NULL);
	self->seen = NULL;
}

/* Devices that want it again and again: each end is told, once */
TEST_F_TIMEOUT(run, each_end_of_a_level_is_told_once, 100)
{
	struct pollfd poll_fd = { .events = POLLIN };
	u64 wanted;
	u32 i;

	for (i = 0; i < NR; i++)
		ASSERT_EQ(0, irqfd_add_level(&self->vm, self->fd[i], SPI + i, self->resample[i]));
	start(self, variant->guest);
	for (wanted = 1; wanted <= ROUNDS; wanted++) {
		for (i = 0; i < NR; i++)
			event_signal(self->fd[i]);
		for (i = 0; i < NR; i++) {
			poll_fd.fd = self->resample[i];
			ASSERT_EQ(1, poll(&poll_fd, 1, 8000 * (int)slowness()));
			ASSERT_EQ(1, event_count(self->resample[i]));
			ASSERT_EQ(wanted, READ_ONCE(self->seen[i].taken));
		}
	}
	sleep_ms(20);
	stop(_metadata, self);
	for (i = 0; i < NR; i++) {
		EXPECT_EQ(ROUNDS, self->seen[i].taken);
		EXPECT_EQ(0, event_count(self->resample[i]));
	}
}

static u64 __guest guest_rings(u64 addr)
{
	u64 i;

	write_sysreg(0xff, ICC_PMR);
	write_sysreg(1, ICC_IGRPEN1);
	for (i = 1; i <= ROUNDS; i++) {
		guest_write32(addr, 0);
		while (READ_ONCE(SEEN[0].taken) < i)
			wfi_take_irq();
	}
	return SEEN[0].taken;
}

/* The guest's own store is its interrupt, and nobody else has part in it */
TEST_F(run, a_store_signals_an_interrupt)
{
	struct vcpu *vcpu = &self->vm.vcpus[0];
	u64 stores;

	make_edges(self);
	ASSERT_EQ(0, irqfd_add(&self->vm, self->fd[0], SPI));
	ASSERT_EQ(0, ioeventfd_add(&self->vm, GUEST_MMIO, 4, self->fd[0]));
	vcpu_call(vcpu, guest_rings, GUEST_MMIO, 0);
	stores = vcpu_stat(vcpu, ARM_VCPU_STAT_IOEVENTFD);
	vcpu_expect_call(vcpu, CALL_DONE);
	EXPECT_EQ(ROUNDS, vcpu->run->x[0]);
	EXPECT_EQ(ROUNDS, vcpu_stat(vcpu, ARM_VCPU_STAT_IOEVENTFD) - stores);
}

TEST_HARNESS_MAIN
