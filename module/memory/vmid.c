// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMIDs.  A VM has one from when it is bound until it is gone, which spares
 * generations and a look at each entry; there are 255 or 65535 of them.  So that others have some,
 * a user gets half of them at most, in all of his user namespaces together.
 *
 * VMID 0 isn't ours: an nVHE host's own TLB entries carry it.
 */
#include <linux/bitfield.h>
#include <linux/cache.h>
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/mutex.h>
#include <linux/user_namespace.h>
#include <linux/xarray.h>

#include <asm/cpufeature.h>
#include <asm/sysreg.h>

#include "vmid.h"

/* ID_AA64MMFR1_EL1.VMIDBits */
#define VMID_MMFR1_BITS		GENMASK_ULL(7, 4)
#define VMID_MMFR1_BITS_16	2

/* Of each VMID the user (a kuid's value) that has it; and of each user how many he has */
static DEFINE_XARRAY_ALLOC1(vmids);
static DEFINE_XARRAY(users);
static DEFINE_MUTEX(vmid_lock);

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

/* Who is a user among all users: in a user namespace of his own he has many identities */
static unsigned long current_user_outside(void)
{
	const struct user_namespace *ns = current_user_ns();
	kuid_t user = current_uid();

	for (; ns != &init_user_ns; ns = ns->parent)
		user = ns->owner;
	return __kuid_val(user);
}

static unsigned long count_of(unsigned long user)
{
	void *count = xa_load(&users, user);

	return count ? xa_to_value(count) : 0;
}

/* Fails for a user's first one only: after that his entry is there */
static int set_count(unsigned long user, unsigned long count)
{
	if (count)
		return xa_err(xa_store(&users, user, xa_mk_value(count), GFP_KERNEL_ACCOUNT));
	xa_erase(&users, user);
	return 0;
}

static int take(unsigned long user)
{
	unsigned long count = count_of(user);
	u32 vmid;
	int ret;

	if (count >= BIT(vmid_bits - 1) - 1 && !capable(CAP_SYS_RESOURCE))
		return -ENOSPC;
	ret = set_count(user, count + 1);
	if (ret)
		return ret;

	ret = xa_alloc(&vmids, &vmid, xa_mk_value(user), XA_LIMIT(1, BIT(vmid_bits) - 1),
		       GFP_KERNEL_ACCOUNT);
	if (!ret)
		return vmid;
	set_count(user, count);
	return ret == -EBUSY ? -ENOSPC : ret;
}

/**
 * vmid_alloc - take a VMID for a VM of the current user's
 *
 * No TLB holds an entry with it.
 *
 * Return: the VMID, -ENOSPC when all are taken, or half of them by a user who lacks
 * CAP_SYS_RESOURCE, -ENOMEM.
 */
int vmid_alloc(void)
{
	int ret;

	mutex_lock(&vmid_lock);
	ret = take(current_user_outside());
	mutex_unlock(&vmid_lock);
	return ret;
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
	unsigned long user;

	mutex_lock(&vmid_lock);
	user = xa_to_value(xa_erase(&vmids, vmid));
	set_count(user, count_of(user) - 1);
	mutex_unlock(&vmid_lock);
}
