/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The commands of /dev/arm_vcpu for the fuzzer.
 */
#ifndef SELFTEST_FUZZ_NATIVE_H
#define SELFTEST_FUZZ_NATIVE_H

#include "fuzz.h"

enum {
	GET_INFO, CONFIGURE, SET_MEMORY, GET_DIRTY, SET_SMCCC_FILTER, CREATE_VCPU, ADD_GIC, SET_GIC,
	SET_IRQ, SEND_MSI, IRQFD, IOEVENTFD, GET_GIC_STATE, SET_GIC_STATE, SAVE_ITS, RESTORE_ITS,
	KICK, KICK_VM, SET_ENTRY, RUN, GET_REG, SET_REG, LIST_REGS, INJECT, SET_DEBUG, GET_STATS,
	GET_POWER, SET_POWER, NATIVE_COMMANDS
};

extern const struct fuzz_command native_commands[NATIVE_COMMANDS];

/* Each with its struct's size, and what it takes beside that */
#define native_call(f, command, fd, type, ...)				\
	fuzz_call(f, &native_commands[command], fd,			\
		  &(struct arm_vcpu_##type) {				\
			.size = sizeof(struct arm_vcpu_##type), __VA_ARGS__ })

static inline int native_try(struct fuzz *f, unsigned int command, int fd)
{
	return fuzz_try(f, &native_commands[command], fd);
}

u64 native_config(struct fuzz *f);		/* flags of a usual VM */
void native_set_gic(struct fuzz *f, int vm);	/* at FUZZ_DIST, with an ITS */
bool native_has_gic(void);

#endif
