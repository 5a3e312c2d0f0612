/* SPDX-License-Identifier: MIT */
/* What gdb's packets ask for */
#ifndef AVM_GDB_COMMAND_H
#define AVM_GDB_COMMAND_H

#include <stdbool.h>

struct machine;
struct reply;

/**
 * command_do() - do what a packet asks for
 * @machine: its gdb's packet is whole, and its vCPUs have parked
 * @reply: is filled in; nothing in it says that there is no such command
 *
 * Return: whether there is an answer: not where the guest goes on, or ends.
 */
bool command_do(struct machine *machine, struct reply *reply);

/**
 * command_resume() - vCont: have vCPUs go on
 * @machine: its vCPUs have parked
 * @text: the actions
 *
 * Return: 0, or PACKET_E*: they haven't.
 */
unsigned int command_resume(struct machine *machine, const char *text);

#endif /* AVM_GDB_COMMAND_H */
