/* SPDX-License-Identifier: MIT */
/* What a network interface of a guest's is connected to: Ethernet frames, one way and the other */
#ifndef AVM_LINK_H
#define AVM_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <linux/types.h>

/* Bytes of a frame, at most */
#define FRAME_MAX	65550

/* Each frame has its size before it, as the stream of passt has it */
#define FRAME_HEAD	4

/**
 * struct link - what a network interface is connected to
 * @fd: a stream of frames, or a tap, that has one at a time
 * @stream: which of both
 */
struct link {
	int fd;
	bool stream;
};

/**
 * link_open() - connect to what --network names
 * @link: is filled in
 * @text: as the option has it
 * @dry: only see whether that is right
 *
 * Return: 0, or -1 after a message.
 */
int link_open(struct link *link, const char *text, bool dry);

/**
 * link_receive() - read frames, without waiting for any
 * @link: the link
 * @to: gets frames, each with its size before it; of a stream also a part of one
 * @room: bytes that fit; of a tap, at least FRAME_HEAD + FRAME_MAX
 *
 * Return: how many there were; 0 if the link is gone; -1 for none yet.
 */
ssize_t link_receive(const struct link *link, void *to, size_t room);

/**
 * link_send() - write a frame, or what is left of it, without waiting for room
 * @link: the link
 * @from: the frame, with its size before it
 * @size: of both
 * @sent: bytes of these that have been sent before
 *
 * Return: as link_receive().
 */
ssize_t link_send(const struct link *link, const void *from, size_t size, size_t sent);

#endif /* AVM_LINK_H */
