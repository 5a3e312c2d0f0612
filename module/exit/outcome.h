/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What handling an exit comes to, if not to an errno of RUN.
 */
#ifndef ARM_VCPU_OUTCOME_H
#define ARM_VCPU_OUTCOME_H

#define ENTER_AGAIN	1
#define TO_USER		0	/* with exit_reason and its payload in the run page */

#endif /* ARM_VCPU_OUTCOME_H */
