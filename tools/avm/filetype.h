/* SPDX-License-Identifier: MIT */
/* Kinds of files that people give to avm and that aren't what it runs */
#ifndef AVM_FILETYPE_H
#define AVM_FILETYPE_H

#include <stdbool.h>

#include "blob.h"

/**
 * filetype_refuse() - refuse what is known not to run, by its name
 * @file: the file
 * @firmware: it is for the flash, else it is a kernel, decompressed if it was gzipped
 *
 * Return: false when there is nothing against it, true after a message.
 */
bool filetype_refuse(const struct blob *file, bool firmware);

/**
 * filetype_needs_gic() - whether it is known to need an interrupt controller
 * @file: the file, decompressed
 *
 * Return: its name, or NULL.
 */
const char *filetype_needs_gic(const struct blob *file);

#endif /* AVM_FILETYPE_H */
