/* SPDX-License-Identifier: MIT */
/*
 * What is where in a guest, for C and for its own code.  All addresses are guest-physical.
 */
#ifndef BENCH_LAYOUT_H
#define BENCH_LAYOUT_H

/* RAM is where neither host memory nor host code is: a profile tells whose instruction it was
 * by its address.
 */
#define GUEST_RAM	0x100000000
#define GUEST_RAM_SIZE	0x800000
/* Behind it, in a guest that is to have some: huge pages of the host's, a few or a gigabyte */
#define HUGE_PAGE	0x200000
#define HUGE_PAGES	32
#define GIGABYTE_PAGES	512
#define GUEST_NOTHING	0x180000000
/* Where stores signal an eventfd, if they are to */
#define GUEST_DOORBELL	0x180001000

/* The GIC's frames */
#define GIC_DIST	0x08000000
#define GIC_ITS		0x08080000
#define GIC_REDIST	0x080a0000
#define GITS_TRANSLATER	0x08090040
#define GIC_SPIS	32

/* The interrupts that are measured; the MSI's is that of event 0 of device 0 */
#define INTID_SGI	1
#define INTID_VTIMER	27
#define INTID_SPI	32
#define INTID_LPI	8192

/* In RAM, from its begin: the stores that set up the GIC (gic.c), and the GIC's own tables */
#define GIC_STORES	0x400000
#define GIC_TABLES	0x410000

#endif /* BENCH_LAYOUT_H */
