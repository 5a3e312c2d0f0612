/* SPDX-License-Identifier: MIT */
/* The devices that there are, a file each */
#ifndef AVM_DEVICES_H
#define AVM_DEVICES_H

#include "bus.h"

struct blob;
struct machine;

/* Each returns NULL when there is no memory for the device */

/**
 * flash_open() - a file that keeps what is in a bank of flash
 * @map: where the bank is
 * @path: of the file; it is made if it isn't there, and as large as the bank
 *
 * Return: its contents, or NULL after a message.
 */
__u8 *flash_open(const struct map_entry *map, const char *path);

/**
 * flash_create() - a bank of NOR flash
 * @map: where it is
 * @contents: what it has, and keeps; or NULL: it can be changed
 * @file: what it begins with, and what it keeps is there; from flash_open(), or NULL
 */
struct device *flash_create(const struct map_entry *map, const struct blob *contents, __u8 *file);

/**
 * pl011_create() - an Arm PL011 UART
 * @map: where it is
 * @machine: whose console is at its other end
 */
struct device *pl011_create(const struct map_entry *map, struct machine *machine);

/**
 * pl031_create() - an Arm PL031 real-time clock, with the host's time
 * @map: where it is
 * @machine: whose main thread looks after its alarm
 */
struct device *pl031_create(const struct map_entry *map, struct machine *machine);

/**
 * pl061_create() - an Arm PL061 GPIO, with the power button
 * @map: where it is
 * @machine: whose main thread lets go of the button
 */
struct device *pl061_create(const struct map_entry *map, struct machine *machine);

/**
 * pl061_press() - press the power button for a moment
 * @dev: from pl061_create()
 *
 * Return: whether the guest takes its interrupt; if not, nothing was done.
 */
bool pl061_press(struct device *dev);

#endif /* AVM_DEVICES_H */
