/* SPDX-License-Identifier: MIT */
/*
 * avm stat: what the vCPUs of this host do, as top shows it.
 *
 * stat.c is the command, stat_read.c reads debugfs, stat_table.c prints.
 */
#ifndef AVM_STAT_H
#define AVM_STAT_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#define STAT_MAX_COUNTERS	64
#define STAT_NAME		24

/**
 * struct stat_row - a vCPU
 * @pid: process that has the VM
 * @vm: number of the VM
 * @vcpu: number of the vCPU in it
 * @values: its counters
 */
struct stat_row {
	unsigned int pid;
	unsigned int vm;
	unsigned int vcpu;
	__u64 values[STAT_MAX_COUNTERS];
};

/**
 * struct stat_sample - all vCPUs at a time
 * @ns: when, CLOCK_MONOTONIC
 * @names: of the counters, as the kernel has them
 * @nr_counters: how many there are
 * @rows: by pid, VM and vCPU
 * @nr_rows: how many vCPUs there are
 */
struct stat_sample {
	__u64 ns;
	char names[STAT_MAX_COUNTERS][STAT_NAME];
	unsigned int nr_counters;
	struct stat_row *rows;
	size_t nr_rows;
};

/**
 * stat_main() - the command
 * @argc: from "stat" on
 * @argv: the same
 *
 * Return: status to exit with.
 */
int stat_main(int argc, char **argv);

/**
 * stat_read() - look at all vCPUs
 * @sample: is filled in
 * @pid: of those of this process alone; 0: of all
 *
 * Return: false, after a message, when there are no counters to read.
 */
bool stat_read(struct stat_sample *sample, unsigned int pid);

/**
 * stat_free() - let go of a sample
 * @sample: from stat_read()
 */
void stat_free(struct stat_sample *sample);

/**
 * stat_print() - print a table, a line a vCPU and one for all
 * @before: a sample before it: per second; NULL: in all
 * @now: what to print
 * @all: columns of zeros as well
 * @width: of the terminal, where columns end; 0: no limit
 * @height: of the terminal, where rows end; 0: no limit
 * @end: of a line
 */
void stat_print(const struct stat_sample *before, const struct stat_sample *now, bool all,
		unsigned int width, unsigned int height, const char *end);

#endif /* AVM_STAT_H */
