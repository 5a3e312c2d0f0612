// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows MSIs with vCPUs that run and sleep: thousands, from other threads, from eventfds and from a
 * vCPU's own stores, of which none is lost and none comes twice.
 */
#include <sched.h>
#include "kselftest_harness.h"
#include "eventfds.h"
#include "its.h"

/* How an MSI is sent; each way is a device of its own */
#define BY_COMMAND	0U
#define BY_EVENTFD	1U
#define BY_STORE	2U
#define WAYS		3U

#define EVENTS		64U
#define ROUNDS		thorough(24)
#define DEVICE_ID(way)	((way) == BY_STORE ? 0 : 5 + (way))

/* Vcpu 0 sleeps and vcpu 1 spins, and each takes every other event; vcpu 2 stores */
#define TAKERS		2U
#define STORES		2U
#define NR		3U

/* Of an event, by its LPI: what its handler counts and sees, a device's state and a copy of it */
struct seen {
	u32 taken;
	u32 device;
	u32 copy;
};

#define SEEN		((struct seen *)(GUEST_SHARED + 0x2000))
#define NOBODYS		(WAYS * EVENTS)

static void __guest guest_counts(struct guest_frame *frame, u64 vector)
{
	u64 id = read_sysreg(ICC_IAR1), which = id - LPI;
	struct seen *seen = &SEEN[which < NOBODYS ? which : NOBODYS];

	(void)frame;
	(void)vector;
	if (id == INTID_NONE)
		return;
	WRITE_ONCE(seen->copy, READ_ONCE(seen->device));
	dmb();
	WRITE_ONCE(seen->taken, seen->taken + 1);
	write_sysreg(id, ICC_EOIR1);
}

static u64 __guest guest_takes(u64 sleeps)
{
	write_sysreg(0xff, ICC_PMR);
	write_sysreg(1, ICC_IGRPEN1);
	while (sleeps)
		wfi_take_irq();
	asm volatile("msr daifclr, #2" : : : "memory");
	for (;;)
		barrier();
	return 0;
}

/* Each once more when it has come; or without waiting for that */
static u64 __guest guest_sends(u64 rounds, u64 waits)
{
	struct seen *seen = &SEEN[BY_STORE * EVENTS];
	u32 round, event;

	for (round = 0; round < rounds; round++)
		for (event = 0; event < EVENTS; event++) {
			while (waits && READ_ONCE(seen[event].taken) != round)
				barrier();
			WRITE_ONCE(seen[event].device, round + 1);
			dmb();
			guest_write32(GITS_TRANSLATER, event);
		}
	return 0;
}

FIXTURE(msis) {
	struct vm vm;
	struct vcpu *vcpu[NR];
	struct seen *seen;
	int fd[EVENTS];
};

/* How a signal of the eventfd is an MSI, or no longer */
static int set(FIXTURE_DATA(msis) *self, u64 flags, u32 event)
{
	struct arm_vcpu_irqfd arg = its_irqfd(self->fd[event], DEVICE_ID(BY_EVENTFD), event);

	arg.flags |= flags;
	return irqfd_set(&self->vm, arg);
}

static void map(FIXTURE_DATA(msis) *self, u32 way)
{
	struct its_command commands[EVENTS];
	u32 event;

	its_do(self->vcpu[0], ITS_MAPD(DEVICE_ID(way), ITS_ITT + way * 0x1000, 6));
	for (event = 0; event < EVENTS; event++) {
		u32 intid = LPI + way * EVENTS + event;

		its_configure(&self->vm, intid, LPI_ENABLED | 0x80);
		commands[event] = ITS_MAPTI(DEVICE_ID(way), event, intid, event % TAKERS);
	}
	its_do_all(self->vcpu[0], commands, EVENTS, __FILE__, __LINE__);
}

FIXTURE_SETUP(msis)
{
	u32 i;

	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	its_vm(&self->vm);
	gic_add_vcpus(&self->vm, self->vcpu, NR);
	its_enable(self->vcpu[0], ITS_FLAT);
	for (i = 0; i < WAYS; i++)
		map(self, i);
	for (i = 0; i < EVENTS; i++) {
		self->fd[i] = event_new();
		ASSERT_EQ(0, set(self, 0, i));
	}
	self->seen = vm_host(&self->vm, (u64)SEEN);
	vm_handler(&self->vm, VECTOR_IRQ, guest_counts);
	for (i = 0; i < TAKERS; i++) {
		vcpu_call(self->vcpu[i], guest_takes, i == 0, 0);
		vcpu_start(self->vcpu[i]);
	}
}

FIXTURE_TEARDOWN(msis)
{
	if (self->seen)
		vm_destroy(&self->vm);
}

static void stop(struct __test_metadata *_metadata, FIXTURE_DATA(msis) *self)
{
	u32 i;

	for (i = 0; i < TAKERS; i++) {
		vm_kick(self->vcpu[i]->fd);
		EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(self->vcpu[i]));
	}
}

struct sender {
	FIXTURE_DATA(msis) *self;
	u32 way;
	u32 events;
	u32 rounds;
	bool waits;
	bool done;
	pthread_t thread;
};

static bool comes(struct seen *seen, u32 taken)
{
	u64 until = now_ns() + 8 * SECOND * slowness();

	while (READ_ONCE(seen->taken) != taken && now_ns() < until)
		sched_yield();
	return READ_ONCE(seen->taken) == taken;
}

static void send(const struct sender *sender, u32 event)
{
	if (sender->way == BY_COMMAND)
		its_msi(&sender->self->vm, DEVICE_ID(BY_COMMAND), event);
	else
		event_signal(sender->self->fd[event]);
}

/* As guest_sends(), but that it gives up if one doesn't come */
static void *sends(void *arg)
{
	struct sender *sender = arg;
	struct seen *seen = &sender->self->seen[sender->way * EVENTS];
	u32 round, event;

	for (round = 0; round < sender->rounds; round++)
		for (event = 0; event < sender->events; event++) {
			if (sender->waits && !comes(&seen[event], round))
				goto out;
			__atomic_store_n(&seen[event].device, round + 1, __ATOMIC_SEQ_CST);
			send(sender, event);
		}
out:
	__atomic_store_n(&sender->done, true, __ATOMIC_SEQ_CST);
	return NULL;
}

static void begin(struct sender *sender)
{
	if (pthread_create(&sender->thread, NULL, sends, sender))
		die("can't create a thread");
}

/* Waits for as long as they come: until the last one of each event has been seen */
static bool all_seen(FIXTURE_DATA(msis) *self, u32 way, u32 events, u32 rounds)
{
	struct seen *seen = &self->seen[way * EVENTS];
	u32 event;

	for (event = 0; event < events; event++) {
		u32 copy;

		do {
			copy = READ_ONCE(seen[event].copy);
			if (wait_for(READ_ONCE(seen[event].copy) == rounds))
				break;
		} while (READ_ONCE(seen[event].copy) != copy);
		if (READ_ONCE(seen[event].copy) != rounds)
			return false;
	}
	return true;
}

/* They go all ways at once that are in the mask */
static void storm(struct __test_metadata *_metadata, FIXTURE_DATA(msis) *self, u32 ways,
		  u32 rounds, bool waits)
{
	struct sender sender[WAYS];
	u32 way;

	for (way = 0; way < WAYS; way++) {
		sender[way] = (struct sender) {
			.self = self, .way = way, .events = EVENTS, .rounds = rounds,
			.waits = waits,
		};
		if (ways & 1 << way & 1 << BY_STORE) {
			vcpu_call(self->vcpu[STORES], guest_sends, rounds, waits);
			vcpu_start(self->vcpu[STORES]);
		} else if (ways & 1 << way) {
			begin(&sender[way]);
		}
	}
	for (way = 0; way < WAYS; way++)
		if (ways & 1 << way)
			EXPECT_TRUE(all_seen(self, way, EVENTS, rounds)) TH_LOG("way %u", way);
	sleep_ms(20);
	vm_kick(self->vcpu[STORES]->fd);
	for (way = 0; way < WAYS; way++)
		if (ways & 1 << way & 1 << BY_STORE)
			vcpu_join(self->vcpu[STORES]);
		else if (ways & 1 << way)
			pthread_join(sender[way].thread, NULL);
	stop(_metadata, self);
	EXPECT_EQ(0, self->seen[NOBODYS].taken);
}

static void none_is_lost(struct __test_metadata *_metadata, FIXTURE_DATA(msis) *self, u32 ways)
{
	u32 i;

	storm(_metadata, self, ways, ROUNDS, true);
	for (i = 0; i < WAYS * EVENTS; i++)
		EXPECT_EQ(ways >> i / EVENTS & 1 ? ROUNDS : 0, self->seen[i].taken)
			TH_LOG("way %u, event %u", i / EVENTS, i % EVENTS);
}

TEST_F_TIMEOUT(msis, none_is_lost_by_command, 100)
{
	none_is_lost(_metadata, self, 1 << BY_COMMAND);
}

TEST_F_TIMEOUT(msis, none_is_lost_by_eventfd, 100)
{
	none_is_lost(_metadata, self, 1 << BY_EVENTFD);
}

TEST_F_TIMEOUT(msis, none_is_lost_by_store, 100)
{
	none_is_lost(_metadata, self, 1 << BY_STORE);
}

TEST_F_TIMEOUT(msis, none_is_lost_all_ways_at_once, 100)
{
	none_is_lost(_metadata, self, 1 << BY_COMMAND | 1 << BY_EVENTFD | 1 << BY_STORE);
}

/* As fast as they can: some are one, but what the last of them was about has been seen */
TEST_F_TIMEOUT(msis, a_storm, 100)
{
	u32 i, taken = 0;

	storm(_metadata, self, 1 << BY_COMMAND | 1 << BY_EVENTFD | 1 << BY_STORE, ROUNDS, false);
	for (i = 0; i < WAYS * EVENTS; i++) {
		EXPECT_LT(0, self->seen[i].taken);
		EXPECT_GE(ROUNDS, self->seen[i].taken);
		taken += self->seen[i].taken;
	}
	TH_LOG("%u interrupts of %u MSIs", taken, WAYS * EVENTS * ROUNDS);
}

/* What is signalled while it is away comes when it is back; few, for both to be at the same one */
#define FEW	4U

TEST_F_TIMEOUT(msis, none_is_lost_while_they_come_and_go, 100)
{
	struct sender sender = {
		.self = self, .way = BY_EVENTFD, .events = FEW, .rounds = 16 * ROUNDS,
		.waits = true,
	};
	u32 event, turns = 0;

	begin(&sender);
	while (!__atomic_load_n(&sender.done, __ATOMIC_SEQ_CST)) {
		event = turns++ % FEW;
		ASSERT_EQ(0, set(self, ARM_VCPU_IRQFD_REMOVE, event));
		ASSERT_EQ(0, set(self, 0, event));
	}
	pthread_join(sender.thread, NULL);
	EXPECT_TRUE(all_seen(self, BY_EVENTFD, FEW, 16 * ROUNDS));
	stop(_metadata, self);
	for (event = 0; event < FEW; event++)
		EXPECT_EQ(16 * ROUNDS, self->seen[BY_EVENTFD * EVENTS + event].taken);
	TH_LOG("%u came and went", turns);
}

TEST_F_TIMEOUT(msis, the_vm_goes_while_they_come, 100)
{
	FIXTURE_DATA(msis) others;
	static struct seen nobodys[WAYS * EVENTS];
	struct sender sender = {
		.self = &others, .way = BY_EVENTFD, .events = EVENTS, .rounds = 16 * ROUNDS,
	};

	others = *self;
	others.seen = nobodys;
	begin(&sender);
	sleep_ms(5);
	stop(_metadata, self);
	vm_destroy(&self->vm);
	self->seen = NULL;
	EXPECT_FALSE(__atomic_load_n(&sender.done, __ATOMIC_SEQ_CST));
	pthread_join(sender.thread, NULL);
	EXPECT_LT(0, event_count(self->fd[0]));
}

TEST_HARNESS_MAIN
