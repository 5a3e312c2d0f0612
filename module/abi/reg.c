// SPDX-License-Identifier: GPL-2.0-only
/*
 * A vCPU's registers by id: GET_REG, SET_REG, LIST_REGS.
 *
 * One table, a row a register or a run of them.  x0 to x30, pc and pstate aren't in it: they
 * are in the run page.
 *
 * What is set is what the guest could have written: the registers that are switched take any
 * value, since the CPU makes of it what it makes of the guest's; those that are trapped go
 * through sysreg.c, as the guest's own write does.
 */
#include <linux/kernel.h>
#include <linux/nospec.h>
#include <linux/stddef.h>
#include <linux/uaccess.h>

#include "exit/psci_version.h"
#include "guest/cachereg.h"
#include "guest/idreg.h"
#include "guest/sysreg.h"
#include "guest/timer.h"
#include "host/el2.h"
#include "host/features.h"
#include "reg.h"

/* A value is one or two words, the low one first; of 4 bytes, half a word */
#define MAX_WORDS	2

#define OSLSR_EL1	ARM_VCPU_REG_SYSREG(2, 0, 1, 1, 4)
#define OSLAR_EL1	SYSREG(2, 0, 1, 0, 4)
#define OSLSR_OSLK	BIT(1)

/**
 * struct reg_row - a register, or a run of registers that are alike
 * @id: of the first
 * @count: how many
 * @step: between their ids
 * @arg: for @get and @set
 * @get: fills in the value, or -ENOENT: this host has no such register
 * @set: -EINVAL for a value that can't be.  NULL: it can't be changed
 */
struct reg_row {
	u64 id;
	u8 count;
	u8 step;
	u16 arg;
	int (*get)(struct vcpu *vcpu, const struct reg_row *row, u64 id, u64 *value);
	int (*set)(struct vcpu *vcpu, const struct reg_row *row, u64 id, const u64 *value);
};

static unsigned int words(u64 id)
{
	return DIV_ROUND_UP(ARM_VCPU_REG_SIZE(id), sizeof(u64));
}

/* Registers that lie in struct hyp_vcpu: @row->arg says where the first of the row does */
static u64 *memory(struct vcpu *vcpu, const struct reg_row *row, u64 id)
{
	unsigned int nth = array_index_nospec((id - row->id) / row->step, row->count);

	return (u64 *)((u8 *)vcpu->hyp + row->arg) + nth * words(id);
}

static int get_memory(struct vcpu *vcpu, const struct reg_row *row, u64 id, u64 *value)
{
	memcpy(value, memory(vcpu, row, id), words(id) * sizeof(*value));
	return 0;
}

static int set_memory(struct vcpu *vcpu, const struct reg_row *row, u64 id, const u64 *value)
{
	memcpy(memory(vcpu, row, id), value, words(id) * sizeof(*value));
	return 0;
}

/* The list of hyp/regs.h: @row->arg is the enum hyp_reg */
static int get_uniform(struct vcpu *vcpu, const struct reg_row *row, u64 id, u64 *value)
{
	*value = vcpu->hyp->regs[row->arg];
	return 0;
}

/*
 * A guest that changes its tables by these drops what the TLBs have of the old ones.  It
 * doesn't know of a change from outside, so that is done here.
 */
static int set_uniform(struct vcpu *vcpu, const struct reg_row *row, u64 id, const u64 *value)
{
	switch (row->arg) {
	case HYP_REG_SCTLR_EL1:
		cachereg_set_sctlr(vcpu, *value);
		break;
	case HYP_REG_TCR_EL1:
	case HYP_REG_TTBR0_EL1:
	case HYP_REG_TTBR1_EL1:
	case HYP_REG_MAIR_EL1:
	case HYP_REG_AMAIR_EL1:
		vcpu->hyp->regs[row->arg] = *value;
		break;
	default:
		vcpu->hyp->regs[row->arg] = *value;
		return 0;
	}
	el2_tlb_flush_vmid(&vcpu->vm->stage2.tables.hw);
	return 0;
}

static int get_key(struct vcpu *vcpu, const struct reg_row *row, u64 id, u64 *value)
{
	return idreg_shows_pauth(vcpu->vm) ? get_memory(vcpu, row, id, value) : -ENOENT;
}

static int get_tpidr2(struct vcpu *vcpu, const struct reg_row *row, u64 id, u64 *value)
{
	return features_tpidr2() ? get_memory(vcpu, row, id, value) : -ENOENT;
}

static int get_ras(struct vcpu *vcpu, const struct reg_row *row, u64 id, u64 *value)
{
	return features_ras() ? get_memory(vcpu, row, id, value) : -ENOENT;
}

static int set_vsesr(struct vcpu *vcpu, const struct reg_row *row, u64 id, const u64 *value)
{
	return *value & ~(u64)HYP_VSESR_BITS ? -EINVAL : set_memory(vcpu, row, id, value);
}

/* HCR_EL2: of all that it says, only whether a virtual SError is pending is the guest's */
static int get_hcr(struct vcpu *vcpu, const struct reg_row *row, u64 id, u64 *value)
{
	*value = vcpu->hyp->hcr & HYP_HCR_VSE;
	return 0;
}

static int set_hcr(struct vcpu *vcpu, const struct reg_row *row, u64 id, const u64 *value)
{
	if (*value & ~(u64)HYP_HCR_VSE)
		return -EINVAL;
	vcpu->hyp->hcr = (vcpu->hyp->hcr & ~HYP_HCR_VSE) | *value;
	return 0;
}

/* Registers that are trapped */
static int trapped(struct vcpu *vcpu, struct sysreg_access *access)
{
	return sysreg_access(vcpu, access) == SYSREG_DONE ? 0 : -ENOENT;
}

static int get_trapped(struct vcpu *vcpu, const struct reg_row *row, u64 id, u64 *value)
{
	struct sysreg_access access = { .encoding = (u16)id };
	int ret = trapped(vcpu, &access);

	*value = access.value;
	return ret;
}

static int set_trapped(struct vcpu *vcpu, const struct reg_row *row, u64 id, const u64 *value)
{
	struct sysreg_access access = { .encoding = (u16)id, .write = true, .value = *value };

	return trapped(vcpu, &access);
}

/* The guest writes the OS lock through another register; the rest of this one is constant */
static int set_oslsr(struct vcpu *vcpu, const struct reg_row *row, u64 id, const u64 *value)
{
	struct sysreg_access access = {
		.encoding = OSLAR_EL1, .write = true, .value = !!(*value & OSLSR_OSLK),
	};
	u64 now;
	int ret = get_trapped(vcpu, row, id, &now);

	if (ret)
		return ret;
	return (*value ^ now) & ~(u64)OSLSR_OSLK ? -EINVAL : trapped(vcpu, &access);
}

/* ISTATUS follows from the rest: it isn't there when it is read, and ignored when set */
static int set_timer_ctl(struct vcpu *vcpu, const struct reg_row *row, u64 id, const u64 *value)
{
	*memory(vcpu, row, id) = *value & (HYP_CNT_ENABLE | HYP_CNT_IMASK);
	timer_changed(vcpu);
	return 0;
}

static int set_timer_cval(struct vcpu *vcpu, const struct reg_row *row, u64 id, const u64 *value)
{
	*memory(vcpu, row, id) = *value;
	timer_changed(vcpu);
	return 0;
}

static int get_counter(struct vcpu *vcpu, const struct reg_row *row, u64 id, u64 *value)
{
	*value = timer_counter(vcpu);
	return 0;
}

static int set_counter(struct vcpu *vcpu, const struct reg_row *row, u64 id, const u64 *value)
{
	return timer_set_counter(vcpu, *value);
}

/* Firmware's, one for the VM */
static int get_psci(struct vcpu *vcpu, const struct reg_row *row, u64 id, u64 *value)
{
	*value = psci_version(vcpu->vm);
	return vcpu->vm->config_flags & ARM_VCPU_CONFIG_PSCI ? 0 : -ENOENT;
}

static int set_psci(struct vcpu *vcpu, const struct reg_row *row, u64 id, const u64 *value)
{
	return psci_set_version(vcpu->vm, *value);
}

#define AT(member)		offsetof(struct hyp_vcpu, member)
#define ID(op0, op1, crn, crm, op2) \
	ARM_VCPU_REG_SYSREG(op0, op1, crn, crm, op2)

#define RUN_OF(id, count, step, arg, get, set)	{ id, count, step, arg, get, set }
#define ROW(id, arg, get, set)			RUN_OF(id, 1, 1, arg, get, set)

/* Three of the list have ids of their own, for KVM knew them before system registers had any */
#define UNIFORM_ID(id)							\
	((id) == ID(3, 4, 4, 1, 0) ? ARM_VCPU_REG_SP_EL1 :		\
	 (id) == ID(3, 0, 4, 0, 1) ? ARM_VCPU_REG_ELR_EL1 :		\
	 (id) == ID(3, 0, 4, 0, 0) ? ARM_VCPU_REG_SPSR_EL1 : (id))
#define UNIFORM(name, op0, op1, crn, crm, op2, reset)			\
	ROW(UNIFORM_ID(ID(op0, op1, crn, crm, op2)), HYP_REG_##name, get_uniform, set_uniform),

/* DBGBVR<n>_EL1, DBGBCR<n>_EL1, DBGWVR<n>_EL1, DBGWCR<n>_EL1 */
#define DBG(n)	RUN_OF(ID(2, 0, 0, n, 4), 4, 1, 0, get_trapped, set_trapped)

static const struct reg_row rows[] = {
	ROW(ARM_VCPU_REG_SP_EL0, AT(sp_el0), get_memory, set_memory),
	RUN_OF(ARM_VCPU_REG_V(0), HYP_FP_REGS, 4, AT(fp.v), get_memory, set_memory),
	ROW(ARM_VCPU_REG_FPSR, AT(fp.fpsr), get_memory, set_memory),
	ROW(ARM_VCPU_REG_FPCR, AT(fp.fpcr), get_memory, set_memory),

	HYP_ALL_REGS(UNIFORM)
	ROW(ID(3, 3, 13, 0, 5), AT(tpidr2), get_tpidr2, set_memory),
	ROW(ID(3, 0, 12, 1, 1), AT(vdisr), get_ras, set_memory),
	ROW(ID(3, 4, 5, 2, 3), AT(vsesr), get_ras, set_vsesr),
	ROW(ID(3, 4, 1, 1, 0), 0, get_hcr, set_hcr),
	RUN_OF(ID(3, 0, 2, 1, 0), 4, 1, AT(keys[0]), get_key, set_memory), /* APIA, APIB */
	RUN_OF(ID(3, 0, 2, 2, 0), 4, 1, AT(keys[4]), get_key, set_memory), /* APDA, APDB */
	RUN_OF(ID(3, 0, 2, 3, 0), 2, 1, AT(keys[8]), get_key, set_memory), /* APGA */
	ROW(ID(3, 2, 0, 0, 0), 0, get_trapped, set_trapped), /* CSSELR_EL1 */

	/* CNTVCT_EL0, CNTV_CTL_EL0, CNTV_CVAL_EL0, CNTP_CTL_EL0, CNTP_CVAL_EL0 */
	ROW(ID(3, 3, 14, 0, 2), 0, get_counter, set_counter),
	ROW(ID(3, 3, 14, 3, 1), AT(vtimer.ctl), get_memory, set_timer_ctl),
	ROW(ID(3, 3, 14, 3, 2), AT(vtimer.cval), get_memory, set_timer_cval),
	ROW(ID(3, 3, 14, 2, 1), AT(ptimer.ctl), get_memory, set_timer_ctl),
	ROW(ID(3, 3, 14, 2, 2), AT(ptimer.cval), get_memory, set_timer_cval),

	DBG(0), DBG(1), DBG(2), DBG(3), DBG(4), DBG(5), DBG(6), DBG(7),
	DBG(8), DBG(9), DBG(10), DBG(11), DBG(12), DBG(13), DBG(14), DBG(15),
	ROW(ID(2, 0, 0, 2, 2), 0, get_trapped, set_trapped), /* MDSCR_EL1 */
	ROW(OSLSR_EL1, 0, get_trapped, set_oslsr),

	/* MPIDR_EL1; ID_*_EL1, all of the space; CLIDR_EL1; CTR_EL0 */
	ROW(ID(3, 0, 0, 0, 5), AT(vmpidr), get_memory, NULL),
	RUN_OF(ID(3, 0, 0, 1, 0), 7 * 8, 1, 0, get_trapped, NULL),
	ROW(ID(3, 1, 0, 0, 1), 0, get_trapped, NULL),
	ROW(ID(3, 3, 0, 0, 1), 0, get_trapped, NULL),

	ROW(ARM_VCPU_REG_PSCI_VERSION, 0, get_psci, set_psci),
};

static u64 last_id(const struct reg_row *row)
{
	return row->id + (row->count - 1) * row->step;
}

static const struct reg_row *find(u64 id)
{
	const struct reg_row *row;

	for (row = rows; row < rows + ARRAY_SIZE(rows); row++)
		if (id >= row->id && id <= last_id(row) && !((id - row->id) % row->step))
			return row;
	return NULL;
}

/**
 * reg_get() - the command GET_REG
 * @vcpu: not running, its registers not resident
 * @arg: struct arm_vcpu_reg
 *
 * Return: 0, -EINVAL or -ENOENT.
 */
long reg_get(struct vcpu *vcpu, void *arg)
{
	struct arm_vcpu_reg *reg = arg;
	const struct reg_row *row = find(reg->id);

	if (reg->reserved)
		return -EINVAL;
	if (!row)
		return -ENOENT;
	memset(reg->value, 0, sizeof(reg->value));
	return row->get(vcpu, row, reg->id, reg->value);
}

/* Nothing beyond the register's size */
static bool value_fits(u64 id, const u64 *value)
{
	switch (ARM_VCPU_REG_SIZE(id)) {
	case sizeof(u32):
		return !upper_32_bits(value[0]) && !value[1];
	case sizeof(u64):
		return !value[1];
	default:
		return true;
	}
}

/**
 * reg_set() - the command SET_REG
 * @vcpu: not running, its registers not resident
 * @arg: struct arm_vcpu_reg
 *
 * What can't be changed may be set to what it is, so that a whole list can be restored.
 *
 * Return: 0, -EINVAL or -ENOENT.
 */
long reg_set(struct vcpu *vcpu, void *arg)
{
	struct arm_vcpu_reg *reg = arg;
	const struct reg_row *row = find(reg->id);
	u64 now[MAX_WORDS] = { };
	int ret;

	if (reg->reserved)
		return -EINVAL;
	if (!row)
		return -ENOENT;
	ret = row->get(vcpu, row, reg->id, now);
	if (ret)
		return ret;
	if (!value_fits(reg->id, reg->value))
		return -EINVAL;
	if (row->set)
		return row->set(vcpu, row, reg->id, reg->value);
	return now[0] == reg->value[0] ? 0 : -EINVAL;
}

/**
 * reg_next() - walk through the registers that there are
 * @vcpu: not running
 * @id: of one of them; 0 to begin
 *
 * Return: the id of the next one, in the order of the table; 0: there is none.
 */
u64 reg_next(struct vcpu *vcpu, u64 id)
{
	const struct reg_row *row = id ? find(id) : rows;
	u64 unused[MAX_WORDS];

	if (!row)
		return 0;
	for (id = id ? id + row->step : row->id;; id = row->id) {
		for (; id <= last_id(row); id += row->step)
			if (!row->get(vcpu, row, id, unused))
				return id;
		if (++row == rows + ARRAY_SIZE(rows))
			return 0;
	}
}

/**
 * reg_list() - the command LIST_REGS
 * @vcpu: not running
 * @arg: struct arm_vcpu_reg_list; its count becomes the number of registers
 *
 * Return: 0 or -EFAULT.
 */
long reg_list(struct vcpu *vcpu, void *arg)
{
	struct arm_vcpu_reg_list *list = arg;
	u64 __user *ids = u64_to_user_ptr(list->ids);
	u64 id;
	u32 n = 0;

	for (id = reg_next(vcpu, 0); id; id = reg_next(vcpu, id), n++)
		if (n < list->count && put_user(id, ids + n))
			return -EFAULT;
	list->count = n;
	return 0;
}
