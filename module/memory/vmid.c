// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMIDs.  A VM has one from when it is bound until it is gone, which spares
 * generations and a look at each entry; there are 255 or 65535 of them.
 *
 * VMID 0 isn't ours: an nVHE host's own TLB entries carry it.
 */
#include <linux/bitfield.h>
#include <linux/cache.h>
#include <linux/idr.h>

#include <asm/cpufeature.h>
#include <asm/sysreg.h>

#include "vmid.h"

/* ID_AA64MMFR1_EL1.VMIDBits */
#define VMID_MMFR1_BITS		GENMASK_ULL(7, 4)
#define VMID_MMFR1_BITS_16	2

static DEFINE_IDA(vmids);
static unsigned int vmid_bits __ro_after_init = 8;

/**
 * vmid_init - learn how many VMIDs there are; at load
 */
void __init vmid_init(void)
{
	u64 mmfr1 = read_sanitised_ftr_reg(SYS_ID_AA64MMFR1_EL1);

	if (FIELD_GET(VMID_MMFR1_BITS, mmfr1) == VMID_MMFR1_BITS_16)
		vmid_bits = 16;
}

/**
 * vmid_is_16bit - whether VTCR_EL2.VS is to be set
 *
 * Return: true when all CPUs have 16 bits.
 */
bool vmid_is_16bit(void)
{
	return vmid_bits == 16;
}

/**
 * vmid_alloc - take a VMID for a VM
 *
 * No TLB holds an entry with it.
 *
 * Return: the VMID, -ENOSPC when all are taken, -ENOMEM.
 */
int vmid_alloc(void)
{
	return ida_alloc_range(&vmids, 1, BIT(vmid_bits) - 1, GFP_KERNEL);
}

/**
 * vmid_free - give a VMID back
 * @vmid: from vmid_alloc()
 *
 * The caller has flushed its entries from the TLBs of all CPUs, and no CPU can make new
 * ones: they would belong to the next VM that gets this VMID.
 */
void vmid_free(unsigned int vmid)
{
	ida_free(&vmids, vmid);
}
