// SPDX-License-Identifier: MIT
/* The words of a command line: each ends with a NUL, or where there is no more */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "options.h"

#define WORDS_MAX	64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *words[WORDS_MAX + 1] = { (char[]){ "run" } };
	struct options options;
	int count = 1;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = 0;
	for (size_t at = 0; at < size && count < WORDS_MAX; at += strlen(text + at) + 1)
		words[count++] = text + at;
	words[count] = NULL;

	opterr = 0;
	optind = 0; /* begins anew, with what it remembers of the last ones */
	if (options_parse(&options, count, words) == -1 &&
	    (!options.cpus || options.cpus > MAX_CPUS || options.mem % (1 << 20) ||
	     options.disks.count > MAX_WORDS || options.networks.count > MAX_WORDS ||
	     options.consoles.count > MAX_WORDS))
		abort();
	free(text);
	return 0;
}
