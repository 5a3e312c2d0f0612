// SPDX-License-Identifier: MIT
#include "size.h"

#include <stdlib.h>
#include <string.h>

/* Behind the unit of a number, which is in MiB then */
static const char *skip_unit(const char *text, double *mib)
{
	if (*text == 'G' || *text == 'g')
		*mib *= 1024;
	if (*text && strchr("GgMm", *text)) {
		text += strncmp(text + 1, "iB", 2) ? 1 : 3;
		text += *text == 'B';
	}
	return text;
}

__u64 size_parse(const char *text, __u64 max)
{
	size_t digits = strspn(text, "0123456789.");
	char *end;
	double mib = strtod(text, &end);

	if (!digits || end != text + digits || *skip_unit(end, &mib) || mib < SIZE_LEAST >> 20 ||
	    mib > max >> 20 || mib != (unsigned long)mib)
		return 0;
	return (__u64)mib << 20;
}
