// SPDX-License-Identifier: MIT
#include "blob.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "say.h"

#define CHUNK	0x100000

/* Room for CHUNK bytes more behind what is there; @room is what has been allocated */
static bool make_room(struct blob *blob, size_t *room)
{
	unsigned char *data;

	if (*room - blob->size >= CHUNK)
		return true;
	*room = *room ? *room * 2 : 2 * CHUNK;
	data = realloc(blob->data, *room);
	if (data)
		blob->data = data;
	return data;
}

/*
 * zlib's reader passes through what isn't compressed.  (It is a pointer; its type's name
 * doesn't matter here.)
 */
static int read_inflated(struct blob *blob, void *stream)
{
	size_t room = 0;
	int error, got;

	do {
		if (!make_room(blob, &room))
			return Z_MEM_ERROR;
		got = gzread(stream, blob->data + blob->size, CHUNK);
		if (got < 0) {
			gzerror(stream, &error);
			return error;
		}
		blob->size += got;
	} while (got);

	/* a compressed file that ends too early reads well up to there */
	gzerror(stream, &error);
	return error == Z_BUF_ERROR ? Z_DATA_ERROR : Z_OK;
}

/* A pipe is as good as a file: nobody asks how long it is, or reads it twice */
static int read_plain(struct blob *blob, int fd)
{
	size_t room = 0;
	ssize_t got;

	do {
		if (!make_room(blob, &room))
			return -1;
		got = read(fd, blob->data + blob->size, CHUNK);
		if (got < 0)
			return -1;
		blob->size += got;
	} while (got);
	return 0;
}

int blob_read(struct blob *blob, const char *path, bool inflate)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int rc;

	memset(blob, 0, sizeof(*blob));
	blob->path = path;
	if (fd < 0)
		goto error;

	if (inflate) {
		void *stream = gzdopen(fd, "rb");

		rc = stream ? read_inflated(blob, stream) : Z_MEM_ERROR;
		if (stream)
			gzclose(stream);
		else
			close(fd);
		if (rc == Z_DATA_ERROR) {
			say("%s is a damaged gzip file: get it anew", path);
			goto out_free;
		}
	} else {
		rc = read_plain(blob, fd);
		close(fd);
	}
	if (rc)
		goto error;
	if (!blob->size) {
		say("%s is empty", path);
		goto out_free;
	}
	return 0;

error:
	say("can't read %s: %s", path, strerror(errno));
out_free:
	blob_free(blob);
	return -1;
}

void blob_free(struct blob *blob)
{
	free(blob->data);
	blob->data = NULL;
	blob->size = 0;
}
