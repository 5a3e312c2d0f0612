// SPDX-License-Identifier: GPL-2.0-only
/*
 * An eventfd that a VM holds: its signals, and its end.
 *
 * A reference on the context doesn't keep the file: when the last descriptor is closed nobody is
 * left who could signal it, or read it, and the VM lets go of it as well.
 */
#include <linux/err.h>
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/poll.h>

#include "eventfd.h"

/*
 * For what is to be done when one is closed: that waits for vm->setup, which can take as long as a
 * VMM likes, and the kernel's own queue isn't for that.
 */
static struct workqueue_struct *closed;

/**
 * eventfd_init() - have what VMs need for their eventfds
 *
 * Return: 0 or -ENOMEM.
 */
int __init eventfd_init(void)
{
	closed = alloc_workqueue("arm_vcpu", WQ_UNBOUND, 0);
	return closed ? 0 : -ENOMEM;
}

/**
 * eventfd_exit() - undo eventfd_init(); no VM is left
 */
void eventfd_exit(void)
{
	destroy_workqueue(closed);
}

/* Under the lock of the queue, which is the eventfd's */
static int woken(wait_queue_entry_t *wait, unsigned int mode, int sync, void *key)
{
	struct vm_eventfd *eventfd = container_of(wait, struct vm_eventfd, wait);
	__poll_t events = key_to_poll(key);
	u64 count;

	if (events & EPOLLIN && eventfd->signalled) {
		eventfd_ctx_do_read(eventfd->ctx, &count);
		eventfd->signalled(eventfd);
	}
	if (events & EPOLLHUP) {
		WRITE_ONCE(eventfd->closed, true);
		queue_work(closed, eventfd->when_closed);
	}
	return 0;
}

/**
 * eventfd_hold() - take an eventfd
 * @eventfd: zero but for what is to be called
 * @fd: a descriptor of the current process
 *
 * Return: 0, -EBADF, -EINVAL: it is another kind of file.
 */
int eventfd_hold(struct vm_eventfd *eventfd, int fd)
{
	eventfd->file = fget(fd);
	if (!eventfd->file)
		return -EBADF;
	eventfd->ctx = eventfd_ctx_fileget(eventfd->file);
	if (IS_ERR(eventfd->ctx)) {
		fput(eventfd->file);
		return PTR_ERR(eventfd->ctx);
	}
	return 0;
}

struct listening {
	struct poll_table_struct poll;
	struct vm_eventfd *eventfd;
};

static void queue(struct file *file, wait_queue_head_t *head, struct poll_table_struct *poll)
{
	struct vm_eventfd *eventfd = container_of(poll, struct listening, poll)->eventfd;

	eventfd->head = head;
	add_wait_queue(head, &eventfd->wait);
}

/**
 * eventfd_listen() - have its functions called
 * @eventfd: from eventfd_hold().  A signal from before counts.
 */
void eventfd_listen(struct vm_eventfd *eventfd)
{
	struct listening listening = { .eventfd = eventfd };
	u64 count;

	init_waitqueue_func_entry(&eventfd->wait, woken);
	init_poll_funcptr(&listening.poll, queue);
	vfs_poll(eventfd->file, &listening.poll);
	if (eventfd->signalled) {
		/* What was there is taken once: here, or by a signal that has come in between */
		spin_lock_irq(&eventfd->head->lock);
		eventfd_ctx_do_read(eventfd->ctx, &count);
		if (count)
			eventfd->signalled(eventfd);
		spin_unlock_irq(&eventfd->head->lock);
	}
	fput(eventfd->file);
	eventfd->file = NULL;
}

/**
 * eventfd_let_go() - undo eventfd_hold() and eventfd_listen()
 * @eventfd: none of its functions is called any more when this returns
 */
void eventfd_let_go(struct vm_eventfd *eventfd)
{
	if (eventfd->head)
		remove_wait_queue(eventfd->head, &eventfd->wait);
	if (eventfd->file)
		fput(eventfd->file);
	eventfd_ctx_put(eventfd->ctx);
}
