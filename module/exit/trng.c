// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random numbers of firmware's (DEN 0098), with ARM_VCPU_CONFIG_PSCI: the host's.
 */
#include <linux/arm-smccc.h>
#include <linux/random.h>

#include "smccc_filter.h"
#include "trng.h"

#define TRNG_1_0		0x10000

#define TRNG_SUCCESS		0
#define TRNG_NOT_SUPPORTED	(-1L)
#define TRNG_INVALID_PARAMETERS	(-2L)
#define TRNG_NO_ENTROPY		(-3L)

/* x1 to x3 */
#define RESULTS			3

/* Of this source: 1780ef06-2026-48bc-9b4a-1f85e5dea95e */
static const u32 uuid[] = { 0x06ef8017, 0xbc482620, 0x851f4a9b, 0x5ea9dee5 };

/**
 * trng_answers() - whether a call is answered by trng_call()
 * @function: its id
 *
 * Return: whether it is one of TRNG's.
 */
bool trng_answers(u32 function)
{
	switch (function) {
	case ARM_SMCCC_TRNG_VERSION:
	case ARM_SMCCC_TRNG_FEATURES:
	case ARM_SMCCC_TRNG_GET_UUID:
	case ARM_SMCCC_TRNG_RND32:
	case ARM_SMCCC_TRNG_RND64:
		return true;
	default:
		return false;
	}
}

static long features(struct vcpu *vcpu)
{
	u32 function = vcpu_get_x(vcpu, 1);

	return smccc_filter_offers(vcpu->vm, function, trng_answers(function)) ?
	       TRNG_SUCCESS : TRNG_NOT_SUPPORTED;
}

/* As many bits as were asked for, from bit 0 of x3 on, then of x2, then of x1; others are 0 */
static long draw(u64 bits, unsigned int width, u64 *x)
{
	unsigned int i;

	if (!bits || bits > RESULTS * width)
		return TRNG_INVALID_PARAMETERS;
	if (!rng_is_initialized())
		return TRNG_NO_ENTROPY;
	for (i = RESULTS; bits; i--) {
		unsigned int n = min_t(u64, bits, width);

		get_random_bytes(&x[i], sizeof(*x));
		x[i] &= GENMASK_ULL(n - 1, 0);
		bits -= n;
	}
	return TRNG_SUCCESS;
}

/**
 * trng_call() - answer a call
 * @vcpu: that makes it; it isn't running
 * @function: its id, for which trng_answers()
 *
 * x1 to x3 are results, and 0 where there are none.
 */
void trng_call(struct vcpu *vcpu, u32 function)
{
	u64 x[1 + RESULTS] = { };
	unsigned int i;

	switch (function) {
	case ARM_SMCCC_TRNG_VERSION:
		x[0] = TRNG_1_0;
		break;
	case ARM_SMCCC_TRNG_FEATURES:
		x[0] = features(vcpu);
		break;
	case ARM_SMCCC_TRNG_GET_UUID:
		for (i = 0; i < ARRAY_SIZE(uuid); i++)
			x[i] = uuid[i];
		break;
	case ARM_SMCCC_TRNG_RND32:
		x[0] = draw((u32)vcpu_get_x(vcpu, 1), 32, x);
		break;
	case ARM_SMCCC_TRNG_RND64:
		x[0] = draw(vcpu_get_x(vcpu, 1), 64, x);
		break;
	}
	for (i = 0; i < ARRAY_SIZE(x); i++)
		vcpu_set_x(vcpu, i, x[i]);
}
