/* SPDX-License-Identifier: MIT */
/* The checks, each of which makes a line */
#ifndef AVM_DOCTOR_CHECK_H
#define AVM_DOCTOR_CHECK_H

#include "../util.h"
#include "facts.h"

/**
 * enum verdict - what a check came to
 * @VERDICT_NONE: there is nothing to say
 * @VERDICT_OK: as it should be
 * @VERDICT_NOTE: guests run, but
 * @VERDICT_UNKNOWN: it can't be told
 * @VERDICT_NO: it stands in the way of guests
 */
enum verdict { VERDICT_NONE, VERDICT_OK, VERDICT_NOTE, VERDICT_UNKNOWN, VERDICT_NO };

/**
 * struct finding - what is said of it
 * @verdict: VERDICT_*
 * @text: what there is
 * @remedy: what to do about it; or empty
 */
struct finding {
	enum verdict verdict;
	char text[256];
	char remedy[512];
};

/**
 * struct check - one of them
 * @name: first word of the line
 * @look: fills in a finding
 */
struct check {
	const char *name;
	void (*look)(const struct facts *facts, struct finding *f);
};

/**
 * found() - say what there is
 * @f: of the check
 * @kind: VERDICT_*
 * @format: of the text
 */
void found(struct finding *f, enum verdict kind, const char *format, ...)
	__printf(3, 4);

/**
 * remedy() - say what to do about it
 * @f: of the check
 * @format: of the remedy
 */
void remedy(struct finding *f, const char *format, ...) __printf(2, 3);

/* The checks of other files than the table's: check_el2.c, check_hardware.c, check_module.c */
void check_el2(const struct facts *facts, struct finding *f);
void check_interrupts(const struct facts *facts, struct finding *f);
void check_timers(const struct facts *facts, struct finding *f);
void check_addresses(const struct facts *facts, struct finding *f);
void check_signature(const struct facts *facts, struct finding *f);
void check_module(const struct facts *facts, struct finding *f);
void check_device(const struct facts *facts, struct finding *f);
void check_log(const struct facts *facts, struct finding *f);

/**
 * module_loaded() - is arm_vcpu.ko loaded
 * @facts: of the machine
 *
 * Return: whether it is.
 */
bool module_loaded(const struct facts *facts);

/**
 * module_installed() - is arm_vcpu.ko where modprobe finds it
 * @facts: of the machine
 *
 * Return: whether it is.
 */
bool module_installed(const struct facts *facts);

#endif /* AVM_DOCTOR_CHECK_H */
