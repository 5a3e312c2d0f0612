// SPDX-License-Identifier: MIT
/*
 * What gdb may send: the first byte says whether it is packets, one a line and each with its
 * checksum, or bytes as they are.
 */
#include <string.h>

#include "debugged.h"
#include "fuzz.h"
#include "gdb/command.h"

static void packets(const char *text, size_t size)
{
	while (size) {
		const char *end = memchr(text, '\n', size);
		size_t length = end ? (size_t)(end - text) : size;

		debugged_command(text, length);
		text += length + !!end;
		size -= length + !!end;
	}
}

static void bytes(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (debugged_feed(text + i, 1) == PACKET_READY)
			command_do(&debugged, &debugged.gdb.reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	debugged_begin();
	if (data[0] % 8)
		packets((const char *)data + 1, size - 1);
	else
		bytes((const char *)data + 1, size - 1);
	debugged_end();
	return 0;
}
