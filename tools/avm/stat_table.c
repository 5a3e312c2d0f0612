// SPDX-License-Identifier: MIT
#include "stat.h"

#include <stdio.h>
#include <string.h>

/* "    PID   VM VCPU" */
#define ID_WIDTH	17
#define MIN_COLUMN	9

/* The same vCPU in an earlier sample: numbers aren't used twice */
static const struct stat_row *find(const struct stat_sample *sample, const struct stat_row *row)
{
	for (size_t i = 0; i < sample->nr_rows; i++) {
		const struct stat_row *other = &sample->rows[i];

		if (other->pid == row->pid && other->vm == row->vm && other->vcpu == row->vcpu)
			return other;
	}
	return NULL;
}

/* Per second, rounded; of a vCPU that is new, since it is there */
static void rates(const struct stat_sample *before, const struct stat_sample *now,
		  const struct stat_row *row, __u64 *values)
{
	const struct stat_row *old = before ? find(before, row) : NULL;
	double seconds = before ? (double)(now->ns - before->ns) / 1e9 : 1;

	for (unsigned int i = 0; i < now->nr_counters; i++) {
		values[i] = row->values[i] - (old ? old->values[i] : 0);
		if (before)
			values[i] = (__u64)((double)values[i] / seconds + 0.5);
	}
}

static int column_width(const struct stat_sample *sample, unsigned int i)
{
	int length = (int)strlen(sample->names[i]);

	return 1 + (length > MIN_COLUMN ? length : MIN_COLUMN);
}

/* Columns that have something to say, as many as fit */
static void choose(const struct stat_sample *sample, const __u64 *total, bool all,
		   unsigned int width, bool *shown)
{
	unsigned int used = ID_WIDTH;

	for (unsigned int i = 0; i < sample->nr_counters; i++) {
		shown[i] = all || total[i] || i == 0;
		if (!shown[i])
			continue;
		used += (unsigned int)column_width(sample, i);
		if (width && used >= width)
			shown[i] = false;
	}
}

static void print_values(const struct stat_sample *sample, const __u64 *values,
			 const bool *shown, const char *end)
{
	for (unsigned int i = 0; i < sample->nr_counters; i++)
		if (shown[i])
			printf("%*llu", column_width(sample, i), values[i]);
	printf("%s", end);
}

void stat_print(const struct stat_sample *before, const struct stat_sample *now, bool all,
		unsigned int width, unsigned int height, const char *end)
{
	__u64 values[STAT_MAX_COUNTERS], total[STAT_MAX_COUNTERS] = { 0 };
	bool shown[STAT_MAX_COUNTERS];
	size_t row, rows = now->nr_rows;

	for (row = 0; row < now->nr_rows; row++) {
		rates(before, now, &now->rows[row], values);
		for (unsigned int i = 0; i < now->nr_counters; i++)
			total[i] += values[i];
	}
	choose(now, total, all, width, shown);

	printf("%7s %4s %4s", "PID", "VM", "VCPU");
	for (unsigned int i = 0; i < now->nr_counters; i++)
		if (shown[i])
			printf("%*s", column_width(now, i), now->names[i]);
	printf("%s", end);
	/* The heading, the total and the cursor's line */
	if (height && rows + 3 > height)
		rows = height > 3 ? height - 3 : 0;
	for (row = 0; row < rows; row++) {
		rates(before, now, &now->rows[row], values);
		printf("%7u %4u %4u", now->rows[row].pid, now->rows[row].vm, now->rows[row].vcpu);
		print_values(now, values, shown, end);
	}
	printf("%7s %4s %4s", "all", "-", "-");
	print_values(now, total, shown, end);
}
