// SPDX-License-Identifier: MIT
#define _GNU_SOURCE /* memfd_create() */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int fuzz_file(const uint8_t *data, size_t size, char path[32])
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, 32, "/proc/self/fd/%d", fd);
	return fd;
}

size_t fuzz_piece(const uint8_t **data, size_t *size, const uint8_t **piece)
{
	size_t length = 0;

	if (*size >= 2) {
		length = (*data)[0] | (*data)[1] << 8;
		*data += 2;
		*size -= 2;
	}
	if (length > *size)
		length = *size;
	*piece = *data;
	*data += length;
	*size -= length;
	return length;
}
