// SPDX-License-Identifier: MIT
#include "map.h"
#include "util.h"

/* GICC is held free for a GICv2's CPU interface, which isn't there yet */
const struct map_entry memory_map[MAP_ENTRIES] = {
	[MAP_FLASH0]	= { 0x00000000, SIZE_MIB(64),  -1 },
	[MAP_FLASH1]	= { 0x04000000, SIZE_MIB(64),  -1 },
	[MAP_GICD]	= { 0x08000000, SIZE_KIB(64),  -1 },
	[MAP_GICC]	= { 0x08010000, SIZE_KIB(64),  -1 },
	[MAP_ITS]	= { 0x08080000, SIZE_KIB(128), -1 },
	[MAP_GICR]	= { 0x080a0000, 0xf60000, -1 },
	[MAP_UART]	= { 0x09000000, SIZE_KIB(4),    1 },
	[MAP_RTC]	= { 0x09010000, SIZE_KIB(4),    2 },
	[MAP_GPIO]	= { 0x09030000, SIZE_KIB(4),    7 },
	[MAP_VIRTIO]	= { 0x0a000000, SIZE_KIB(16),  16 },
	[MAP_RAM]	= { 0x40000000, SIZE_GIB(255), -1 },
};
