// SPDX-License-Identifier: MIT
#include "term.h"

#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "say.h"

static struct termios before;

static void restore(void)
{
	tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
	say_raw(false);
}

/* A bug of avm's own: leave a usable terminal, then die of it as anybody would */
static void restore_and_die(int signal)
{
	tcsetattr(STDIN_FILENO, TCSANOW, &before);
	raise(signal);
}

bool term_raw(void)
{
	static const int fatal[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS };
	struct sigaction die = {
		.sa_handler = restore_and_die,
		.sa_flags = SA_RESETHAND | SA_NODEFER,
	};
	struct termios raw;

	if (tcgetattr(STDIN_FILENO, &before))
		return false;

	for (unsigned int i = 0; i < ARRAY_SIZE(fatal); i++)
		sigaction(fatal[i], &die, NULL);
	atexit(restore);
	raw = before;
	cfmakeraw(&raw);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	say_raw(true);
	return true;
}
