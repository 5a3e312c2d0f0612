// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows how each syndrome of an SError is graded, by the function that the module is built with.
 * What is expected is written down from the manual, value by value.
 */
#include <stdbool.h>
#include "kselftest_harness.h"
#include "guest.h"
#include "exit/ras_grade.h"

#define IDS		(1ULL << 24)
#define AET_SHIFT	10
#define DFSC_SERROR	0x11

/* All codes of the fields that count, beside none and all of the bits that don't */
#define for_each_iss(iss, rest)						\
	for ((iss) = 0; (iss) < 1 << 16; (iss)++)			\
		for ((rest) = 0; (rest) < 2; (rest)++)
#define WITH(iss, rest)		((iss) | ((rest) ? 0xffULL << 16 : 0))

/* ISS[12:10] of an SError whose DFSC is 0x11 */
static const enum ras_grade by_aet[] = {
	RAS_HOSTS,	/* uncontainable */
	RAS_GUESTS,	/* unrecoverable */
	RAS_HARMLESS,	/* restartable */
	RAS_GUESTS,	/* recoverable */
	RAS_HOSTS,	/* reserved */
	RAS_HOSTS,	/* reserved */
	RAS_HARMLESS,	/* corrected */
	RAS_HOSTS,	/* reserved */
};

TEST(an_serror_of_the_architectures_format_is_what_aet_says)
{
	u64 iss, rest;

	for_each_iss(iss, rest) {
		ASSERT_EQ((iss & 0x3f) == DFSC_SERROR ? by_aet[iss >> AET_SHIFT & 7] : RAS_HOSTS,
			  ras_grade_serror(WITH(iss, rest), true)) TH_LOG("ISS %#lx", iss);
	}
}

/* Else a guest that knows how to make one could stop the host */
TEST(an_serror_of_the_cpus_own_format_is_the_guests)
{
	u64 iss, rest;

	for_each_iss(iss, rest) {
		u64 syndrome = WITH(iss, rest);

		ASSERT_EQ(RAS_GUESTS, ras_grade_serror(syndrome, false)) TH_LOG("ISS %#lx", iss);
		ASSERT_EQ(RAS_GUESTS, ras_grade_serror(syndrome | IDS, false))
			TH_LOG("ISS %#lx", iss);
		ASSERT_EQ(RAS_GUESTS, ras_grade_serror(syndrome | IDS, true))
			TH_LOG("ISS %#lx", iss);
	}
}

TEST(what_isnt_the_syndromes_counts_for_nothing)
{
	u64 iss = 2 << AET_SHIFT | DFSC_SERROR;

	EXPECT_EQ(RAS_HARMLESS, ras_grade_serror(0x2fULL << 26 | 1 << 25 | iss, true));
	/* DISR_EL1.A */
	EXPECT_EQ(RAS_HARMLESS, ras_grade_serror(1ULL << 31 | iss, true));
}

TEST_HARNESS_MAIN
