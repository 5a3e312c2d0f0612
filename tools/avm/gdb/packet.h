/* SPDX-License-Identifier: MIT */
/*
 * gdb's remote protocol, below what the packets mean: bytes in, packets out, and back.
 *
 * Who is at the other end may send anything: nothing here depends on what it is.
 */
#ifndef AVM_GDB_PACKET_H
#define AVM_GDB_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "util.h"

/* Bytes that a packet has at most, between $ and # */
#define PACKET_SIZE	0x2000

/* What gdb takes for an error is two digits; these are Linux's */
#define PACKET_EFAULT	14
#define PACKET_EINVAL	22

/**
 * enum packet_event - what a byte has come to
 * @PACKET_NONE: nothing yet
 * @PACKET_READY: a packet is there
 * @PACKET_BROKEN: one whose checksum is wrong, or that is too long
 * @PACKET_AGAIN: what was sent last is to be sent again
 * @PACKET_INTERRUPT: the guest is to be stopped
 */
enum packet_event {
	PACKET_NONE, PACKET_READY, PACKET_BROKEN, PACKET_AGAIN, PACKET_INTERRUPT,
};

/**
 * struct packet - one that comes in
 * @data: what is in it, without escapes, and a NUL behind it
 * @length: of that
 * @state: where in it we are
 * @sum: of its bytes
 * @told: the sum that it brings along
 * @escaped: the last byte was an escape
 * @too_long: it doesn't fit
 */
struct packet {
	char data[PACKET_SIZE + 1];
	size_t length;
	enum { PACKET_OUTSIDE, PACKET_INSIDE, PACKET_SUM1, PACKET_SUM2 } state;
	__u8 sum;
	__u8 told;
	bool escaped;
	bool too_long;
};

/**
 * struct reply - one that goes out
 * @data: what is in it
 * @length: of that
 * @wire: as it is sent
 * @wire_length: of that
 */
struct reply {
	char data[PACKET_SIZE];
	size_t length;
	char wire[2 * PACKET_SIZE + 4];
	size_t wire_length;
};

/**
 * packet_take() - take the next byte that has come
 * @packet: zero to begin with
 * @byte: that came
 *
 * Return: what it has come to; with PACKET_READY @packet is whole until the next call.
 */
enum packet_event packet_take(struct packet *packet, unsigned char byte);

/**
 * packet_number() - read a number, hexadecimal and of 64 bits at most
 * @text: is moved behind it
 * @value: is filled in
 *
 * Return: false when there is none.
 */
bool packet_number(const char **text, __u64 *value);

/**
 * packet_skip() - read what has to be there
 * @text: is moved behind it
 * @character: that has to be next
 *
 * Return: false when it isn't.
 */
bool packet_skip(const char **text, char character);

/**
 * packet_bytes() - read bytes, two digits each
 * @text: is moved behind them
 * @bytes: are filled in
 * @count: how many there have to be
 *
 * Return: false when there are fewer.
 */
bool packet_bytes(const char **text, void *bytes, size_t count);

/**
 * reply_begin() - begin anew, with nothing
 * @reply: that is filled
 */
void reply_begin(struct reply *reply);

/**
 * reply_text() - add text; what doesn't fit is cut off
 * @reply: that is filled
 * @format: of the text
 */
void __printf(2, 3) reply_text(struct reply *reply, const char *format, ...);

/**
 * reply_bytes() - add bytes, two digits each
 * @reply: that is filled
 * @bytes: which
 * @count: how many
 */
void reply_bytes(struct reply *reply, const void *bytes, size_t count);

/**
 * reply_raw() - add bytes as they are
 * @reply: that is filled
 * @bytes: which
 * @count: how many
 */
void reply_raw(struct reply *reply, const void *bytes, size_t count);

/**
 * reply_error() - say that it couldn't be done, and nothing else
 * @reply: that is filled
 * @error: PACKET_E*
 */
void reply_error(struct reply *reply, unsigned int error);

/**
 * reply_end() - make of it what is sent
 * @reply: whose @wire is filled in
 */
void reply_end(struct reply *reply);

#endif /* AVM_GDB_PACKET_H */
