// SPDX-License-Identifier: MIT
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

/* Of nothing that is read here there is more */
#define MAX_SIZE	(16 << 20)
#define CHUNK		(64 << 10) /* more than a record of the log */

static void path_of(char *path, const char *root, const char *format, va_list args)
{
	int length = snprintf(path, PATH_MAX, "%s", root);

	if (length < PATH_MAX)
		vsnprintf(path + length, PATH_MAX - length, format, args);
}

#define PATH_OF(path, root, format) \
	do { \
		va_list args; \
		va_start(args, format); \
		path_of(path, root, format, args); \
		va_end(args); \
	} while (0)

void file_path(char *path, const char *root, const char *format, ...)
{
	PATH_OF(path, root, format);
}

/* Appends what @get gives until it gives nothing more; NULL if that is an error */
static char *gather(int (*get)(void *from, char *to, unsigned int size), void *from, size_t *size)
{
	char *data = NULL, *larger;
	size_t used = 0;
	int got = 0;

	do {
		used += got;
		larger = used < MAX_SIZE ? realloc(data, used + CHUNK + 1) : NULL;
		if (!larger)
			break;
		data = larger;
		got = get(from, data + used, CHUNK);
	} while (got > 0);
	if (got < 0) {
		free(data);
		data = NULL;
		used = 0;
	}
	if (data)
		data[used] = '\0';
	if (size)
		*size = used;
	return data;
}

static int get_file(void *from, char *to, unsigned int size)
{
	return gzread(from, to, size);
}

/* A record a read; one that was overwritten meanwhile is left out */
static int get_record(void *from, char *to, unsigned int size)
{
	ssize_t got;

	do
		got = read(*(int *)from, to, size);
	while (got < 0 && (errno == EPIPE || errno == EINTR));
	return got < 0 ? 0 : (int)got;
}

static char *read_path(const char *path, size_t *size)
{
	gzFile file = gzopen(path, "rbe");
	char *data;

	if (!file)
		return NULL;
	data = gather(get_file, file, size);
	gzclose(file);
	return data;
}

char *file_read(size_t *size, const char *root, const char *format, ...)
{
	char path[PATH_MAX];

	PATH_OF(path, root, format);
	return read_path(path, size);
}

bool file_line(char *line, size_t length, const char *root, const char *format, ...)
{
	char path[PATH_MAX], *data;

	PATH_OF(path, root, format);
	data = read_path(path, NULL);
	snprintf(line, length, "%s", data ? data : "");
	line[strcspn(line, "\n")] = '\0';
	free(data);
	return *line;
}

bool file_exists(const char *root, const char *format, ...)
{
	char path[PATH_MAX];

	PATH_OF(path, root, format);
	return !access(path, F_OK);
}

char *file_log(const char *root)
{
	char path[PATH_MAX], *data;
	int fd;

	file_path(path, root, "/dev/kmsg");
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	data = gather(get_record, &fd, NULL);
	close(fd);
	return data;
}
