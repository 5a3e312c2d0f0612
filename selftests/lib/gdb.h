/* SPDX-License-Identifier: MIT */
/*
 * avm run --gdb, and gdb's remote protocol, spoken by hand.  The guest is that of avm's tests; what
 * it prints is the screen.
 */
#ifndef SELFTESTS_GDB_H
#define SELFTESTS_GDB_H

#include <elf.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#define PATIENCE_MS	20000
#define CPUS		4

/* Registers, by their number */
#define X(n)		(n)
#define SP		31
#define PC		32
#define CPSR		33
#define VBAR		73
#define ESR		74
#define SPSR		77

#define PSR_I		0x80U
#define BRK		0xd4200000U
#define NOP		0xd503201fU
#define SVC		0xd4000001U
#define MASK_I		0xd50342dfU	/* msr daifset, #2 */
#define READ_DAIF	0xd53b4220U	/* mrs x0, daif */
#define LOOP		0x14000000U	/* b . */
#define ONE_TO_X5	0xd2800025U	/* mov x5, #1 */

/* Where the guest has nothing */
#define SCRATCH		0x41000000UL
#define VECTORS		0x41010000UL
#define FLASH		0x0UL
#define UART		0x09000000UL

FIXTURE(gdb)
{
	pid_t avm;
	int keys;
	int screen;
	int socket;
	struct sockaddr_un address;
	char guest[PATH_MAX + 16];
	char output[8192];
	size_t length;
	char reply[20000];
};

static inline void run_avm(FIXTURE_DATA(gdb) *self, const int *in, const int *out)
{
	dup2(in[0], STDIN_FILENO);
	dup2(out[1], STDOUT_FILENO);
	close(in[1]);
	close(out[0]);
	execlp("avm", "avm", "run", "--kernel", self->guest, "--timeout", "100", "--cpus", "4",
	       "--gdb", self->address.sun_path, NULL);
	exit(98);
}

/* Where something of the guest is, by its name; 0: nowhere */
static inline unsigned long symbol(FIXTURE_DATA(gdb) *self, const char *name)
{
	static char file[1 << 20];
	const Elf64_Ehdr *elf = (const void *)file;
	FILE *stream = fopen(self->guest, "re");
	size_t size = stream ? fread(file, 1, sizeof(file), stream) : 0;
	const Elf64_Shdr *section;

	if (stream)
		fclose(stream);
	if (size < sizeof(*elf) || size == sizeof(file))
		return 0;
	section = (const void *)(file + elf->e_shoff);
	for (int i = 0; i < elf->e_shnum; i++) {
		const Elf64_Sym *symbols = (const void *)(file + section[i].sh_offset);
		const char *names;

		if (section[i].sh_type != SHT_SYMTAB)
			continue;
		names = file + section[section[i].sh_link].sh_offset;
		for (size_t n = 0; n < section[i].sh_size / sizeof(*symbols); n++)
			if (!strcmp(names + symbols[n].st_name, name))
				return symbols[n].st_value;
	}
	return 0;
}

static inline int attach(FIXTURE_DATA(gdb) *self)
{
	const struct sockaddr *address = (const struct sockaddr *)&self->address;

	for (int tries = 0; tries < 200; tries++) {
		self->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (!connect(self->socket, address, sizeof(self->address)))
			return 0;
		close(self->socket);
		usleep(50000);
	}
	return -1;
}

static inline bool put(FIXTURE_DATA(gdb) *self, const char *bytes, size_t length)
{
	return send(self->socket, bytes, length, MSG_NOSIGNAL) == (ssize_t)length;
}

static inline bool tell(FIXTURE_DATA(gdb) *self, const char *packet)
{
	unsigned char sum = 0;
	char end[4];

	for (const char *byte = packet; *byte; byte++)
		sum += *byte;
	snprintf(end, sizeof(end), "#%02x", sum);
	return put(self, "$", 1) && put(self, packet, strlen(packet)) && put(self, end, 3);
}

/* One byte, or -1 */
static inline int get(FIXTURE_DATA(gdb) *self)
{
	struct pollfd fd = { .fd = self->socket, .events = POLLIN };
	unsigned char byte;

	return poll(&fd, 1, PATIENCE_MS) > 0 && recv(self->socket, &byte, 1, 0) == 1 ? byte : -1;
}

/* The next packet from avm; "" where there is none */
static inline const char *hear(FIXTURE_DATA(gdb) *self)
{
	size_t length = 0;
	int byte;

	do
		byte = get(self);
	while (byte == '+');
	while (byte == '$' || (length && byte >= 0 && byte != '#')) {
		self->reply[length++] = byte;
		byte = length < sizeof(self->reply) - 1 ? get(self) : -1;
	}
	self->reply[length] = 0;
	if (byte == '#') {
		get(self);
		get(self);
	}
	return length ? self->reply + 1 : "";
}

static inline const char *ask(FIXTURE_DATA(gdb) *self, const char *packet)
{
	return tell(self, packet) ? hear(self) : "";
}

#define ASK(format, ...) ({						\
	char packet_[128];						\
									\
	snprintf(packet_, sizeof(packet_), format, ##__VA_ARGS__);	\
	ask(self, packet_);						\
})
#define OK(...)		EXPECT_STREQ("OK", ASK(__VA_ARGS__))
#define REFUSED(...)	EXPECT_EQ('E', *ASK(__VA_ARGS__))

/* Little-endian digits, as gdb has them */
static inline unsigned long number(const char *digits)
{
	unsigned long value = 0;
	unsigned int byte, shift = 0;

	for (; shift < 64 && sscanf(digits, "%2x", &byte) == 1 && digits[1]; digits += 2) {
		value |= (unsigned long)byte << shift;
		shift += 8;
	}
	return value;
}

static inline unsigned long reg(FIXTURE_DATA(gdb) *self, unsigned int n)
{
	return number(ASK("p%x", n));
}

static inline const char *set(FIXTURE_DATA(gdb) *self, unsigned int n, unsigned long value,
			      int size)
{
	return ASK("P%x=%0*lx", n, size * 2, size == 8 ? __builtin_bswap64(value) :
		   (unsigned long)__builtin_bswap32(value));
}

#define SET(n, value)	EXPECT_STREQ("OK", set(self, n, value, (n) == CPSR ? 4 : 8))

static inline unsigned int word(FIXTURE_DATA(gdb) *self, unsigned long addr)
{
	return number(ASK("m%lx,4", addr));
}

static inline const char *set_word(FIXTURE_DATA(gdb) *self, unsigned long addr, unsigned int value)
{
	return ASK("M%lx,4:%08x", addr, __builtin_bswap32(value));
}

static inline bool screen_has(FIXTURE_DATA(gdb) *self, const char *text)
{
	struct pollfd fd = { .fd = self->screen, .events = POLLIN };
	ssize_t got;

	while (!strstr(self->output, text)) {
		if (poll(&fd, 1, PATIENCE_MS) <= 0)
			return false;
		got = read(self->screen, self->output + self->length,
			   sizeof(self->output) - 1 - self->length);
		if (got <= 0)
			return false;
		self->length += got;
		self->output[self->length] = 0;
	}
	return true;
}

static inline void type(FIXTURE_DATA(gdb) *self, const char *line)
{
	self->length = 0;
	self->output[0] = 0;
	(void)!write(self->keys, line, strlen(line));
}

static inline int status(FIXTURE_DATA(gdb) *self)
{
	int value = -1;

	waitpid(self->avm, &value, 0);
	self->avm = 0;
	return WIFEXITED(value) ? WEXITSTATUS(value) : -1;
}

FIXTURE_SETUP(gdb)
{
	int in[2], out[2];
	char path[PATH_MAX] = "";

	if (access("/dev/arm_vcpu", R_OK | W_OK))
		SKIP(return, "there is no /dev/arm_vcpu: load the module");
	ASSERT_GT(readlink("/proc/self/exe", path, sizeof(path) - 1), 0);
	snprintf(self->guest, sizeof(self->guest), "%s/guest.elf", dirname(path));
	self->address.sun_family = AF_UNIX;
	snprintf(self->address.sun_path, sizeof(self->address.sun_path), "/tmp/avm_gdb.%d",
		 getpid());
	ASSERT_EQ(pipe(in) | pipe(out), 0);
	self->avm = fork();
	if (!self->avm)
		run_avm(self, in, out);
	close(in[0]);
	close(out[1]);
	self->keys = in[1];
	self->screen = out[0];
	ASSERT_EQ(attach(self), 0);
	OK("QStartNoAckMode");
}

FIXTURE_TEARDOWN(gdb)
{
	if (self->avm > 0) {
		kill(self->avm, SIGKILL);
		status(self);
	}
	unlink(self->address.sun_path);
}

/* To where it reads commands */
#define START() do {							\
	ASSERT_TRUE(tell(self, "vCont;c"));				\
	ASSERT_TRUE(screen_has(self, "guest ready\n"));			\
	ASSERT_TRUE(put(self, "\003", 1));				\
	ASSERT_EQ(0, strncmp("T02thread:", hear(self), 10));		\
} while (0)

#define GO()		ASSERT_TRUE(tell(self, "vCont;c"))
#define STEP()		EXPECT_STREQ("T05thread:1;", ask(self, "vCont;s:1"))

/* It does what it is told as ever: nobody debugs it */
#define EXPECT_FREE() do {						\
	type(self, "psci\noff\n");					\
	EXPECT_TRUE(screen_has(self, "ok\n"));				\
	EXPECT_EQ(0, status(self));					\
} while (0)

#endif /* SELFTESTS_GDB_H */
