/* SPDX-License-Identifier: MIT */
/* A file in memory */
#ifndef AVM_BLOB_H
#define AVM_BLOB_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct blob - a file in memory
 * @path: where it came from, for messages
 * @data: its contents
 * @size: of them, in bytes
 */
struct blob {
	const char *path;
	unsigned char *data;
	size_t size;
};

/**
 * blob_read() - read a whole file
 * @blob: is filled in
 * @path: of the file
 * @inflate: decompress it when it is a gzip file
 *
 * Return: 0, or -1 after a message.
 */
int blob_read(struct blob *blob, const char *path, bool inflate);

/**
 * blob_free() - forget the contents
 * @blob: from blob_read(), or all zero
 */
void blob_free(struct blob *blob);

#endif /* AVM_BLOB_H */
