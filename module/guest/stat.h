/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is counted of a vCPU.
 */
#ifndef ARM_VCPU_STAT_H
#define ARM_VCPU_STAT_H

#include "guest.h"

/**
 * stat_count() - count one
 * @vcpu: with its lock held, so that there is one writer
 * @stat: ARM_VCPU_STAT_*, but not EXITS, which is a sum
 *
 * Readers have no lock.
 */
static inline void stat_count(struct vcpu *vcpu, unsigned int stat)
{
	WRITE_ONCE(vcpu->stats[stat], vcpu->stats[stat] + 1);
}

const char *stat_name(unsigned int stat);
void stat_read(const struct vcpu *vcpu, u64 *values);
void stat_add(const struct vcpu *vcpu, u64 *values);

#endif /* ARM_VCPU_STAT_H */
