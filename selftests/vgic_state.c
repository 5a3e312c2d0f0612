// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that all of a virtual GICv3's state is in the run page, and each vCPU's own: it goes
 * with a vCPU to another CPU, and by a copy to another VM, in the middle of an interrupt; the
 * VMM writes what the guest reads, and the other way round; and neither another vCPU on the
 * same CPU nor a guest without it sees any of it.
 */
#include <string.h>
#include "kselftest_harness.h"
#include "probe.h"
#include "reg.h"
#include "vgic.h"

#define ID		40UL
#define CALL_STATE	0x2010 /* x0: PMR, BPR0, BPR1, IGRPEN0 and 1, CTLR; x1: HPPIR0 and 1, RPR */
#define STATE(pmr, bpr0, bpr1, en0, en1, ctlr)				\
	((u64)(pmr) | (u64)(bpr0) << 8 | (u64)(bpr1) << 16 | (u64)(en0) << 24 |	\
	 (u64)(en1) << 32 | (u64)(ctlr) << 40)
#define PENDING(hppir0, hppir1, rpr) ((u64)(hppir0) | (u64)(hppir1) << 16 | (u64)(rpr) << 32)

FIXTURE(state) {
	struct vm vm[2];
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
	struct arm_vcpu_gic *gic;
};

FIXTURE_SETUP(state)
{
	int i;

	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	for (i = 0; i < 2; i++)
		vgic_vm(&self->vm[i], 0);
	self->vcpu = vcpu_create(&self->vm[0]);
	self->run = self->vcpu->run;
	self->gic = &self->run->gic;
}

FIXTURE_TEARDOWN(state)
{
	int i;

	for (i = 0; self->vcpu && i < 2; i++)
		vm_destroy(&self->vm[i]);
}

/* Says what it reads; if it is given another x0, it writes that, ICC_CTLR_EL1 first */
static void __guest guest_state(void)
{
	u64 state, pending, next;

	for (;;) {
		state = read_sysreg(ICC_PMR) | read_sysreg(ICC_BPR0) << 8 |
			read_sysreg(ICC_BPR1) << 16 | read_sysreg(ICC_IGRPEN0) << 24 |
			read_sysreg(ICC_IGRPEN1) << 32 | (read_sysreg(ICC_CTLR) & 3) << 40;
		pending = read_sysreg(ICC_HPPIR0) | read_sysreg(ICC_HPPIR1) << 16 |
			read_sysreg(ICC_RPR) << 32;
		next = guest_call(CALL_STATE, state, pending, 0, 0);
		if (next == state)
			continue;
		write_sysreg(next >> 40, ICC_CTLR);
		write_sysreg(next & 0xff, ICC_PMR);
		write_sysreg(next >> 8 & 7, ICC_BPR0);
		write_sysreg(next >> 16 & 7, ICC_BPR1);
		write_sysreg(next >> 24 & 1, ICC_IGRPEN0);
		write_sysreg(next >> 32 & 1, ICC_IGRPEN1);
	}
}

static u64 vmcr(u64 pmr, u64 bpr0, u64 bpr1, u64 en0, u64 en1, u64 ctlr)
{
	return ICH_VMCR_VPMR(pmr) | ICH_VMCR_VBPR0(bpr0) | ICH_VMCR_VBPR1(bpr1) |
		(en0 ? ICH_VMCR_VENG0 : 0) | (en1 ? ICH_VMCR_VENG1 : 0) |
		(ctlr & ICC_CTLR_CBPR ? ICH_VMCR_VCBPR : 0) |
		(ctlr & ICC_CTLR_EOIMODE ? ICH_VMCR_VEOIM : 0);
}

/* Bits that the virtual interface can't change: VFIQEn is 1 without GICv2's registers */
#define VMCR_SEEN	(ICH_VMCR_VPMR(0xff) | ICH_VMCR_VBPR0(7) | ICH_VMCR_VBPR1(7) |	\
			 ICH_VMCR_VENG0 | ICH_VMCR_VENG1 | ICH_VMCR_VCBPR | ICH_VMCR_VEOIM)

static const u8 states[][6] = {
	{ 0xf8, 4, 5, 0, 0, 0 }, { 0, 4, 5, 1, 0, 0 }, { 0, 4, 5, 0, 1, 0 },
	{ 0x80, 7, 6, 1, 1, ICC_CTLR_EOIMODE }, { 0x08, 6, 7, 1, 1, 0 },
	{ 0x50, 5, 4, 0, 1, ICC_CTLR_EOIMODE }, { 0xa8, 4, 7, 1, 0, 0 },
};

#define AS_STATE(s)	STATE((s)[0], (s)[1], (s)[2], (s)[3], (s)[4], (s)[5])
#define AS_VMCR(s)	vmcr((s)[0], (s)[1], (s)[2], (s)[3], (s)[4], (s)[5])
#define NOTHING		PENDING(INTID_NONE, INTID_NONE, RPR_IDLE)

TEST_F(state, what_the_vmm_writes_the_guest_reads)
{
	u32 i;

	vcpu_call(self->vcpu, guest_state, 0, 0);
	vcpu_expect_call(self->vcpu, CALL_STATE);
	for (i = 0; i < ARRAY_SIZE(states); i++) {
		self->gic->vmcr = AS_VMCR(states[i]);
		vcpu_expect_call(self->vcpu, CALL_STATE);
		EXPECT_EQ(AS_STATE(states[i]), self->run->x[0]);
		EXPECT_EQ(AS_VMCR(states[i]), self->gic->vmcr & VMCR_SEEN);
	}
}

TEST_F(state, what_the_guest_writes_the_vmm_reads)
{
	u32 i;

	vcpu_call(self->vcpu, guest_state, 0, 0);
	vcpu_expect_call(self->vcpu, CALL_STATE);
	for (i = 0; i < ARRAY_SIZE(states); i++) {
		self->run->x[0] = AS_STATE(states[i]);
		vcpu_expect_call(self->vcpu, CALL_STATE);
		EXPECT_EQ(AS_STATE(states[i]), self->run->x[0]);
		EXPECT_EQ(AS_VMCR(states[i]), self->gic->vmcr & VMCR_SEEN);
	}
}

/* One binary point for both groups hides the other meanwhile */
TEST_F(state, what_cbpr_hides_is_kept)
{
	vcpu_call(self->vcpu, guest_state, 0, 0);
	vcpu_expect_call(self->vcpu, CALL_STATE);
	self->gic->vmcr = vmcr(0x80, 4, 7, 1, 1, ICC_CTLR_CBPR);
	vcpu_expect_call(self->vcpu, CALL_STATE);
	EXPECT_EQ(STATE(0x80, 4, 5, 1, 1, ICC_CTLR_CBPR), self->run->x[0]);
	EXPECT_EQ(vmcr(0x80, 4, 7, 1, 1, ICC_CTLR_CBPR), self->gic->vmcr & VMCR_SEEN);
}

TEST_F(state, after_set_entry_it_is_zero)
{
	struct arm_vcpu_gic zero = { 0 };

	vcpu_call(self->vcpu, guest_state, 0, 0);
	memset(self->gic, 0xff, sizeof(*self->gic));
	vcpu_call(self->vcpu, guest_state, 0, 0);
	EXPECT_EQ(0, memcmp(self->gic, &zero, sizeof(zero)));
	self->gic->lr[1] = vgic_pending(ID, 0x80, GROUP1);
	vcpu_expect_call(self->vcpu, CALL_STATE);
	EXPECT_NE(0, self->gic->lr[1]);
	vcpu_call(self->vcpu, guest_state, 0, 0);
	EXPECT_EQ(0, memcmp(self->gic, &zero, sizeof(zero)));
	vcpu_expect_call(self->vcpu, CALL_STATE);
	EXPECT_EQ(0, self->run->x[0] & ~STATE(0, 7, 7, 0, 0, 0));
	EXPECT_EQ(NOTHING, self->run->x[1]);
}

/* Every exit at another CPU */
TEST_F(state, it_goes_with_the_vcpu)
{
	int i, cpu = 0;

	vgic_listen(self->vcpu);
	((struct vgic_shared *)vm_host(&self->vm[0], GUEST_SHARED))->nests = 1;
	for (i = 0; i < 10; i++) {
		self->gic->vmcr = vmcr(0xf0, 4, 5, 1, 1, i & 1 ? ICC_CTLR_EOIMODE : 0);
		self->gic->lr[i % 4] = vgic_pending(ID, 0xc0, GROUP0);
		pin_to(cpu_nth(cpu++));
		vgic_expect(self->vcpu, CALL_TAKEN, ID, VECTOR_FIQ, 0xc0);
		self->gic->lr[(i + 1) % 4] = vgic_pending(ID + 1, 0x20, GROUP1);
		pin_to(cpu_nth(cpu++));
		vgic_expect(self->vcpu, CALL_TAKEN, ID + 1, VECTOR_IRQ, 0x20);
		pin_to(cpu_nth(cpu++));
		if (i & 1)
			vgic_expect(self->vcpu, CALL_DROPPED, ID + 1, VECTOR_IRQ, 0xc0);
		pin_to(cpu_nth(cpu++));
		vgic_expect(self->vcpu, CALL_ENDED, ID + 1, VECTOR_IRQ, 0xc0);
		pin_to(cpu_nth(cpu++));
		if (i & 1)
			vgic_expect(self->vcpu, CALL_DROPPED, ID, VECTOR_FIQ, RPR_IDLE);
		pin_to(cpu_nth(cpu++));
		vgic_expect(self->vcpu, CALL_ENDED, ID, VECTOR_FIQ, RPR_IDLE);
		EXPECT_TRUE(vgic_idle(self->gic));
		EXPECT_EQ(0, ICH_LR_STATE(self->gic->lr[i % 4] | self->gic->lr[(i + 1) % 4]));
		pin_to(cpu_nth(cpu++));
		vcpu_expect_call(self->vcpu, CALL_IDLE);
	}
}

/* To a fresh vCPU of the other VM, with all that can be read of it */
static struct vcpu *copy(struct vcpu *from, struct vm *vm)
{
	struct vcpu *to = vcpu_create(vm);
	struct reg_list list;
	u64 value[2];
	u32 i;

	memcpy(vm->ram, from->vm->ram, GUEST_RAM_SIZE);
	vcpu_enter(to, guest_spin, 0, 0);
	if (vcpu_list_regs(from, &list))
		die("LIST_REGS");
	for (i = 0; i < list.count; i++) {
		if (vcpu_get_reg(from, list.ids[i], value) ||
		    vcpu_set_reg(to, list.ids[i], value))
			die("register %llx", (unsigned long long)list.ids[i]);
	}
	memcpy(to->run->x, from->run->x, sizeof(to->run->x));
	to->run->pc = from->run->pc;
	to->run->pstate = from->run->pstate;
	to->run->gic = from->run->gic;
	return to;
}

TEST_F(state, a_copy_goes_on_in_the_middle_of_an_interrupt)
{
	struct vcpu *vcpu;

	vgic_listen(self->vcpu);
	((struct vgic_shared *)vm_host(&self->vm[0], GUEST_SHARED))->nests = 1;
	self->gic->vmcr = vmcr(0xf0, 4, 5, 1, 1, ICC_CTLR_EOIMODE);
	self->gic->lr[0] = vgic_pending(ID, 0xc0, GROUP0);
	vgic_expect(self->vcpu, CALL_TAKEN, ID, VECTOR_FIQ, 0xc0);
	self->gic->lr[3] = vgic_pending(ID + 1, 0x20, GROUP1);
	vgic_expect(self->vcpu, CALL_TAKEN, ID + 1, VECTOR_IRQ, 0x20);
	self->gic->lr[2] = vgic_pending(ID + 2, 0x80, GROUP1);
	vcpu = copy(self->vcpu, &self->vm[1]);
	vgic_expect(vcpu, CALL_DROPPED, ID + 1, VECTOR_IRQ, 0xc0);
	vgic_expect(vcpu, CALL_ENDED, ID + 1, VECTOR_IRQ, 0xc0);
	vgic_expect(vcpu, CALL_TAKEN, ID + 2, VECTOR_IRQ, 0x80);
	vgic_expect(vcpu, CALL_DROPPED, ID + 2, VECTOR_IRQ, 0xc0);
	vgic_expect(vcpu, CALL_ENDED, ID + 2, VECTOR_IRQ, 0xc0);
	vgic_expect(vcpu, CALL_DROPPED, ID, VECTOR_FIQ, RPR_IDLE);
	vgic_expect(vcpu, CALL_ENDED, ID, VECTOR_FIQ, RPR_IDLE);
	vcpu_expect_call(vcpu, CALL_IDLE);
	EXPECT_TRUE(vgic_idle(&vcpu->run->gic));
	/* and the one that it was copied from is where it was */
	vgic_expect(self->vcpu, CALL_DROPPED, ID + 1, VECTOR_IRQ, 0xc0);
}

/* In turn on one CPU, of the same VM and of two */
TEST_F(state, two_on_one_cpu)
{
	u32 i, which;

	pin_to(cpu_nth(0));
	for (which = 0; which < 2; which++) {
		struct vcpu *other = vcpu_create(&self->vm[which]);
		const u8 *mine = states[3], *its = states[5];

		vcpu_call(self->vcpu, guest_state, 0, 0);
		vcpu_call(other, guest_state, 0, 0);
		self->gic->vmcr = AS_VMCR(mine);
		for (i = 0; i < vgic_lrs(); i++)
			self->gic->lr[i] = vgic_pending(ID + i, 0x40 + 8 * i, GROUP0);
		self->gic->ap1r[0] = 1 << 15;
		other->run->gic.vmcr = AS_VMCR(its);
		for (i = 0; i < 20; i++) {
			vcpu_expect_call(self->vcpu, CALL_STATE);
			EXPECT_EQ(AS_STATE(mine), self->run->x[0]);
			EXPECT_EQ(PENDING(ID, INTID_NONE, 15 * 8), self->run->x[1]);
			vcpu_expect_call(other, CALL_STATE);
			EXPECT_EQ(AS_STATE(its), other->run->x[0]);
			EXPECT_EQ(NOTHING, other->run->x[1]);
			EXPECT_TRUE(vgic_idle(&other->run->gic));
			EXPECT_EQ(0, other->run->gic.lr[0]);
		}
	}
}

static const u32 registers[] = {
	ENCODING(3, 0, 4, 6, 0), ENCODING(3, 0, 12, 8, 0), ENCODING(3, 0, 12, 8, 2),
	ENCODING(3, 0, 12, 8, 3), ENCODING(3, 0, 12, 8, 4), ENCODING(3, 0, 12, 9, 0),
	ENCODING(3, 0, 12, 11, 3), ENCODING(3, 0, 12, 12, 0), ENCODING(3, 0, 12, 12, 2),
	ENCODING(3, 0, 12, 12, 3), ENCODING(3, 0, 12, 12, 4), ENCODING(3, 0, 12, 12, 6),
	ENCODING(3, 0, 12, 12, 7),
	/* only written */
	ENCODING(3, 0, 12, 8, 1), ENCODING(3, 0, 12, 11, 1), ENCODING(3, 0, 12, 12, 1),
};

#define NR_READ		13

static bool there(struct vcpu *vcpu, u32 i, bool el0)
{
	u32 insn = i < NR_READ ? INSN_MRS(registers[i], 0) : INSN_MSR(registers[i], 0);
	u64 result = el0 ? probe_el0(vcpu, insn, INTID_NONE) : probe(vcpu, insn, INTID_NONE);

	return !is_undefined(result);
}

/* On the CPU where others have it */
TEST_F(state, a_guest_without_it)
{
	struct arm_vcpu_gic before;
	struct vcpu *other;
	struct vm vm;
	u32 i;

	pin_to(cpu_nth(0));
	vm_create(&vm);
	other = vcpu_create(&vm);
	probe_init(other);
	memset(&other->run->gic, 0xa5, sizeof(before));
	before = other->run->gic;
	vcpu_call(self->vcpu, guest_state, 0, 0);
	self->gic->vmcr = AS_VMCR(states[3]);
	self->gic->lr[0] = vgic_pending(ID, 8, GROUP0);
	for (i = 0; i < ARRAY_SIZE(registers); i++) {
		vcpu_expect_call(self->vcpu, CALL_STATE);
		EXPECT_EQ(AS_STATE(states[3]), self->run->x[0]);
		EXPECT_FALSE(there(other, i, false)) TH_LOG("register %u", i);
		EXPECT_FALSE(there(other, i, true)) TH_LOG("register %u at EL0", i);
	}
	EXPECT_EQ(0, memcmp(&before, &other->run->gic, sizeof(before)));
	vm_destroy(&vm);
}

TEST_F(state, it_is_el1s_alone)
{
	u32 i;

	probe_init(self->vcpu);
	for (i = 0; i < ARRAY_SIZE(registers); i++) {
		EXPECT_TRUE(there(self->vcpu, i, false)) TH_LOG("register %u", i);
		EXPECT_FALSE(there(self->vcpu, i, true)) TH_LOG("register %u at EL0", i);
	}
}

/* Whatever it writes, the state can be entered again */
TEST_F(state, what_a_guest_writes_is_valid)
{
	u64 n, value;
	u32 i;

	probe_init(self->vcpu);
	for (i = 0; i < ARRAY_SIZE(registers); i++) {
		for (n = 0; n < 20; n++) {
			value = n ? guest_pattern(n, i) : ~0UL;
			/* UNDEFINED, or it has an effect: is it valid then? */
			probe(self->vcpu, INSN_MSR(registers[i], 0), value);
			probe(self->vcpu, INSN_MRS(registers[i], 0), 0);
		}
	}
}

GUEST_ASM(guest_pfr0, "mrs x0, id_aa64pfr0_el1\n mrs x1, id_aa64pfr1_el1\n hvc #1\n b .");
GUEST_ASM(guest_sre, "msr " STR(ICC_SRE) ", xzr\n mrs x0, " STR(ICC_SRE) "\n hvc #1\n b .");

TEST_F(state, the_id_register_says_so)
{
	struct vm vm;

	vcpu_enter(self->vcpu, guest_pfr0, 0, 0);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(1, self->run->x[0] >> 24 & 0xf);
	EXPECT_EQ(1, reg_get(self->vcpu, REG(3, 0, 0, 4, 0)) >> 24 & 0xf);
	vm_create(&vm);
	vcpu_enter(vcpu_create(&vm), guest_pfr0, 0, 0);
	vcpu_expect_call(&vm.vcpus[0], 1);
	EXPECT_EQ(0, vm.vcpus[0].run->x[0] >> 24 & 0xf);
	EXPECT_EQ(0, reg_get(&vm.vcpus[0], REG(3, 0, 0, 4, 0)) >> 24 & 0xf);
	vm_destroy(&vm);
}

/* By trap or not: there is no other form, and a guest can't change that */
TEST_F(state, registers_are_its_only_form)
{
	vcpu_enter(self->vcpu, guest_sre, 0, 0);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(7, self->run->x[0]);
}

TEST_HARNESS_MAIN
