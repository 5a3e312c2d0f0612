/* SPDX-License-Identifier: MIT */
/* `avm doctor`: what this machine has for guests, and what stands in the way */
#ifndef AVM_DOCTOR_H
#define AVM_DOCTOR_H

/**
 * doctor_main() - the command
 * @argc: of the words from "doctor" on
 * @argv: those words
 *
 * Return: STATUS_OFF if guests can run, STATUS_HOST if something stands in the way, STATUS_USAGE.
 */
int doctor_main(int argc, char **argv);

#endif /* AVM_DOCTOR_H */
