// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may hand to a guest what is the host's own.
 *
 * Three have to agree: whoever loads the module, by its parameter; the program's own rights; and
 * the kernel, which isn't locked down.  A kernel that is refuses the parameter already.
 */
#include <linux/capability.h>
#include <linux/moduleparam.h>
#include <linux/security.h>

#include "passthrough.h"

static bool passthrough;
module_param_hw(passthrough, bool, other, 0444);
MODULE_PARM_DESC(passthrough,
		 "let programs with CAP_SYS_RAWIO hand hardware and firmware to guests (default: no)");

/**
 * passthrough_offered() - was the module loaded for it
 *
 * Return: whether it was.
 */
bool passthrough_offered(void)
{
	return passthrough;
}

/**
 * passthrough_permitted() - may the calling program do it
 *
 * Return: 0, -EOPNOTSUPP if it isn't offered, -EPERM.
 */
int passthrough_permitted(void)
{
	if (!passthrough)
		return -EOPNOTSUPP;
	if (!capable(CAP_SYS_RAWIO))
		return -EPERM;
	return security_locked_down(LOCKDOWN_MODULE_PARAMETERS);
}
