// SPDX-License-Identifier: GPL-2.0-only
/*
 * Single instructions in a guest: see probe.h.
 */
#include "probe.h"

#define INSN_HVC	(0xd4000002U | PROBE_CALL << 5)
#define INSN_SVC	0xd4000001U
#define INSN_B_SELF	0x14000000U

GUEST_ASM(guest_probe_done, "hvc #" STR(PROBE_CALL) "\n b .");

/* EL0 ends with an SVC: go on at EL1, with its x0 and nothing left on the stack */
static void __guest guest_probe_el0(struct guest_frame *frame, u64 vector)
{
	if (ESR_EC(frame->esr) != EC_SVC) {
		guest_skip(frame, vector);
		return;
	}
	frame->elr = (u64)guest_probe_done;
	frame->spsr = PSR_DAIF | PSR_EL1H;
}

static u64 __guest guest_probe_begin(void)
{
	return 0;
}

void sync_code(void *start, size_t length)
{
	char *p;

	for (p = start; p < (char *)start + length; p += 16)
		asm volatile("dc cvac, %0" : : "r" (p) : "memory");
	dsb();
	__builtin___clear_cache(start, (char *)start + length);
}

void probe_init(struct vcpu *vcpu)
{
	vm_handler(vcpu->vm, VECTOR_SYNC, guest_skip);
	vm_handler(vcpu->vm, VECTOR_EL0_SYNC, guest_probe_el0);
	vcpu_call(vcpu, guest_probe_begin, 0, 0);
	vcpu_expect_call(vcpu, CALL_DONE);
}

void probe_enter(struct vcpu *vcpu, u32 insn, u64 x0, bool el0)
{
	u64 where = PROBE_CODE + vcpu->index * 64;
	u32 *code = vm_host(vcpu->vm, where);

	code[0] = insn;
	code[1] = el0 ? INSN_SVC : INSN_HVC;
	code[2] = INSN_B_SELF;
	sync_code(code, 12);
	vcpu->run->pc = where;
	vcpu->run->pstate = PSR_DAIF | (el0 ? PSR_EL0T : PSR_EL1H);
	vcpu->run->x[0] = x0;
}

static u64 finish(struct vcpu *vcpu, u32 insn)
{
	if (vcpu_next(vcpu) != ARM_VCPU_EXIT_HYPERCALL ||
	    vcpu->run->call.immediate != PROBE_CALL)
		die("instruction %08x: exit %s, esr %#llx", insn,
		    exit_name(vcpu->run->exit_reason), vcpu->run->esr);
	return vcpu->run->x[0];
}

u64 probe(struct vcpu *vcpu, u32 insn, u64 x0)
{
	probe_enter(vcpu, insn, x0, false);
	return finish(vcpu, insn);
}

u64 probe_el0(struct vcpu *vcpu, u32 insn, u64 x0)
{
	probe_enter(vcpu, insn, x0, true);
	return finish(vcpu, insn);
}
