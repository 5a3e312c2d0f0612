/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints.  While one is off it is a nop where it stands; what it records is fetched
 * from the vCPU only when it is on.  There are none in hyp/.
 *
 * Names and texts are near those of KVM's events.  vcpu is the vCPU's id in its VM, and the
 * thread that an event belongs to says which VM.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM arm_vcpu

#if !defined(ARM_VCPU_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define ARM_VCPU_TRACE_H

#include <linux/tracepoint.h>

#include "guest.h"
#include "sysreg_row.h"

/* Of trace_arm_vcpu_mmio() */
#define TRACE_MMIO_READ_UNSATISFIED	0 /* the VMM will be asked */
#define TRACE_MMIO_READ			1 /* with what it has answered */
#define TRACE_MMIO_WRITE		2

/* Of trace_arm_vcpu_sysreg() and trace_arm_vcpu_wfx(): who acts */
#define TRACE_BY_KERNEL			0
#define TRACE_BY_VMM			1
#define TRACE_BY_NOBODY			2 /* the guest takes an UNDEF */

#define trace_symbol_by(by) __print_symbolic(by,					\
	{ TRACE_BY_KERNEL, "kernel" }, { TRACE_BY_VMM, "vmm" }, { TRACE_BY_NOBODY, "nobody" })

#define trace_symbol_code(code) __print_symbolic(code,					\
	{ HYP_EXIT_SYNC, "SYNC" }, { HYP_EXIT_IRQ, "IRQ" }, { HYP_EXIT_FIQ, "FIQ" },	\
	{ HYP_EXIT_SERROR, "SERROR" }, { HYP_EXIT_EL2, "EL2" })

#define trace_symbol_class(class) __print_symbolic(class,				\
	{ HYP_EC_UNKNOWN, "UNKNOWN" }, { HYP_EC_WFX, "WFx" },				\
	{ HYP_EC_CP15_32, "CP15_32" }, { HYP_EC_CP15_64, "CP15_64" },			\
	{ HYP_EC_CP14_32, "CP14_MR" }, { HYP_EC_CP14_LS, "CP14_LS" },			\
	{ HYP_EC_FP, "FP_ASIMD" }, { HYP_EC_CP10_ID, "CP10_ID" }, { HYP_EC_PAC, "PAC" },	\
	{ HYP_EC_OTHER, "OTHER" }, { HYP_EC_CP14_64, "CP14_64" }, { HYP_EC_ILL, "ILL" },	\
	{ HYP_EC_HVC32, "HVC32" }, { HYP_EC_SMC32, "SMC32" }, { HYP_EC_HVC64, "HVC64" },	\
	{ HYP_EC_SMC64, "SMC64" }, { HYP_EC_SYS64, "SYS64" }, { HYP_EC_SVE, "SVE" },	\
	{ HYP_EC_SME, "SME" }, { HYP_EC_IABT_LOW, "IABT_LOW" },				\
	{ HYP_EC_PC_ALIGN, "PC_ALIGN" }, { HYP_EC_DABT_LOW, "DABT_LOW" },		\
	{ HYP_EC_SERROR, "SERROR" }, { HYP_EC_BREAKPT_LOW, "BREAKPT_LOW" },		\
	{ HYP_EC_SOFTSTP_LOW, "SOFTSTP_LOW" }, { HYP_EC_WATCHPT_LOW, "WATCHPT_LOW" },	\
	{ HYP_EC_BKPT32, "BKPT32" }, { HYP_EC_BRK64, "BRK64" })

#define trace_symbol_exit(reason) __print_symbolic(reason,				\
	{ ARM_VCPU_EXIT_NONE, "NONE" }, { ARM_VCPU_EXIT_MMIO_READ, "MMIO_READ" },	\
	{ ARM_VCPU_EXIT_MMIO_WRITE, "MMIO_WRITE" },					\
	{ ARM_VCPU_EXIT_SYSREG_READ, "SYSREG_READ" },					\
	{ ARM_VCPU_EXIT_SYSREG_WRITE, "SYSREG_WRITE" },					\
	{ ARM_VCPU_EXIT_HYPERCALL, "HYPERCALL" }, { ARM_VCPU_EXIT_SMC, "SMC" },		\
	{ ARM_VCPU_EXIT_CPU_UP, "CPU_UP" }, { ARM_VCPU_EXIT_CPU_DOWN, "CPU_DOWN" },	\
	{ ARM_VCPU_EXIT_SYSTEM_DOWN, "SYSTEM_DOWN" }, { ARM_VCPU_EXIT_HALT, "HALT" },	\
	{ ARM_VCPU_EXIT_TIMER, "TIMER" }, { ARM_VCPU_EXIT_KICKED, "KICKED" },		\
	{ ARM_VCPU_EXIT_MEMORY_FAULT, "MEMORY_FAULT" },					\
	{ ARM_VCPU_EXIT_FAIL_ENTRY, "FAIL_ENTRY" },					\
	{ ARM_VCPU_EXIT_INTERNAL_ERROR, "INTERNAL_ERROR" },				\
	{ ARM_VCPU_EXIT_EXTERNAL_INTERRUPT, "EXTERNAL_INTERRUPT" },			\
	{ ARM_VCPU_EXIT_SEND_IPI, "SEND_IPI" }, { ARM_VCPU_EXIT_DEBUG, "DEBUG" },	\
	{ ARM_VCPU_EXIT_MAINTENANCE, "MAINTENANCE" })

/* Into the guest; timers: those that the VMM knows to be up */
TRACE_EVENT(arm_vcpu_entry,
	TP_PROTO(const struct vcpu *vcpu),
	TP_ARGS(vcpu),
	TP_STRUCT__entry(
		__field(u32,	vcpu)
		__field(u32,	timers)
		__field(u64,	pc)
	),
	TP_fast_assign(
		__entry->vcpu = vcpu->id;
		__entry->timers = vcpu->timers_seen;
		__entry->pc = vcpu->hyp->pc;
	),
	TP_printk("vcpu %u, PC: 0x%016llx, timers: 0x%x",
		  __entry->vcpu, __entry->pc, __entry->timers)
);

/* Out of the guest, and why; an interrupt of the host's has no syndrome */
TRACE_EVENT(arm_vcpu_exit,
	TP_PROTO(const struct vcpu *vcpu, long code),
	TP_ARGS(vcpu, code),
	TP_STRUCT__entry(
		__field(u32,	vcpu)
		__field(u8,	code)
		__field(u8,	esr_ec)
		__field(u64,	esr)
		__field(u64,	pc)
	),
	TP_fast_assign(
		__entry->vcpu = vcpu->id;
		__entry->code = code & HYP_EXIT_CODE;
		__entry->esr = __entry->code == HYP_EXIT_IRQ || __entry->code == HYP_EXIT_FIQ ?
			       0 : vcpu->hyp->esr;
		__entry->esr_ec = HYP_ESR_EC(__entry->esr);
		__entry->pc = vcpu->hyp->pc;
	),
	TP_printk("vcpu %u, %s: HSR_EC: 0x%02x (%s), ESR: 0x%llx, PC: 0x%016llx",
		  __entry->vcpu, trace_symbol_code(__entry->code), __entry->esr_ec,
		  trace_symbol_class(__entry->esr_ec), __entry->esr, __entry->pc)
);

/* RUN returns: error is 0 or a negative errno */
TRACE_EVENT(arm_vcpu_userspace_exit,
	TP_PROTO(const struct vcpu *vcpu, long error),
	TP_ARGS(vcpu, error),
	TP_STRUCT__entry(
		__field(u32,	vcpu)
		__field(u32,	reason)
		__field(int,	error)
		__field(u64,	pc)
	),
	TP_fast_assign(
		__entry->vcpu = vcpu->id;
		__entry->reason = READ_ONCE(vcpu->run->exit_reason);
		__entry->error = error;
		__entry->pc = vcpu->hyp->pc;
	),
	TP_printk("vcpu %u, reason %s (%u), error %d, PC: 0x%016llx",
		  __entry->vcpu, trace_symbol_exit(__entry->reason), __entry->reason,
		  __entry->error, __entry->pc)
);

/*
 * A fault of stage 2 in a region, or outside of all.  result: 0, what was missing is mapped;
 * -ENOENT, no memory is meant to be there: an MMIO access or a MEMORY_FAULT; else why there
 * is none.
 */
TRACE_EVENT(arm_vcpu_guest_fault,
	TP_PROTO(const struct vcpu *vcpu, u64 ipa, u32 access, int result),
	TP_ARGS(vcpu, ipa, access, result),
	TP_STRUCT__entry(
		__field(u32,	vcpu)
		__field(u32,	access)
		__field(u64,	pc)
		__field(u64,	esr)
		__field(u64,	far)
		__field(u64,	ipa)
		__field(int,	result)
	),
	TP_fast_assign(
		__entry->vcpu = vcpu->id;
		__entry->access = access;
		__entry->pc = vcpu->hyp->pc;
		__entry->esr = vcpu->hyp->esr;
		__entry->far = vcpu->hyp->far;
		__entry->ipa = ipa;
		__entry->result = result;
	),
	TP_printk("vcpu %u, ipa 0x%llx, %s, result %d, hsr 0x%llx, hxfar 0x%llx, PC: 0x%016llx",
		  __entry->vcpu, __entry->ipa,
		  __print_flags(__entry->access, "|", { ARM_VCPU_ACCESS_READ, "read" },
				{ ARM_VCPU_ACCESS_WRITE, "write" },
				{ ARM_VCPU_ACCESS_EXEC, "exec" },
				{ ARM_VCPU_ACCESS_TABLE_WALK, "table-walk" },
				{ ARM_VCPU_ACCESS_CACHE, "cache" }),
		  __entry->result, __entry->esr, __entry->far, __entry->pc)
);

/* An access that the VMM answers.  A read is there twice: when it is made and when it is done */
TRACE_EVENT(arm_vcpu_mmio,
	TP_PROTO(const struct vcpu *vcpu, unsigned int type, u64 val),
	TP_ARGS(vcpu, type, val),
	TP_STRUCT__entry(
		__field(u32,	vcpu)
		__field(u32,	type)
		__field(u32,	len)
		__field(u64,	gpa)
		__field(u64,	val)
	),
	TP_fast_assign(
		__entry->vcpu = vcpu->id;
		__entry->type = type;
		__entry->len = 1 << HYP_ISS_SAS(vcpu->hyp->esr);
		__entry->gpa = vcpu->hyp->hpfar | (vcpu->hyp->far & 0xfff);
		__entry->val = val;
	),
	TP_printk("vcpu %u, mmio %s len %u gpa 0x%llx val 0x%llx", __entry->vcpu,
		  __print_symbolic(__entry->type,
				   { TRACE_MMIO_READ_UNSATISFIED, "unsatisfied-read" },
				   { TRACE_MMIO_READ, "read" }, { TRACE_MMIO_WRITE, "write" }),
		  __entry->len, __entry->gpa, __entry->val)
);

/* A trapped MRS, MSR or SYS; a read by the VMM when it is done */
TRACE_EVENT(arm_vcpu_sysreg,
	TP_PROTO(const struct vcpu *vcpu, const struct sysreg_access *access, unsigned int by),
	TP_ARGS(vcpu, access, by),
	TP_STRUCT__entry(
		__field(u32,	vcpu)
		__field(u8,	Op0)
		__field(u8,	Op1)
		__field(u8,	CRn)
		__field(u8,	CRm)
		__field(u8,	Op2)
		__field(bool,	is_write)
		__field(u8,	by)
		__field(u64,	val)
		__field(u64,	pc)
	),
	TP_fast_assign(
		__entry->vcpu = vcpu->id;
		__entry->Op0 = SYSREG_OP0(access->encoding);
		__entry->Op1 = SYSREG_OP1(access->encoding);
		__entry->CRn = SYSREG_CRN(access->encoding);
		__entry->CRm = SYSREG_CRM(access->encoding);
		__entry->Op2 = SYSREG_OP2(access->encoding);
		__entry->is_write = access->write;
		__entry->by = by;
		__entry->val = access->value;
		__entry->pc = vcpu->hyp->pc;
	),
	TP_printk("vcpu %u, PC: 0x%016llx (%u,%u,%u,%u,%u) %s val 0x%llx by %s",
		  __entry->vcpu, __entry->pc, __entry->Op0, __entry->Op1, __entry->CRn,
		  __entry->CRm, __entry->Op2, __entry->is_write ? "write" : "read",
		  __entry->val, trace_symbol_by(__entry->by))
);

/* An HVC that EL2 hasn't answered at once, or an SMC; val: x0 */
TRACE_EVENT_CONDITION(arm_vcpu_call,
	TP_PROTO(const struct vcpu *vcpu),
	TP_ARGS(vcpu),
	TP_CONDITION(HYP_ESR_EC(vcpu->hyp->esr) == HYP_EC_HVC64 ||
		     HYP_ESR_EC(vcpu->hyp->esr) == HYP_EC_SMC64),
	TP_STRUCT__entry(
		__field(u32,	vcpu)
		__field(u16,	imm)
		__field(bool,	smc)
		__field(u64,	val)
		__field(u64,	pc)
	),
	TP_fast_assign(
		__entry->vcpu = vcpu->id;
		__entry->imm = vcpu->hyp->esr;
		__entry->smc = HYP_ESR_EC(vcpu->hyp->esr) == HYP_EC_SMC64;
		__entry->val = vcpu_get_x(vcpu, 0);
		__entry->pc = vcpu->hyp->pc;
	),
	TP_printk("vcpu %u, %s at 0x%016llx (x0: 0x%016llx, imm: 0x%x)", __entry->vcpu,
		  __entry->smc ? "SMC" : "HVC", __entry->pc, __entry->val, __entry->imm)
);

/* A trapped WFI, WFE, WFIT or WFET; by the VMM: a HALT exit */
TRACE_EVENT(arm_vcpu_wfx,
	TP_PROTO(const struct vcpu *vcpu, unsigned int kind, unsigned int by),
	TP_ARGS(vcpu, kind, by),
	TP_STRUCT__entry(
		__field(u32,	vcpu)
		__field(u8,	kind)
		__field(u8,	by)
		__field(u64,	pc)
	),
	TP_fast_assign(
		__entry->vcpu = vcpu->id;
		__entry->kind = kind;
		__entry->by = by;
		__entry->pc = vcpu->hyp->pc;
	),
	TP_printk("vcpu %u, guest executed %s before 0x%016llx, by %s", __entry->vcpu,
		  __print_symbolic(__entry->kind, { ARM_VCPU_HALT_WFI, "wfi" },
				   { ARM_VCPU_HALT_WFE, "wfe" }, { ARM_VCPU_HALT_WFIT, "wfit" },
				   { ARM_VCPU_HALT_WFET, "wfet" }),
		  __entry->pc, trace_symbol_by(__entry->by))
);

/* The end of a sleep in WFI */
TRACE_EVENT(arm_vcpu_wakeup,
	TP_PROTO(const struct vcpu *vcpu, u64 ns),
	TP_ARGS(vcpu, ns),
	TP_STRUCT__entry(
		__field(u32,	vcpu)
		__field(u64,	ns)
	),
	TP_fast_assign(
		__entry->vcpu = vcpu->id;
		__entry->ns = ns;
	),
	TP_printk("vcpu %u, wait time %llu ns", __entry->vcpu, __entry->ns)
);

/* The guest is entered with other levels than the last time: ARM_VCPU_LINE_* */
TRACE_EVENT_CONDITION(arm_vcpu_irq_lines,
	TP_PROTO(const struct vcpu *vcpu, u32 lines, u64 old_hcr, u64 hcr),
	TP_ARGS(vcpu, lines, old_hcr, hcr),
	TP_CONDITION(old_hcr != hcr),
	TP_STRUCT__entry(
		__field(u32,	vcpu)
		__field(u32,	lines)
	),
	TP_fast_assign(
		__entry->vcpu = vcpu->id;
		__entry->lines = lines;
	),
	TP_printk("vcpu %u, irq: %u, fiq: %u", __entry->vcpu,
		  !!(__entry->lines & ARM_VCPU_LINE_IRQ), !!(__entry->lines & ARM_VCPU_LINE_FIQ))
);

/* The VMM is told of a change: levels are ARM_VCPU_TIMER_* */
TRACE_EVENT(arm_vcpu_timer,
	TP_PROTO(const struct vcpu *vcpu, u32 levels),
	TP_ARGS(vcpu, levels),
	TP_STRUCT__entry(
		__field(u32,	vcpu)
		__field(u32,	levels)
	),
	TP_fast_assign(
		__entry->vcpu = vcpu->id;
		__entry->levels = levels;
	),
	TP_printk("vcpu %u, virtual: %u, physical: %u", __entry->vcpu,
		  !!(__entry->levels & ARM_VCPU_TIMER_VIRTUAL),
		  !!(__entry->levels & ARM_VCPU_TIMER_PHYSICAL))
);

/* KICK, in the thread that kicks */
TRACE_EVENT(arm_vcpu_kick,
	TP_PROTO(const struct vcpu *vcpu),
	TP_ARGS(vcpu),
	TP_STRUCT__entry(
		__field(u32,	vcpu)
	),
	TP_fast_assign(
		__entry->vcpu = vcpu->id;
	),
	TP_printk("vcpu %u", __entry->vcpu)
);

/* EL1 of the guest takes a synchronous exception, or is given a virtual SError (EC 0x2f) */
TRACE_EVENT(arm_vcpu_inject,
	TP_PROTO(const struct vcpu *vcpu, u64 esr, u64 far),
	TP_ARGS(vcpu, esr, far),
	TP_STRUCT__entry(
		__field(u32,	vcpu)
		__field(u64,	esr)
		__field(u64,	far)
		__field(u64,	pc)
	),
	TP_fast_assign(
		__entry->vcpu = vcpu->id;
		__entry->esr = esr;
		__entry->far = far;
		__entry->pc = vcpu->hyp->pc;
	),
	TP_printk("vcpu %u, ESR: 0x%llx, FAR: 0x%llx, PC: 0x%016llx",
		  __entry->vcpu, __entry->esr, __entry->far, __entry->pc)
);

#endif /* ARM_VCPU_TRACE_H */

/* Found by -I, which Kbuild has for trace.c */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
