// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that the commands of a vCPU survive the failure of any of their allocations and
 * user copies (lib/fail_each.h), and so does RUN when the guest meets new memory.
 */
#include "fail_each.h"

/* mmap() of the run page */

/* Where the process has nothing yet, and no tables */
#define FAR_AWAY	((void *)0x100000000000)

static int issue_mmap(struct state *s)
{
	s->page = mmap(FAR_AWAY, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, s->vcpu->fd, 0);
	return s->page == MAP_FAILED ? -errno : 0;
}

static bool mmap_worked(struct state *s)
{
	s->vcpu->run->x[5] = 55;
	return ((struct arm_vcpu_run *)s->page)->x[5] == 55;
}

static void undo_mmap(struct state *s)
{
	munmap(s->page, page_size());
}

/* RUN of a guest that touches memory for the first time: pages and tables are allocated */

static void new_memory(struct state *s)
{
	vm_memory(s->vm.fd, 0, SECOND_RAM, 0, NULL);
	munmap(s->memory, page_size());
	s->memory = map_pages(page_size());
	vm_memory(s->vm.fd, 0, SECOND_RAM, page_size(), s->memory);
	vcpu_enter(s->vcpu, guest_store_load, SECOND_RAM, 43);
}

static void prepare_run(struct state *s)
{
	prepare_vcpu(s);
	vcpu_works(s->vcpu);	/* its code is there */
	new_memory(s);
}

/* The failure of a fault is an exit, and the guest tries again */
static int issue_run(struct state *s)
{
	struct arm_vcpu_run *run = s->vcpu->run;
	u64 pc = run->pc;
	int ret;

	do {
		ret = vcpu_run(s->vcpu);
	} while (!ret && run->exit_reason == ARM_VCPU_EXIT_NONE);
	if (!ret && run->exit_reason == ARM_VCPU_EXIT_MEMORY_FAULT &&
	    run->fault.addr == SECOND_RAM && run->pc == pc)
		return -(int)run->fault.error;
	return ret;
}

static bool run_worked(struct state *s)
{
	return s->vcpu->run->exit_reason == ARM_VCPU_EXIT_HYPERCALL && s->vcpu->run->x[0] == 43;
}

GUEST_ASM(guest_nop, "nop\n hvc #0x5510\n b .");

/* What is done to a vCPU at rest */

static int issue_set_entry(struct state *s)
{
	return vcpu_set_entry(s->vcpu, vm_gpa(guest_hvc), 42, 0, 0, 0);
}

static bool set_entry_worked(struct state *s)
{
	return vcpu_next(s->vcpu) == ARM_VCPU_EXIT_HYPERCALL && s->vcpu->run->x[0] == 42;
}

static int get_sp(struct state *s, u64 *value)
{
	struct arm_vcpu_reg reg = { .size = sizeof(reg), .id = ARM_VCPU_REG_SP_EL1 };
	int ret = vm_ioctl(s->vcpu->fd, ARM_VCPU_GET_REG, &reg);

	*value = reg.value[0];
	return ret;
}

static int set_sp(struct state *s, u64 value)
{
	struct arm_vcpu_reg reg = {
		.size = sizeof(reg), .id = ARM_VCPU_REG_SP_EL1, .value = { value },
	};

	return vm_ioctl(s->vcpu->fd, ARM_VCPU_SET_REG, &reg);
}

static int issue_get_reg(struct state *s)
{
	return get_sp(s, &s->sp);
}

static bool get_reg_worked(struct state *s)
{
	return s->sp == 0;
}

static int issue_set_reg(struct state *s)
{
	return set_sp(s, 0x1230);
}

static bool set_reg_worked(struct state *s)
{
	u64 value;

	return !get_sp(s, &value) && value == 0x1230;
}

static void undo_set_reg(struct state *s)
{
	set_sp(s, 0);
}

static bool sp_is_zero(struct state *s)
{
	u64 value;

	return !get_sp(s, &value) && !value;
}

static int issue_list_regs(struct state *s)
{
	s->list = (struct arm_vcpu_reg_list) {
		.size = sizeof(s->list), .count = ARRAY_SIZE(s->ids), .ids = (u64)s->ids,
	};
	return vm_ioctl(s->vcpu->fd, ARM_VCPU_LIST_REGS, &s->list);
}

static bool list_regs_worked(struct state *s)
{
	return s->list.count > 10 && s->list.count < ARRAY_SIZE(s->ids) &&
	       s->ids[s->list.count - 1] && !s->ids[s->list.count];
}

/* An UNDEF: pc goes to the vector */
static int issue_inject(struct state *s)
{
	struct arm_vcpu_inject inject = { .size = sizeof(inject), .esr = 1 << 25 };

	return vm_ioctl(s->vcpu->fd, ARM_VCPU_INJECT, &inject);
}

static bool inject_worked(struct state *s)
{
	return s->vcpu->run->pc == 0x200;
}

static void undo_inject(struct state *s)
{
	vcpu_enter(s->vcpu, guest_hvc, 42, 0);
}

static bool pc_is_where_it_was(struct state *s)
{
	return s->vcpu->run->pc == vm_gpa(guest_hvc);
}

static int issue_set_debug(struct state *s)
{
	struct arm_vcpu_debug debug = { .size = sizeof(debug), .flags = ARM_VCPU_DEBUG_STEP };

	return vm_ioctl(s->vcpu->fd, ARM_VCPU_SET_DEBUG, &debug);
}

static bool set_debug_worked(struct state *s)
{
	vcpu_enter(s->vcpu, guest_nop, 0, 0);
	return vcpu_next(s->vcpu) == ARM_VCPU_EXIT_DEBUG;
}

static void undo_set_debug(struct state *s)
{
	struct arm_vcpu_debug debug = { .size = sizeof(debug) };

	vm_ioctl(s->vcpu->fd, ARM_VCPU_SET_DEBUG, &debug);
	vcpu_enter(s->vcpu, guest_hvc, 42, 0);
}

/* One that is stepped has a DEBUG first */
static bool isnt_debugged(struct state *s)
{
	vcpu_enter(s->vcpu, guest_nop, 0, 0);
	return vcpu_next(s->vcpu) == ARM_VCPU_EXIT_HYPERCALL;
}

static int issue_get_stats(struct state *s)
{
	struct arm_vcpu_stats stats = {
		.size = sizeof(stats), .count = ARRAY_SIZE(s->ids), .values = (u64)s->ids,
	};

	memset(s->ids, 0xff, sizeof(s->ids));
	return vm_ioctl(s->vcpu->fd, ARM_VCPU_GET_STATS, &stats);
}

static bool get_stats_worked(struct state *s)
{
	return s->ids[ARM_VCPU_STAT_INJECTED] == 0 && s->ids[ARRAY_SIZE(s->ids) - 1] == ~0UL;
}

/* The power of a vCPU, where it is the kernel's */

static void prepare_power(struct state *s)
{
	vm_create(&s->vm);
	vm_replace(&s->vm, 0, ARM_VCPU_CONFIG_PSCI);
	s->vcpu = vcpu_create(&s->vm);
	vcpu_enter(s->vcpu, guest_hvc, 42, 0);
}

static int power(struct state *s, unsigned int command, u64 *state)
{
	struct arm_vcpu_power power = { .size = sizeof(power), .state = *state };
	int ret = vm_ioctl(s->vcpu->fd, command, &power);

	*state = power.state;
	return ret;
}

static int issue_get_power(struct state *s)
{
	s->sp = ~0UL;
	return power(s, ARM_VCPU_GET_POWER, &s->sp);
}

static bool get_power_worked(struct state *s)
{
	return s->sp == ARM_VCPU_POWER_ON;
}

static int issue_set_power(struct state *s)
{
	u64 state = ARM_VCPU_POWER_OFF;

	return power(s, ARM_VCPU_SET_POWER, &state);
}

static bool is_off(struct state *s)
{
	return !issue_get_power(s) && s->sp == ARM_VCPU_POWER_OFF;
}

static bool is_on(struct state *s)
{
	return !issue_get_power(s) && s->sp == ARM_VCPU_POWER_ON;
}

COMMAND(mmap, prepare_vcpu, issue_mmap, mmap_worked, undo_mmap, first_vcpu_works, .least = 1);
COMMAND(run, prepare_run, issue_run, run_worked, new_memory, .least = 1);
COMMAND(set_entry, prepare_vcpu, issue_set_entry, set_entry_worked, undo_inject,
	.unchanged = pc_is_where_it_was, .least = 1);
COMMAND(get_reg, prepare_vcpu, issue_get_reg, get_reg_worked, .least = 2);
COMMAND(set_reg, prepare_vcpu, issue_set_reg, set_reg_worked, undo_set_reg, sp_is_zero,
	.least = 1);
COMMAND(list_regs, prepare_vcpu, issue_list_regs, list_regs_worked, .least = 2);
COMMAND(inject, prepare_vcpu, issue_inject, inject_worked, undo_inject, pc_is_where_it_was,
	.least = 1);
COMMAND(set_debug, prepare_vcpu, issue_set_debug, set_debug_worked, undo_set_debug, isnt_debugged,
	.least = 1);
COMMAND(get_power, prepare_power, issue_get_power, get_power_worked, .least = 2);
COMMAND(set_power, prepare_power, issue_set_power, is_off, undo_inject, is_on, .least = 1);
COMMAND(get_stats, prepare_vcpu, issue_get_stats, get_stats_worked, .least = 2);
