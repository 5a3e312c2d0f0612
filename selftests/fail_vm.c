// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that the commands of a VM survive the failure of any of their allocations and
 * user copies (lib/fail_each.h).
 */
#include <fcntl.h>
#include "dirty.h"
#include "eventfds.h"
#include "fail_each.h"
#include "gic_vm.h"
#include "its.h"

#define TOP		0x100000000UL	/* the smallest address space ends here */

/* What the guest stores at @gpa comes back */
static bool memory_works(struct vcpu *vcpu, u64 gpa)
{
	vcpu_enter(vcpu, guest_store_load, gpa, 43);
	return vcpu_next(vcpu) == ARM_VCPU_EXIT_HYPERCALL && vcpu->run->x[0] == 43;
}

static int issue_in_child(int (*issue)(struct state *s), struct state *s)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(-issue(s));
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EPIPE;
}

/* open() */

static int issue_open(struct state *s)
{
	s->fd = open(DEVICE, O_RDWR | O_CLOEXEC);
	return s->fd < 0 ? -errno : 0;
}

static bool open_worked(struct state *s)
{
	return !vm_info(s->fd, &s->info) && s->info.max_vcpus;
}

static void undo_fd(struct state *s)
{
	close(s->fd);
}

/* GET_INFO */

static void prepare_vm(struct state *s)
{
	s->vm.fd = vm_open();
}

static int issue_get_info(struct state *s)
{
	return vm_info(s->vm.fd, &s->info);
}

static bool get_info_worked(struct state *s)
{
	return s->info.size == sizeof(s->info) && s->info.run_size >= page_size();
}

/* CONFIGURE, of a VM that is nobody's yet and of one that has been used */

static int issue_configure(struct state *s)
{
	return vm_configure(s->vm.fd, 32, ARM_VCPU_CONFIG_SMCCC);
}

/* The address space ends where the configuration says */
static int issue_memory_at_top(struct state *s)
{
	return vm_memory(s->vm.fd, 0, TOP, page_size(), s->memory);
}

static bool configure_worked(struct state *s)
{
	return issue_memory_at_top(s) == -EINVAL && issue_in_child(issue_configure, s) == -EIO;
}

static void undo_vm(struct state *s)
{
	close(s->vm.fd);
	s->vm.fd = vm_open();
}

static bool belongs_to_nobody(struct state *s)
{
	/* A child makes it its own, and with the child it dies */
	bool free = !issue_in_child(issue_configure, s);

	undo_vm(s);
	return free;
}

static void prepare_used_vm(struct state *s)
{
	prepare_vm(s);
	vm_configure(s->vm.fd, 36, 0);
}

static bool configured_as_before(struct state *s)
{
	return issue_in_child(issue_configure, s) == -EIO && !issue_memory_at_top(s) &&
	       !vm_memory(s->vm.fd, 0, TOP, 0, NULL);
}

static void undo_configure(struct state *s)
{
	vm_configure(s->vm.fd, 36, 0);
}

/* SET_MEMORY: the first of a VM, another one, and away with it */

static int issue_set_memory(struct state *s)
{
	return vm_memory(s->vm.fd, 0, SECOND_RAM, page_size(), s->memory);
}

static int issue_take_away(struct state *s)
{
	return vm_memory(s->vm.fd, 0, SECOND_RAM, 0, NULL);
}

static bool region_is_there(struct state *s)
{
	return issue_set_memory(s) == -EEXIST;
}

static bool region_works(struct state *s)
{
	return memory_works(s->vcpu, SECOND_RAM);
}

static void undo_set_memory(struct state *s)
{
	issue_take_away(s);
}

static bool region_is_gone(struct state *s)
{
	return issue_take_away(s) == -ENOENT;
}

static void prepare_region(struct state *s)
{
	prepare_vcpu(s);
	issue_set_memory(s);
	memory_works(s->vcpu, SECOND_RAM);
}

static void undo_take_away(struct state *s)
{
	issue_set_memory(s);
	memory_works(s->vcpu, SECOND_RAM);
}

/* SET_MEMORY with a log, and in place; GET_DIRTY of a page that the guest has written to */

static int issue_set_logged(struct state *s)
{
	return vm_memory(s->vm.fd, ARM_VCPU_MEMORY_LOG_DIRTY, SECOND_RAM, page_size(), s->memory);
}

static int page_in_log(struct state *s)
{
	u64 bits = 0;
	int ret = dirty_get(&s->vm, ARM_VCPU_DIRTY_KEEP, SECOND_RAM, 1, &bits);

	return ret ?: (int)bits;
}

static bool log_works(struct state *s)
{
	return page_in_log(s) == 0 && memory_works(s->vcpu, SECOND_RAM) && page_in_log(s) == 1;
}

static bool no_log(struct state *s)
{
	return page_in_log(s) == -ENOENT && memory_works(s->vcpu, SECOND_RAM);
}

static void undo_log(struct state *s)
{
	issue_set_memory(s);
}

static void prepare_log(struct state *s)
{
	prepare_vcpu(s);
	issue_set_logged(s);
	memory_works(s->vcpu, SECOND_RAM);
}

static int issue_get_dirty(struct state *s)
{
	s->ids[0] = 0;
	return dirty_get(&s->vm, 0, SECOND_RAM, 1, s->ids);
}

static bool page_was_given_out(struct state *s)
{
	return s->ids[0] == 1 && page_in_log(s) == 0;
}

static bool page_is_still_in_log(struct state *s)
{
	return page_in_log(s) == 1;
}

static void undo_get_dirty(struct state *s)
{
	memory_works(s->vcpu, SECOND_RAM);
}

/* CREATE_VCPU, as the first command of a VM and as a later one */

static int issue_create_vcpu(struct state *s)
{
	s->fd = vm_vcpu(s->vm.fd, 7);
	return s->fd < 0 ? s->fd : 0;
}

static bool create_vcpu_worked(struct state *s)
{
	struct vcpu vcpu = { .fd = s->fd, .vm = &s->vm };
	bool works;

	vcpu.run = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, s->fd, 0);
	if (vcpu.run == MAP_FAILED)
		return false;
	works = !s->vm.ram || vcpu_works(&vcpu);
	munmap(vcpu.run, page_size());
	return works && vm_vcpu(s->vm.fd, 7) == -EEXIST;
}

static void undo_first_vcpu(struct state *s)
{
	close(s->fd);
	undo_vm(s);
}

/* IRQFD and IOEVENTFD, where nothing is yet; s->fd is the eventfd */

static bool event_signals_nothing(struct state *s)
{
	event_signal(s->fd);
	return event_count(s->fd) == 1;
}

static void prepare_eventfd(struct state *s)
{
	prepare_vcpu(s);
	s->fd = event_new();
}

static int issue_ioeventfd(struct state *s)
{
	return ioeventfd_add(&s->vm, SECOND_RAM, 8, s->fd);
}

static bool ioeventfd_works(struct state *s)
{
	vcpu_enter(s->vcpu, guest_store_load, SECOND_RAM, 43);
	return vcpu_next(s->vcpu) == ARM_VCPU_EXIT_MMIO_READ && event_count(s->fd) == 1;
}

static bool ioeventfd_is_gone(struct state *s)
{
	return ioeventfd_remove(&s->vm, SECOND_RAM, 8, s->fd) == -ENOENT;
}

static void undo_ioeventfd(struct state *s)
{
	ioeventfd_remove(&s->vm, SECOND_RAM, 8, s->fd);
}

static void prepare_irqfd(struct state *s)
{
	gic_vm(&s->vm);
	s->fd = event_new();
}

static int issue_irqfd(struct state *s)
{
	return irqfd_add_level(&s->vm, s->fd, GIC_SPI, s->fd);
}

static bool irqfd_works(struct state *s)
{
	event_signal(s->fd);
	return event_count(s->fd) == 0;
}

static void undo_irqfd(struct state *s)
{
	irqfd_remove(&s->vm, s->fd, GIC_SPI);
}

static void prepare_irqfd_msi(struct state *s)
{
	prepare_irqfd(s);
	its_place(&s->vm);
}

static int issue_irqfd_msi(struct state *s)
{
	return irqfd_set(&s->vm, its_irqfd(s->fd, 0, 0));
}

static void undo_irqfd_msi(struct state *s)
{
	struct arm_vcpu_irqfd arg = its_irqfd(s->fd, 0, 0);

	arg.flags |= ARM_VCPU_IRQFD_REMOVE;
	irqfd_set(&s->vm, arg);
}

/* SET_GIC, with an ITS */

static void prepare_gic(struct state *s)
{
	prepare_vm(s);
	vm_configure(s->vm.fd, 0, ARM_VCPU_CONFIG_GIC);
}

static int issue_set_gic(struct state *s)
{
	struct arm_vcpu_gic_setup setup = its_setup();

	return gic_place(&s->vm, &setup);
}

static bool set_gic_worked(struct state *s)
{
	return !its_send(&s->vm, GITS_TRANSLATER, 0, 0);
}

static void undo_set_gic(struct state *s)
{
	close(s->vm.fd);
	prepare_gic(s);
}

static bool no_gic_is_there(struct state *s)
{
	return its_send(&s->vm, GITS_TRANSLATER, 0, 0) == -ENODEV;
}

/* SET_SMCCC_FILTER, which can be undone by CONFIGURE alone */

static void prepare_psci(struct state *s)
{
	prepare_vm(s);
	vm_configure(s->vm.fd, 0, ARM_VCPU_CONFIG_PSCI);
}

static int issue_filter(struct state *s)
{
	struct arm_vcpu_smccc_filter filter = {
		.size = sizeof(filter), .first = 0x84000000, .count = 1,
	};

	return vm_ioctl(s->vm.fd, ARM_VCPU_SET_SMCCC_FILTER, &filter);
}

static bool filter_is_there(struct state *s)
{
	return issue_filter(s) == -EEXIST;
}

static void undo_filter(struct state *s)
{
	vm_configure(s->vm.fd, 0, ARM_VCPU_CONFIG_PSCI);
}

static bool no_filter(struct state *s)
{
	bool none = !issue_filter(s);

	undo_filter(s);
	return none;
}

COMMAND(open, .issue = issue_open, .worked = open_worked, .undo = undo_fd, .least = 1);
COMMAND(get_info, prepare_vm, issue_get_info, get_info_worked, .least = 2);
COMMAND(configure_first, prepare_vm, issue_configure, configure_worked, undo_vm,
	belongs_to_nobody, .least = 2, .first = true);
COMMAND(configure_again, prepare_used_vm, issue_configure, configure_worked, undo_configure,
	configured_as_before, .least = 1);
COMMAND(set_memory_first, prepare_vm, issue_set_memory, region_is_there, undo_vm,
	region_is_gone, .least = 3, .first = true);
COMMAND(set_memory, prepare_vcpu, issue_set_memory, region_works, undo_set_memory,
	region_is_gone, .least = 2);
COMMAND(take_away, prepare_region, issue_take_away, region_is_gone, undo_take_away,
	region_works, .least = 1);
COMMAND(set_memory_logged, prepare_vcpu, issue_set_logged, log_works, undo_set_memory,
	region_is_gone, .least = 3);
COMMAND(log_begins, prepare_region, issue_set_logged, log_works, undo_log, no_log, .least = 2);
COMMAND(get_dirty, prepare_log, issue_get_dirty, page_was_given_out, undo_get_dirty,
	page_is_still_in_log, .least = 2);
COMMAND(smccc_filter, prepare_psci, issue_filter, filter_is_there, undo_filter, no_filter,
	.least = 1);
COMMAND(create_vcpu_first, prepare_vm, issue_create_vcpu, create_vcpu_worked, undo_first_vcpu,
	.least = 6, .first = true);
COMMAND(create_vcpu, prepare_vcpu, issue_create_vcpu, create_vcpu_worked, undo_fd,
	first_vcpu_works, .least = 4);
COMMAND(ioeventfd, prepare_eventfd, issue_ioeventfd, ioeventfd_works, undo_ioeventfd,
	ioeventfd_is_gone, .least = 2);
COMMAND(irqfd, prepare_irqfd, issue_irqfd, irqfd_works, undo_irqfd, event_signals_nothing,
	.least = 2);
COMMAND(irqfd_msi, prepare_irqfd_msi, issue_irqfd_msi, irqfd_works, undo_irqfd_msi,
	event_signals_nothing, .least = 2);
COMMAND(set_gic, prepare_gic, issue_set_gic, set_gic_worked, undo_set_gic, no_gic_is_there,
	.least = 1);
