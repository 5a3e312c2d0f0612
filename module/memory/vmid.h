/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VMIDs: one for each VM, for as long as it lives.
 */
#ifndef ARM_VCPU_VMID_H
#define ARM_VCPU_VMID_H

#include <linux/types.h>

void vmid_init(void);
bool vmid_is_16bit(void);
int vmid_alloc(void);
void vmid_free(unsigned int vmid);

#endif /* ARM_VCPU_VMID_H */
