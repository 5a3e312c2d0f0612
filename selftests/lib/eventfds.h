/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Eventfds, and what a VM does with them: IRQFD and IOEVENTFD.
 */
#ifndef SELFTEST_EVENTFDS_H
#define SELFTEST_EVENTFDS_H

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "vm.h"

static inline int event_new(void)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	if (fd < 0)
		die("eventfd: %s", strerror(errno));
	return fd;
}

static inline void event_signal(int fd)
{
	eventfd_write(fd, 1);
}

/* Signals since the last time */
static inline u64 event_count(int fd)
{
	eventfd_t count;

	return eventfd_read(fd, &count) ? 0 : count;
}

/*
 * The kernel gives an eventfd the lowest number that none has, and nobody has it before the last
 * reference on that one is gone.
 */
static inline int event_number(int fd)
{
	char path[64], line[128];
	int number = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "eventfd-id: %d", &number);
	if (file)
		fclose(file);
	if (number < 0)
		die("%s has no eventfd-id", path);
	return number;
}

/* Whether number is free, now or soon */
static inline bool event_number_is_free(int number)
{
	return wait_for(({
		int fd = event_new(), got = event_number(fd);

		close(fd);
		got <= number;
	}));
}

static inline int irqfd_set(struct vm *vm, struct arm_vcpu_irqfd arg)
{
	return vm_ioctl(vm->fd, ARM_VCPU_IRQFD, &arg);
}

static inline int irqfd(struct vm *vm, u64 flags, int fd, u32 intid, int resample_fd)
{
	return irqfd_set(vm, (struct arm_vcpu_irqfd) {
		.size = sizeof(struct arm_vcpu_irqfd), .intid = intid, .flags = flags, .fd = fd,
		.resample_fd = resample_fd,
	});
}

#define irqfd_add(vm, fd, intid)	irqfd(vm, 0, fd, intid, 0)
#define irqfd_add_level(vm, fd, intid, resample_fd) \
	irqfd(vm, ARM_VCPU_IRQFD_RESAMPLE, fd, intid, resample_fd)
#define irqfd_remove(vm, fd, intid)	irqfd(vm, ARM_VCPU_IRQFD_REMOVE, fd, intid, 0)

static inline int ioeventfd(struct vm *vm, u64 flags, u64 addr, u32 length, int fd, u64 data)
{
	struct arm_vcpu_ioeventfd arg = {
		.size = sizeof(arg), .length = length, .flags = flags, .guest_addr = addr,
		.fd = fd, .data = data,
	};

	return vm_ioctl(vm->fd, ARM_VCPU_IOEVENTFD, &arg);
}

#define ioeventfd_add(vm, addr, length, fd)	ioeventfd(vm, 0, addr, length, fd, 0)
#define ioeventfd_remove(vm, addr, length, fd) \
	ioeventfd(vm, ARM_VCPU_IOEVENTFD_REMOVE, addr, length, fd, 0)

#endif
