// SPDX-License-Identifier: MIT
#include "say.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static const char *line_end = "\n";

void say(const char *format, ...)
{
	char line[512];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	/* one write, so that lines of several threads don't mix */
	dprintf(STDERR_FILENO, "avm: %s%s", line, line_end);
}

void say_raw(bool raw)
{
	line_end = raw ? "\r\n" : "\n";
}
