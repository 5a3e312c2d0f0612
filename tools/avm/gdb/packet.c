// SPDX-License-Identifier: MIT
/* See packet.h; the format: "GDB Remote Serial Protocol", an appendix of gdb's manual */
#include "packet.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define INTERRUPT	0x03
#define ESCAPE		'}'
#define ESCAPED(byte)	((byte) ^ 0x20)

/* -1: it is none */
static int digit(char character)
{
	if (character >= '0' && character <= '9')
		return character - '0';
	character |= 0x20;
	return character >= 'a' && character <= 'f' ? character - 'a' + 10 : -1;
}

static enum packet_event outside(struct packet *packet, unsigned char byte)
{
	switch (byte) {
	case '$':
		packet->state = PACKET_INSIDE;
		packet->length = 0;
		packet->sum = 0;
		packet->escaped = false;
		packet->too_long = false;
		return PACKET_NONE;
	case '-':
		return PACKET_AGAIN;
	case INTERRUPT:
		return PACKET_INTERRUPT;
	default: /* '+', and what is left of a packet that was broken */
		return PACKET_NONE;
	}
}

static enum packet_event inside(struct packet *packet, unsigned char byte)
{
	if (byte == '$')	/* the end of the last one was lost */
		return outside(packet, byte);
	if (byte == '#') {
		packet->state = PACKET_SUM1;
		return PACKET_NONE;
	}
	packet->sum += byte;
	if (!packet->escaped && byte == ESCAPE) {
		packet->escaped = true;
		return PACKET_NONE;
	}
	if (packet->length == PACKET_SIZE)
		packet->too_long = true;
	else
		packet->data[packet->length++] = packet->escaped ? ESCAPED(byte) : byte;
	packet->escaped = false;
	return PACKET_NONE;
}

enum packet_event packet_take(struct packet *packet, unsigned char byte)
{
	int value = digit(byte);

	switch (packet->state) {
	case PACKET_OUTSIDE:
		return outside(packet, byte);
	case PACKET_INSIDE:
		return inside(packet, byte);
	case PACKET_SUM1:
		packet->told = (__u8)value << 4;
		packet->too_long |= value < 0;	/* broken as well */
		packet->state = PACKET_SUM2;
		return PACKET_NONE;
	default:
		packet->state = PACKET_OUTSIDE;
		packet->data[packet->length] = 0;
		if (value < 0 || packet->too_long || packet->sum != (packet->told | value))
			return PACKET_BROKEN;
		return PACKET_READY;
	}
}

bool packet_number(const char **text, __u64 *value)
{
	const char *at = *text;

	*value = 0;
	for (; digit(*at) >= 0; at++) {
		if (*value >> 60)
			return false;
		*value = *value << 4 | digit(*at);
	}
	if (at == *text)
		return false;
	*text = at;
	return true;
}

bool packet_skip(const char **text, char character)
{
	if (**text != character)
		return false;
	++*text;
	return true;
}

bool packet_bytes(const char **text, void *bytes, size_t count)
{
	unsigned char *byte = bytes;
	int high, low;

	for (; count; count--, *text += 2) {
		high = digit((*text)[0]);
		low = high < 0 ? -1 : digit((*text)[1]);
		if (low < 0)
			return false;
		*byte++ = high << 4 | low;
	}
	return true;
}

void reply_begin(struct reply *reply)
{
	reply->length = 0;
}

void reply_raw(struct reply *reply, const void *bytes, size_t count)
{
	if (count > sizeof(reply->data) - reply->length)
		count = sizeof(reply->data) - reply->length;
	memcpy(reply->data + reply->length, bytes, count);
	reply->length += count;
}

void reply_text(struct reply *reply, const char *format, ...)
{
	char text[160];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	reply_raw(reply, text, length < (int)sizeof(text) ? length : (int)sizeof(text) - 1);
}

void reply_bytes(struct reply *reply, const void *bytes, size_t count)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *byte = bytes;
	char pair[2];

	for (; count; count--, byte++) {
		pair[0] = digits[*byte >> 4];
		pair[1] = digits[*byte & 15];
		reply_raw(reply, pair, sizeof(pair));
	}
}

void reply_error(struct reply *reply, unsigned int error)
{
	reply_begin(reply);
	reply_text(reply, "E%02x", error);
}

void reply_end(struct reply *reply)
{
	static const char digits[] = "0123456789abcdef";
	char *wire = reply->wire;
	__u8 sum = 0;

	*wire++ = '$';
	for (size_t i = 0; i < reply->length; i++) {
		char byte = reply->data[i];

		if (byte && strchr("$#}*", byte)) {
			sum += *wire++ = ESCAPE;
			byte = ESCAPED(byte);
		}
		sum += *wire++ = byte;
	}
	*wire++ = '#';
	*wire++ = digits[sum >> 4];
	*wire++ = digits[sum & 15];
	reply->wire_length = wire - reply->wire;
}
