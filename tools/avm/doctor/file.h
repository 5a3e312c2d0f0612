/* SPDX-License-Identifier: MIT */
/* Files below a root folder: this machine's, or one where another's were put */
#ifndef AVM_DOCTOR_FILE_H
#define AVM_DOCTOR_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "../util.h"

/**
 * file_path() - where a file is
 * @path: is filled in: PATH_MAX bytes
 * @root: the root folder; "" for the machine's own
 * @format: of the path below it, which begins with a slash
 */
void file_path(char *path, const char *root, const char *format, ...) __printf(3, 4);

/**
 * file_read() - a whole file, gzipped or not
 * @size: how much was read, or NULL
 * @root: as for file_path()
 * @format: as for file_path()
 *
 * Return: its contents, with a NUL behind them, to be freed; NULL if it can't be read.
 */
char *file_read(size_t *size, const char *root, const char *format, ...) __printf(3, 4);

/**
 * file_line() - the first line of a file, or string of a property
 * @line: is filled in; empty if the file can't be read
 * @length: of @line
 * @root: as for file_path()
 * @format: as for file_path()
 *
 * Return: whether there is something in it.
 */
bool file_line(char *line, size_t length, const char *root, const char *format, ...)
	__printf(4, 5);

/**
 * file_exists() - is there such a file or folder
 * @root: as for file_path()
 * @format: as for file_path()
 *
 * Return: whether there is.
 */
bool file_exists(const char *root, const char *format, ...) __printf(2, 3);

/**
 * file_log() - the kernel's log
 * @root: as for file_path()
 *
 * Return: what /dev/kmsg has, a record a line, to be freed; NULL if it can't be read.
 */
char *file_log(const char *root);

#endif /* AVM_DOCTOR_FILE_H */
