// SPDX-License-Identifier: MIT
#include "debugged.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "exit.h"
#include "gdb/command.h"

struct machine debugged;
static struct arm_vcpu_run runs[2];
static __u64 values[256][2];
struct arm_vcpu_debug debugged_armed;

int armvcpu_get_reg(struct armvcpu_cpu *cpu, __u64 id, __u64 value[2])
{
	if (cpu->run == &runs[1])
		return -ENOEXEC;
	memcpy(value, values[id % 256], sizeof(values[0]));
	return 0;
}

int armvcpu_set_reg(struct armvcpu_cpu *cpu, __u64 id, const __u64 value[2])
{
	(void)cpu;
	/* the MMU stays off */
	if (id != ARM_VCPU_REG_SYSREG(3, 0, 1, 0, 0))
		memcpy(values[id % 256], value, sizeof(values[0]));
	return 0;
}

int armvcpu_set_debug(struct armvcpu_cpu *cpu, const struct arm_vcpu_debug *debug)
{
	(void)cpu;
	debugged_armed = *debug;
	return 0;
}

int armvcpu_get_power(struct armvcpu_cpu *cpu)
{
	return cpu->run == &runs[1] ? ARM_VCPU_POWER_OFF : ARM_VCPU_POWER_ON;
}

int armvcpu_inject(struct armvcpu_cpu *cpu, __u64 flags, __u64 esr, __u64 far)
{
	(void)cpu;
	(void)flags;
	(void)esr;
	(void)far;
	return 0;
}

void machine_end(struct machine *whose, int status)
{
	(void)whose;
	(void)status;
}

void machine_debug_go(struct machine *whose)
{
	(void)whose;
}

static const void *ram(void *context, __u64 addr, size_t size)
{
	struct machine *whose = context;

	return ram_at(&whose->ram, addr, size);
}

struct armvcpu_bus exit_bus(struct machine *whose)
{
	return (struct armvcpu_bus){ .context = whose, .memory = ram };
}

void debugged_begin(void)
{
	memset(&debugged, 0, sizeof(debugged));
	debugged.vm.info.breakpoints = 6;
	debugged.vm.info.watchpoints = 4;
	debugged.vcpu_count = 2;
	for (unsigned int i = 0; i < 2; i++) {
		debugged.vcpus[i].machine = &debugged;
		debugged.vcpus[i].cpu.run = &runs[i];
		runs[i] = (struct arm_vcpu_run){ .pc = RAM_BASE, .pstate = 5 };
	}
	ram_allocate(&debugged.ram, SIZE_MIB(8));
}

enum packet_event debugged_feed(const char *bytes, size_t length)
{
	enum packet_event event = PACKET_NONE;

	for (size_t i = 0; i < length && event == PACKET_NONE; i++)
		event = packet_take(&debugged.gdb.packet, bytes[i]);
	return event;
}

const char *debugged_command(const char *bytes, size_t length)
{
	static char answer[PACKET_SIZE + 1];
	struct gdb *gdb = &debugged.gdb;
	__u8 sum = 0;
	char end[4];

	debugged_feed("$", 1);
	for (size_t i = 0; i < length; i++)
		sum += bytes[i];
	debugged_feed(bytes, length);
	snprintf(end, sizeof(end), "#%02x", sum);
	if (debugged_feed(end, 3) != PACKET_READY)
		return "broken";
	if (!command_do(&debugged, &gdb->reply)) {
		for (unsigned int i = 0; i < debugged.vcpu_count; i++)
			step_end(&debugged.vcpus[i], &gdb->cpus[i].step);
		gdb->running = false;
		return "gone";
	}
	reply_end(&gdb->reply);
	memcpy(answer, gdb->reply.data, gdb->reply.length);
	answer[gdb->reply.length] = 0;
	return answer;
}

void debugged_end(void)
{
	munmap(debugged.ram.host, debugged.ram.size);
}
