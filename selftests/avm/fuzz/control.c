// SPDX-License-Identifier: MIT
/* What may be sent to the control socket, in pieces of as many bytes as the first one says */
#include "control.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz.h"
#include "machine.h"

bool machine_press_power(struct machine *machine)
{
	return machine->vcpu_count % 2;
}

void machine_end(struct machine *machine, int status)
{
	machine->status = status;
}

void machine_request_reset(struct machine *machine)
{
	machine->phase = PHASE_RESET;
}

bool machine_pause(struct machine *machine)
{
	return machine->phase == PHASE_RUN;
}

bool machine_resume(struct machine *machine)
{
	return machine->phase == PHASE_PAUSE;
}

bool machine_leave_memory(struct machine *machine, __u64 size)
{
	if (size < SIZE_MIB(8) || size > machine->ram.size)
		abort();
	return true;
}

void bus_tell(const struct bus *bus, char *text, size_t size)
{
	(void)bus;
	memset(text, 'x', size - 1);
	text[size - 1] = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct machine *machine = calloc(1, sizeof(*machine));
	size_t piece = size ? data[0] % 40 + 1 : 1;
	int ends[2];

	if (!machine || socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		abort();
	machine->ram.size = SIZE_MIB(256);
	machine->control.listener = -1;
	machine->control.client = ends[0];
	for (size_t at = 1; at < size && machine->control.client >= 0; at += piece) {
		if (write(ends[1], data + at, size - at < piece ? size - at : piece) < 0)
			abort();
		control_serve(machine, true, 0);
	}
	close(ends[1]);
	/* An end of the connection is the end of it */
	if (machine->control.client >= 0)
		control_serve(machine, true, 0);
	if (machine->control.client >= 0)
		abort();
	free(machine);
	return 0;
}
