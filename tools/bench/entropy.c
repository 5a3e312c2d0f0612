// SPDX-License-Identifier: MIT
/*
 * An emulated host has nothing random to begin with, and until it has, each system call makes
 * its random stack offset by the slow path: ten times the cost of the rest.  So the host is
 * told that it has: only ever say this to one that is thrown away afterwards.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/random.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bench.h"

#define SEED_BYTES	64

void entropy_claim(void)
{
	union {
		struct rand_pool_info info;
		char bytes[sizeof(struct rand_pool_info) + SEED_BYTES];
	} seed;
	int fd = open("/dev/random", O_RDWR | O_CLOEXEC);

	memset(&seed, 0, sizeof(seed));
	seed.info.entropy_count = SEED_BYTES * 8;
	seed.info.buf_size = SEED_BYTES;
	if (fd < 0 || ioctl(fd, RNDADDENTROPY, &seed))
		err(1, "/dev/random");
	close(fd);
}
