// SPDX-License-Identifier: MIT
#include "dtb.h"

#include <libfdt.h>
#include <stdio.h>
#include <sys/random.h>

#include "machine.h"
#include "say.h"

static void note(struct dtb *dtb, int error)
{
	if (!dtb->error)
		dtb->error = error;
}

void dtb_begin(struct dtb *dtb, const char *name)
{
	note(dtb, fdt_begin_node(dtb->fdt, name));
}

void dtb_begin_at(struct dtb *dtb, const char *name, __u64 addr)
{
	char full[64];

	snprintf(full, sizeof(full), "%s@%llx", name, (unsigned long long)addr);
	dtb_begin(dtb, full);
}

void dtb_end(struct dtb *dtb)
{
	note(dtb, fdt_end_node(dtb->fdt));
}

void dtb_bytes(struct dtb *dtb, const char *name, const void *bytes, size_t size)
{
	note(dtb, fdt_property(dtb->fdt, name, bytes, size));
}

void dtb_flag(struct dtb *dtb, const char *name)
{
	dtb_bytes(dtb, name, NULL, 0);
}

void dtb_u32(struct dtb *dtb, const char *name, __u32 value)
{
	note(dtb, fdt_property_u32(dtb->fdt, name, value));
}

void dtb_u64(struct dtb *dtb, const char *name, __u64 value)
{
	note(dtb, fdt_property_u64(dtb->fdt, name, value));
}

void dtb_string(struct dtb *dtb, const char *name, const char *value)
{
	note(dtb, fdt_property_string(dtb->fdt, name, value));
}

void dtb_cells(struct dtb *dtb, const char *name, const __u32 *cells, unsigned int count)
{
	fdt32_t big[16];

	if (count > ARRAY_SIZE(big)) {
		note(dtb, -FDT_ERR_INTERNAL);
		return;
	}
	for (unsigned int i = 0; i < count; i++)
		big[i] = cpu_to_fdt32(cells[i]);
	dtb_bytes(dtb, name, big, count * sizeof(big[0]));
}

void dtb_reg(struct dtb *dtb, __u64 base, __u64 size)
{
	const __u32 reg[] = { base >> 32, base, size >> 32, size };

	dtb_cells(dtb, "reg", reg, ARRAY_SIZE(reg));
}

void dtb_interrupt(struct dtb *dtb, unsigned int spi, unsigned int trigger)
{
	const __u32 interrupt[] = { 0 /* SPI */, spi, trigger };

	if (dtb->gic)
		dtb_cells(dtb, "interrupts", interrupt, ARRAY_SIZE(interrupt));
}

/* What Linux's KASLR and random numbers begin with, anew at each start */
static void describe_seeds(struct dtb *dtb)
{
	__u8 seed[32];
	__u64 kaslr;

	if (getrandom(&kaslr, sizeof(kaslr), 0) == sizeof(kaslr))
		dtb_u64(dtb, "kaslr-seed", kaslr);
	if (getrandom(seed, sizeof(seed), 0) == sizeof(seed))
		dtb_bytes(dtb, "rng-seed", seed, sizeof(seed));
}

static void describe_chosen(struct dtb *dtb, const struct machine *machine)
{
	char uart[32];

	snprintf(uart, sizeof(uart), "/serial@%llx",
		 (unsigned long long)memory_map[MAP_UART].base);
	dtb_begin(dtb, "aliases");
	dtb_string(dtb, "serial0", uart);
	dtb_end(dtb);

	dtb_begin(dtb, "chosen");
	dtb_string(dtb, "stdout-path", uart);
	if (machine->options->params)
		dtb_string(dtb, "bootargs", machine->options->params);
	if (machine->boot.initrd_end) {
		dtb_u64(dtb, "linux,initrd-start", machine->boot.initrd);
		dtb_u64(dtb, "linux,initrd-end", machine->boot.initrd_end);
	}
	/* of use to who runs it alone */
	if (!machine->options->dump_dtb)
		describe_seeds(dtb);
	dtb_end(dtb);
}

static void describe_cpus(struct dtb *dtb, const struct machine *machine)
{
	dtb_begin(dtb, "cpus");
	dtb_u32(dtb, "#address-cells", 1);
	dtb_u32(dtb, "#size-cells", 0);
	for (unsigned int i = 0; i < machine->vcpu_count; i++) {
		dtb_begin_at(dtb, "cpu", machine->vcpus[i].mpidr);
		dtb_string(dtb, "device_type", "cpu");
		dtb_string(dtb, "compatible", "arm,armv8");
		dtb_u32(dtb, "reg", machine->vcpus[i].mpidr);
		dtb_string(dtb, "enable-method", "psci");
		dtb_end(dtb);
	}
	dtb_end(dtb);

	dtb_begin(dtb, "psci");
	dtb_strings(dtb, "compatible", "arm,psci-1.0\0arm,psci-0.2");
	dtb_string(dtb, "method", "hvc");
	dtb_end(dtb);
}

/*
 * Secure physical, physical, virtual and hypervisor timer are PPIs 13, 14, 11 and 10.  The
 * node must have its interrupts; without a controller there is none, and a guest knows the
 * timer's registers by the architecture.
 */
static void describe_timer(struct dtb *dtb)
{
	const __u32 interrupts[] = { 1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4 };

	if (!dtb->gic)
		return;
	dtb_begin(dtb, "timer");
	dtb_string(dtb, "compatible", "arm,armv8-timer");
	dtb_flag(dtb, "always-on");
	dtb_cells(dtb, "interrupts", interrupts, ARRAY_SIZE(interrupts));
	dtb_end(dtb);
}

/* Takes MSIs; part of the GIC */
static void describe_its(struct dtb *dtb)
{
	const struct map_entry *its = &memory_map[MAP_ITS];

	dtb_begin_at(dtb, "msi-controller", its->base);
	dtb_string(dtb, "compatible", "arm,gic-v3-its");
	dtb_flag(dtb, "msi-controller");
	dtb_u32(dtb, "#msi-cells", 1);
	dtb_reg(dtb, its->base, its->size);
	dtb_end(dtb);
}

/* The distributor, and the redistributors side by side */
static void describe_gic(struct dtb *dtb, const struct machine *machine)
{
	const struct map_entry *gicd = &memory_map[MAP_GICD], *gicr = &memory_map[MAP_GICR];
	__u64 size = machine->vcpu_count * GICR_SIZE;
	const __u32 reg[] = { gicd->base >> 32, gicd->base, gicd->size >> 32, gicd->size,
			      gicr->base >> 32, gicr->base, size >> 32, size };

	if (!dtb->gic)
		return;
	dtb_begin_at(dtb, "interrupt-controller", gicd->base);
	dtb_string(dtb, "compatible", "arm,gic-v3");
	dtb_flag(dtb, "interrupt-controller");
	dtb_u32(dtb, "#interrupt-cells", 3);
	dtb_u32(dtb, "#address-cells", 2);
	dtb_u32(dtb, "#size-cells", 2);
	dtb_flag(dtb, "ranges");
	dtb_cells(dtb, "reg", reg, ARRAY_SIZE(reg));
	dtb_u32(dtb, "phandle", dtb->gic);
	describe_its(dtb);
	dtb_end(dtb);
}

static void describe_clock(struct dtb *dtb)
{
	dtb->clock = PHANDLE_CLOCK;
	dtb_begin(dtb, "clock-24000000");
	dtb_string(dtb, "compatible", "fixed-clock");
	dtb_u32(dtb, "#clock-cells", 0);
	dtb_u32(dtb, "clock-frequency", 24000000);
	dtb_string(dtb, "clock-output-names", "clk24mhz");
	dtb_u32(dtb, "phandle", dtb->clock);
	dtb_end(dtb);
}

int dtb_build(struct machine *machine, void *buffer, size_t size)
{
	struct dtb dtb = { .fdt = buffer, .gic = machine->gic ? PHANDLE_GIC : 0 };

	note(&dtb, fdt_create(buffer, size));
	note(&dtb, fdt_finish_reservemap(buffer));
	dtb_begin(&dtb, "");
	dtb_string(&dtb, "compatible", "linux,dummy-virt");
	dtb_string(&dtb, "model", "arm_vcpu,avm");
	dtb_u32(&dtb, "#address-cells", 2);
	dtb_u32(&dtb, "#size-cells", 2);
	if (dtb.gic)
		dtb_u32(&dtb, "interrupt-parent", dtb.gic);
	describe_chosen(&dtb, machine);

	dtb_begin_at(&dtb, "memory", machine->ram.base);
	dtb_string(&dtb, "device_type", "memory");
	dtb_reg(&dtb, machine->ram.base, machine->ram.size);
	dtb_end(&dtb);

	describe_cpus(&dtb, machine);
	describe_gic(&dtb, machine);
	describe_timer(&dtb);
	describe_clock(&dtb);
	bus_describe(&machine->bus, &dtb);
	dtb_end(&dtb);
	note(&dtb, fdt_finish(buffer));

	if (dtb.error) {
		say("can't write the device tree: %s (is --params too long?)",
		    fdt_strerror(dtb.error));
		return -1;
	}
	return fdt_totalsize(buffer);
}
