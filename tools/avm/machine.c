// SPDX-License-Identifier: MIT
#include "machine.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "devices/devices.h"
#include "dtb.h"
#include "filetype.h"
#include "report.h"
#include "say.h"
#include "virtio/devices.h"

static int fail(const char *what, int rc)
{
	say("can't %s: %s", what, strerror(-rc));
	return STATUS_HOST;
}

static int add(struct machine *machine, struct device *device)
{
	if (device && !bus_add(&machine->bus, device))
		return 0;
	say("can't make the machine's devices: no memory, or they overlap");
	return -1;
}

/* One that isn't there has said why */
static int plug(struct machine *machine, struct device *device)
{
	if (!device)
		return STATUS_USAGE;
	return add(machine, device) ? STATUS_HOST : 0;
}

/* In the order in which they are named: so they get addresses, and so a guest counts them */
static int add_virtio(struct machine *machine)
{
	const struct options *options = machine->options;
	int status = 0;

	for (unsigned int i = 0; i < options->disks.count && !status; i++)
		status = plug(machine, virtio_blk_create(machine, options->disks.words[i]));
	for (unsigned int i = 0; i < options->networks.count && !status; i++)
		status = plug(machine, virtio_net_create(machine, options->networks.words[i]));
	if (options->rng && !status)
		status = plug(machine, virtio_rng_create(machine));
	if (options->vsock && !status)
		status = plug(machine, virtio_vsock_create(machine, options->vsock));
	if (options->balloon && !status) {
		machine->balloon = virtio_balloon_create(machine);
		status = plug(machine, machine->balloon);
	}
	if (options->consoles.count && !status)
		status = plug(machine, virtio_console_create(machine, &options->consoles));
	return status;
}

/* Firmware, and its variables */
static int add_flash(struct machine *machine)
{
	const char *path = machine->options->vars;
	const struct map_entry *map = &memory_map[MAP_FLASH1];
	__u8 *vars = path ? flash_open(map, path) : NULL;

	if (path && !vars)
		return STATUS_USAGE;
	if (add(machine, flash_create(&memory_map[MAP_FLASH0], &machine->images.firmware, NULL)) ||
	    add(machine, flash_create(map, NULL, vars)))
		return STATUS_HOST;
	return 0;
}

static int add_devices(struct machine *machine)
{
	int status = machine->images.firmware.size ? add_flash(machine) : 0;

	if (status)
		return status;
	if (add(machine, pl011_create(&memory_map[MAP_UART], machine)) ||
	    add(machine, pl031_create(&memory_map[MAP_RTC], machine)))
		return STATUS_HOST;
	/* A guest that takes no interrupts looks at no button */
	if (machine->gic) {
		machine->button = pl061_create(&memory_map[MAP_GPIO], machine);
		if (add(machine, machine->button))
			return STATUS_HOST;
	}
	return add_virtio(machine);
}

/* Images and device tree into RAM; again at a reset */
static int load(struct machine *machine)
{
	struct boot *boot = &machine->boot;
	int size;

	if (load_boot(boot, &machine->ram, &machine->images))
		return -1;
	size = dtb_build(machine, ram_at(&machine->ram, boot->dtb, DTB_MAX_SIZE), DTB_MAX_SIZE);
	if (size < 0)
		return -1;
	load_dtb_copy(boot, &machine->ram, size);
	return 0;
}

static int start_first_cpu(struct machine *machine)
{
	return vcpu_power_on(&machine->vcpus[0], machine->boot.entry, machine->boot.dtb);
}

static int open_vm(struct armvcpu_vm *vm)
{
	int rc = armvcpu_open(vm);

	if (rc == -ENOENT)
		say(ARMVCPU_DEVICE " isn't there: load the module with 'insmod arm_vcpu.ko'");
	else if (rc == -EACCES || rc == -EPERM)
		say("you may not open " ARMVCPU_DEVICE ": run avm as root, or change its mode");
	else if (rc)
		say("can't open " ARMVCPU_DEVICE ": %s", strerror(-rc));
	return rc ? STATUS_HOST : 0;
}

static int configure_vm(struct machine *machine)
{
	struct arm_vcpu_info *info = &machine->vm.info;
	__u64 end = machine->ram.base + machine->ram.size;
	__u32 bits = 64 - __builtin_clzll(end - 1);
	__u64 flags = ARM_VCPU_CONFIG_PSCI;
	int rc;

	if (machine->vcpu_count > info->max_vcpus) {
		say("this host's VMs have up to %u vCPUs, not %u: ask for less with --cpus",
		    info->max_vcpus, machine->vcpu_count);
		return STATUS_HOST;
	}
	if (bits > info->ipa_bits_max) {
		say("this host's VMs have addresses of %u bits, not %u: ask for less with --mem",
		    info->ipa_bits_max, bits);
		return STATUS_HOST;
	}
	if (machine->gic)
		flags |= ARM_VCPU_CONFIG_GIC;
	/* the default is what costs least, so leave it where it is enough */
	rc = armvcpu_configure(&machine->vm, bits > info->ipa_bits_default ? bits : 0, flags);
	return rc ? fail("set up a VM", rc) : 0;
}

/* At the start, for a guest that lacks it is silent */
static void tell_what_lacks(const struct machine *machine)
{
	const struct images *images = &machine->images;
	const struct blob *file = images->kernel.size ? &images->kernel : &images->firmware;
	const char *name = filetype_needs_gic(file);

	if (!name || machine->gic)
		return;
	say("%s is %s, which needs an interrupt controller (GIC)", file->path, name);
	if (machine->options->irqchip == IRQCHIP_NONE)
		say("and is to have none: leave out --irqchip none");
	else
		say("and this host can't give it one: guests that poll run here, as U-Boot does");
}

/* The VM, and what it can have.  For a device tree alone that is all there is. */
static int make_vm(struct machine *machine)
{
	enum irqchip wanted = machine->options->irqchip;
	bool offered = true;
	int status;

	if (!machine->options->dump_dtb) {
		status = open_vm(&machine->vm);
		if (status)
			return status;
		offered = machine->vm.info.config_flags & ARM_VCPU_CONFIG_GIC;
	}
	if (wanted == IRQCHIP_GICV3 && !offered) {
		say("this host has no GICv3 that it could give a guest: leave out --irqchip gicv3");
		return STATUS_HOST;
	}
	machine->gic = offered && wanted != IRQCHIP_NONE;
	tell_what_lacks(machine);
	return machine->options->dump_dtb ? 0 : configure_vm(machine);
}

int machine_create(struct machine *machine, const struct options *options)
{
	int status;

	memset(machine, 0, sizeof(*machine));
	machine->options = options;
	machine->vm.fd = -1;
	machine->console.port = -1;
	pthread_mutex_init(&machine->lock, NULL);
	pthread_cond_init(&machine->changed, NULL);
	machine->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	machine->vcpu_count = options->cpus;
	for (unsigned int i = 0; i < machine->vcpu_count; i++) {
		machine->vcpus[i].machine = machine;
		machine->vcpus[i].mpidr = vcpu_mpidr(i);
	}

	if (load_files(&machine->images, options))
		return STATUS_USAGE;
	if (machine->images.firmware.size > memory_map[MAP_FLASH0].size) {
		say("%s is larger than the flash, 64 MiB: is it firmware?", options->firmware);
		return STATUS_USAGE;
	}
	if (machine->wake < 0 || ram_allocate(&machine->ram, options->mem))
		return STATUS_HOST;
	status = make_vm(machine);
	if (status)
		return status;
	status = add_devices(machine);
	if (status)
		return status;
	return load(machine) ? STATUS_USAGE : 0;
}

/* With all its lines down, and so are the devices': they are new, or reset */
static int place_gic(struct machine *machine)
{
	if (!machine->gic)
		return 0;
	return armvcpu_set_gic(&machine->vm, GIC_SPIS, memory_map[MAP_GICD].base,
			       memory_map[MAP_GICR].base, machine->vcpu_count,
			       memory_map[MAP_ITS].base);
}

int machine_start(struct machine *machine)
{
	struct ram *ram = &machine->ram;
	int rc;

	rc = armvcpu_set_memory(&machine->vm, ram->base, ram->host, ram->size, 0);
	if (rc)
		return fail("give the guest its memory", rc);
	rc = place_gic(machine);
	if (rc)
		return fail("give the guest its interrupt controller", rc);
	bus_connect(&machine->bus, &machine->vm, machine->gic);
	bus_reset(&machine->bus);
	if (machine->bus.error)
		return fail("give the guest its devices", machine->bus.error);

	for (unsigned int i = 0; i < machine->vcpu_count; i++) {
		rc = armvcpu_create(&machine->vm, machine->vcpus[i].mpidr, &machine->vcpus[i].cpu);
		if (rc)
			return fail("make a virtual CPU", rc);
	}
	if (start_first_cpu(machine))
		return STATUS_HOST;
	for (unsigned int i = 0; i < machine->vcpu_count; i++) {
		rc = pthread_create(&machine->vcpus[i].thread, NULL, vcpu_thread,
				    &machine->vcpus[i]);
		if (rc)
			return fail("start a thread", -rc);
	}
	return 0;
}

void machine_join(struct machine *machine)
{
	for (unsigned int i = 0; i < machine->vcpu_count; i++)
		pthread_join(machine->vcpus[i].thread, NULL);
	for (unsigned int i = 0; i < machine->vcpu_count; i++) {
		if (machine->status == STATUS_TIMEOUT || machine->crashed)
			report_vcpu(&machine->vcpus[i]);
		armvcpu_destroy(&machine->vcpus[i].cpu);
	}
	/* what devices have in flight ends */
	pthread_mutex_lock(&machine->lock);
	bus_reset(&machine->bus);
	pthread_mutex_unlock(&machine->lock);
	armvcpu_close(&machine->vm);
}

void machine_wake(struct machine *machine)
{
	uint64_t one = 1;

	/* fails only when the count is full, and then it is awake */
	(void)!write(machine->wake, &one, sizeof(one));
}

void machine_park(struct machine *machine)
{
	machine->parked++;
	pthread_cond_broadcast(&machine->changed);
	if (machine->phase == PHASE_DEBUG)
		machine_wake(machine);
}

static void enter_phase(struct machine *machine, enum machine_phase phase)
{
	machine->phase = phase;
	pthread_cond_broadcast(&machine->changed);
	armvcpu_kick_all(&machine->vm);
	machine_wake(machine);
}

void machine_end(struct machine *machine, int status)
{
	if (machine->phase == PHASE_END)
		return;
	machine->status = status;
	enter_phase(machine, PHASE_END);
}

void machine_request_reset(struct machine *machine)
{
	if (machine->phase == PHASE_RESET || machine->phase == PHASE_END)
		return;
	if (machine->options->no_reboot)
		machine_end(machine, STATUS_RESET);
	else
		enter_phase(machine, PHASE_RESET);
}

bool machine_pause(struct machine *machine)
{
	if (machine->phase != PHASE_RUN)
		return false;
	enter_phase(machine, PHASE_PAUSE);
	return true;
}

bool machine_resume(struct machine *machine)
{
	if (machine->phase != PHASE_PAUSE)
		return false;
	enter_phase(machine, PHASE_RUN);
	return true;
}

bool machine_debug_stop(struct machine *machine)
{
	if (machine->phase != PHASE_RUN && machine->phase != PHASE_PAUSE)
		return false;
	enter_phase(machine, PHASE_DEBUG);
	return true;
}

void machine_debug_go(struct machine *machine)
{
	if (machine->phase == PHASE_DEBUG)
		enter_phase(machine, PHASE_RUN);
}

bool machine_press_power(struct machine *machine)
{
	return machine->button && machine->phase == PHASE_RUN && pl061_press(machine->button);
}

bool machine_leave_memory(struct machine *machine, __u64 size)
{
	if (machine->balloon)
		virtio_balloon_leave(machine->balloon, size);
	return machine->balloon;
}

void machine_reset(struct machine *machine)
{
	while (machine->phase == PHASE_RESET && machine->parked < machine->vcpu_count)
		pthread_cond_wait(&machine->changed, &machine->lock);
	if (machine->phase != PHASE_RESET)
		return;

	for (unsigned int i = 0; i < machine->vcpu_count; i++)
		if (vcpu_power_off(&machine->vcpus[i]))
			return;
	/* devices may be writing to memory until they are reset */
	bus_reset(&machine->bus);
	ram_clear(&machine->ram);
	if (machine->bus.error || place_gic(machine) || load(machine)) {
		machine_end(machine, STATUS_HOST);
		return;
	}
	if (start_first_cpu(machine))
		return;
	enter_phase(machine, gdb_reset(machine) ? PHASE_DEBUG : PHASE_RUN);
}
