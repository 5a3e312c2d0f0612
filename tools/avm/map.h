/* SPDX-License-Identifier: MIT */
/*
 * The guest's physical address space, laid out as QEMU's virt machine has it, so
 * that firmware and kernels made for that one run here.
 */
#ifndef AVM_MAP_H
#define AVM_MAP_H

#include <linux/types.h>

enum map_id {
	MAP_FLASH0,
	MAP_FLASH1,
	MAP_GICD,
	MAP_GICC,
	MAP_ITS,
	MAP_GICR,
	MAP_UART,
	MAP_RTC,
	MAP_GPIO,
	MAP_VIRTIO,
	MAP_RAM,
	MAP_ENTRIES
};

/**
 * struct map_entry - one range of the map
 * @base: first address
 * @size: in bytes; of RAM, the largest that there can be
 * @spi: shared peripheral interrupt of the device there, the first of several, or -1
 */
struct map_entry {
	__u64 base;
	__u64 size;
	int spi;
};

/* Shared interrupts: as many as QEMU's virt machine has */
#define GIC_SPIS	256

/* Each vCPU's redistributor, one after the other */
#define GICR_SIZE	SIZE_KIB(128)

/* Each virtio device's registers, one after the other */
#define VIRTIO_SLOT	0x200

extern const struct map_entry memory_map[MAP_ENTRIES];

#endif /* AVM_MAP_H */
