/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An eventfd that a VM holds.
 */
#ifndef ARM_VCPU_EVENTFD_H
#define ARM_VCPU_EVENTFD_H

#include <linux/wait.h>
#include <linux/workqueue.h>

struct eventfd_ctx;
struct file;

/**
 * struct vm_eventfd - an eventfd that a VM holds, until the last descriptor of it is closed
 * @ctx: it, with a reference
 * @file: its file, with a reference, until eventfd_listen()
 * @head: where @wait is from then on
 * @wait: waits for its signals, and for its end
 * @signalled: takes a signal, which is read then; NULL: signals are others' to read.  Under the
 *	eventfd's lock; but on PREEMPT_RT, interrupts are off.
 * @when_closed: is to be done when @closed has become true; the same context
 * @closed: its last descriptor is
 */
struct vm_eventfd {
	struct eventfd_ctx *ctx;
	struct file *file;
	wait_queue_head_t *head;
	wait_queue_entry_t wait;
	void (*signalled)(struct vm_eventfd *eventfd);
	struct work_struct *when_closed;
	bool closed;
};

int eventfd_init(void);
void eventfd_exit(void);
int eventfd_hold(struct vm_eventfd *eventfd, int fd);
void eventfd_listen(struct vm_eventfd *eventfd);
void eventfd_let_go(struct vm_eventfd *eventfd);

#endif /* ARM_VCPU_EVENTFD_H */
