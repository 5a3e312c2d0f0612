/* SPDX-License-Identifier: MIT */
/* The command line */
#ifndef AVM_OPTIONS_H
#define AVM_OPTIONS_H

#include <stdbool.h>
#include <linux/types.h>

/* Exit statuses.  128 + n is for signal n. */
#define STATUS_OFF	0	/* the guest powered off */
#define STATUS_CRASH	1	/* the guest did what can't go on */
#define STATUS_USAGE	2	/* the command line, or a file that it names */
#define STATUS_HOST	3	/* the host: no module, no memory, ... */
#define STATUS_RESET	4	/* the guest asked for a reset, with --no-reboot */
#define STATUS_LEFT	5	/* Ctrl-A X */
#define STATUS_TIMEOUT	124	/* --timeout */
#define STATUS_SIGNAL	128

#define MAX_CPUS	64

/* Of an option that may be there more than once */
#define MAX_WORDS	16

/**
 * enum irqchip - the interrupt controller that the guest is to have
 * @IRQCHIP_BEST: a GICv3 if the host can give one, else none
 * @IRQCHIP_NONE: none
 * @IRQCHIP_GICV3: a GICv3
 */
enum irqchip { IRQCHIP_BEST, IRQCHIP_NONE, IRQCHIP_GICV3 };

/**
 * struct words - an option that may be there more than once
 * @words: its values, in their order
 * @count: of them
 */
struct words {
	const char *words[MAX_WORDS];
	unsigned int count;
};

/**
 * struct options - what `avm run` was asked for
 * @kernel: --kernel, or NULL
 * @initrd: --initrd, or NULL
 * @firmware: --firmware, or NULL
 * @vars: --vars, or NULL
 * @params: --params, or NULL
 * @dump_dtb: --dump-dtb, or NULL
 * @name: --name, or NULL
 * @pidfile: --pidfile, or NULL
 * @gdb_path: --gdb, if it is a path, or NULL
 * @gdb_port: --gdb, if it is a port, or 0
 * @disks: --disk
 * @networks: --network
 * @rng: --rng
 * @vsock: --vsock, or 0
 * @balloon: --balloon
 * @consoles: --console
 * @cpus: --cpus
 * @irqchip: --irqchip
 * @mem: --mem, in bytes
 * @timeout: --timeout, in seconds; 0 for none
 * @no_reboot: --no-reboot
 * @escape: --escape
 */
struct options {
	const char *kernel;
	const char *initrd;
	const char *firmware;
	const char *vars;
	const char *params;
	const char *dump_dtb;
	const char *name;
	const char *pidfile;
	const char *gdb_path;
	unsigned int gdb_port;
	struct words disks;
	struct words networks;
	bool rng;
	__u32 vsock;
	bool balloon;
	struct words consoles;
	unsigned int cpus;
	enum irqchip irqchip;
	__u64 mem;
	unsigned int timeout;
	bool no_reboot;
	bool escape;
};

/**
 * options_parse() - read the command line of `avm run`
 * @options: is filled in
 * @argc: of the words from "run" on
 * @argv: those words
 *
 * Return: -1: go on; or the status to exit with, everything having been said.
 */
int options_parse(struct options *options, int argc, char **argv);

/**
 * options_usage() - say how avm is used
 * @status: STATUS_OFF prints to stdout, another one to stderr
 *
 * Return: @status
 */
int options_usage(int status);

#endif /* AVM_OPTIONS_H */
