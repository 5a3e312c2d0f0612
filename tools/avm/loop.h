/* SPDX-License-Identifier: MIT */
/* The main thread: console, signals, timeout, resets */
#ifndef AVM_LOOP_H
#define AVM_LOOP_H

struct machine;

/**
 * loop_prepare() - have signals wait for loop_run(); before any thread is created
 *
 * Return: descriptor to give to loop_run(), or -1 after a message.
 */
int loop_prepare(void);

/**
 * loop_run() - serve a machine until it ends
 * @machine: whose vCPU threads run
 * @signals: from loop_prepare()
 */
void loop_run(struct machine *machine, int signals);

#endif /* AVM_LOOP_H */
