/* SPDX-License-Identifier: MIT */
/*
 * The device tree, written from front to back.  A failure is remembered, and told
 * once, at the end: nothing in between needs to look.
 */
#ifndef AVM_DTB_H
#define AVM_DTB_H

#include <stddef.h>
#include <linux/types.h>

#include "map.h"

/* A kernel takes no larger tree (Documentation/arm64/booting.rst) */
#define DTB_MAX_SIZE	0x200000

/* Nodes that others name */
enum { PHANDLE_CLOCK = 1, PHANDLE_GIC, PHANDLE_GPIO };

/**
 * struct dtb - a device tree being written
 * @fdt: its bytes
 * @error: first error of libfdt, or 0
 * @clock: phandle of the 24 MHz clock of UART and RTC
 * @gic: phandle of the interrupt controller; 0: there is none
 */
struct dtb {
	void *fdt;
	int error;
	__u32 clock;
	__u32 gic;
};

void dtb_begin(struct dtb *dtb, const char *name);
void dtb_begin_at(struct dtb *dtb, const char *name, __u64 addr);
void dtb_end(struct dtb *dtb);
void dtb_flag(struct dtb *dtb, const char *name);
void dtb_u32(struct dtb *dtb, const char *name, __u32 value);
void dtb_u64(struct dtb *dtb, const char *name, __u64 value);
void dtb_string(struct dtb *dtb, const char *name, const char *value);
void dtb_cells(struct dtb *dtb, const char *name, const __u32 *cells, unsigned int count);

/* a list of strings is a literal "one\0two": the last NUL is the literal's own */
#define dtb_strings(dtb, name, list) dtb_bytes(dtb, name, list, sizeof(list))
void dtb_bytes(struct dtb *dtb, const char *name, const void *bytes, size_t size);

/**
 * dtb_reg() - where a device is
 * @dtb: in the device's node
 * @base: guest-physical address
 * @size: in bytes
 */
void dtb_reg(struct dtb *dtb, __u64 base, __u64 size);

/* What makes an interrupt, as the GIC's binding has it */
#define DTB_EDGE	1
#define DTB_LEVEL	4

/**
 * dtb_interrupt() - a device's interrupt, where there is a controller to take it
 * @dtb: in the device's node
 * @spi: shared peripheral interrupt
 * @trigger: DTB_EDGE, which rises, or DTB_LEVEL, which is high
 */
void dtb_interrupt(struct dtb *dtb, unsigned int spi, unsigned int trigger);

struct machine;

/**
 * dtb_build() - write the tree of a machine
 * @machine: knows its vCPUs, devices and where its images are
 * @buffer: gets the tree
 * @size: of the buffer
 *
 * Return: bytes that the tree takes, or -1 after a message.
 */
int dtb_build(struct machine *machine, void *buffer, size_t size);

#endif /* AVM_DTB_H */
