/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What of the host's own a guest can have, and who may give it.
 */
#ifndef ARM_VCPU_PASSTHROUGH_H
#define ARM_VCPU_PASSTHROUGH_H

#include <linux/types.h>

bool passthrough_offered(void);
int passthrough_permitted(void);

u64 passthrough_config_flags(void);
int passthrough_check(u64 config_flags);
u64 passthrough_hyp(u64 config_flags);

#endif /* ARM_VCPU_PASSTHROUGH_H */
