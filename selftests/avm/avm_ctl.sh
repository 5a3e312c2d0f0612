#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A machine that has a name is controlled from outside, and SIGTERM presses its power button.

# shellcheck source=selftests/avm/common.inc
. "$(dirname "$0")/common.inc"

needs_device

export XDG_RUNTIME_DIR="$tmp"
[ "$(id -u)" != 0 ] || socket=/run/avm
socket=${socket:-$tmp/avm}/selftest.$$
machine=selftest.$$

# starts OPTIONS...: a machine, whose guest gets what is written to descriptor 3
starts()
{
	rm -f "$tmp/commands"
	mkfifo "$tmp/commands"
	: >"$tmp/out"
	avm run --timeout 60 -k "$guest" --name "$machine" "$@" <"$tmp/commands" >"$tmp/out" 2>"$tmp/err" &
	pid=$!
	exec 3>"$tmp/commands"
	wait_until out_has 'guest ready'
}

# ends: by itself
ends()
{
	exec 3>&-
	status=0
	wait "$pid" || status=$?
}

# ctl COMMAND: its answer is in $tmp/answer
ctl()
{
	status=0
	avm ctl "$machine" "$@" >"$tmp/answer" 2>&1 </dev/null || status=$?
}
# shellcheck disable=SC2317 # called by name
answers() { is_status "$1" && grep -q -e "$2" "$tmp/answer"; }
# shellcheck disable=SC2317 # called by name
says_after() { [ "$(grep -c '^ok' "$tmp/out")" = "$1" ]; }
# shellcheck disable=SC2317 # called by name
has_begun_twice() { [ "$(grep -c 'guest ready' "$tmp/out")" = 2 ]; }
# shellcheck disable=SC2317 # called by name
all_alike() { says_after "$1" && ! grep -v 'guest ready' "$tmp/out" | sort | uniq -c | grep -v -q "^ *$1 "; }
# shellcheck disable=SC2317 # called by name
stays_silent() { sleep 0.3; says_after "$1"; }

ctl status
check "3: there is no such machine" answers 3 "no machine is called '$machine'"
avm ctl ../x status >"$tmp/answer" 2>&1
status=$?
check "2: nor can there be" answers 2 "not '../x'"
avm ctl >"$tmp/answer" 2>&1
status=$?
check "2: a name and a command are wanted" answers 2 '^usage: avm ctl'

starts -c 2 -m 64 --pidfile "$tmp/pid"
check "its process is in a file" test "$(cat "$tmp/pid")" = "$pid"
ctl status
check "status: what it is" answers 0 "^running, process $pid, 2 CPUs, 64 MiB$"
status=0
avm run -k "$guest" --name "$machine" </dev/null >"$tmp/answer" 2>&1 || status=$?
check "3: its name is taken" answers 3 "called '$machine' already"

ctl pause
ctl status
check "pause: it is" answers 0 '^paused, '
echo where >&3
check "and its guest does nothing" stays_silent 0
ctl pause
check "1: it can't be twice" answers 1 "isn't running"
ctl resume
wait_until says_after 1
check "resume: it goes on where it was" says_after 1
ctl pause
ctl reset
wait_until has_begun_twice
ctl status
check "reset: it begins anew, also out of a pause" answers 0 '^running'
ctl dance
check "1: there is no such command" answers 1 'status, stop, end, reset, pause, resume or balloon SIZE'
ctl balloon 32
check "1: nor has it a balloon" answers 1 'start it with --balloon'
ctl stop
check "1: stop, and the guest doesn't look at its button" answers 1 "doesn't look at its power button"

ctl end
ends
check "143: end" is_status 143
check "and nothing is left of it" test ! -e "$socket" -a ! -e "$tmp/pid"
ctl resume
check "3: nor is it there any more" answers 3 "no machine is called"

starts
kill -KILL "$pid"
ends
check "one that was killed leaves its socket" test -S "$socket"
starts
check "which the next one takes over" test -S "$socket"
ctl end
ends

starts --console pty --console pty,name=a.port --balloon
check "a pseudo terminal is told of" err_has '^avm: console 0 is /dev/pts/'
ctl status
check "and by its status" answers 0 '^console 0 is /dev/pts/'
check "with its name, if it has one" answers 0 '^port a.port is /dev/pts/'
ctl balloon 64M
check "balloon: it is to be left so much" is_status 0
ctl status
check "and takes the rest when its guest gives that" answers 0 '^its balloon has 0 MiB of 192$'
for size in 7 257 2G x ''; do
	ctl balloon "$size"
	check "1: it can't be left '$size'" answers 1 "8 to 256 MiB.*, not '$size'"
done
ctl balloon
check "1: nor nothing" answers 1 'it takes status'
ctl end
ends

# The pipe is full, and so is what avm has for it: the guest waits to print
mkfifo "$tmp/pipe"
says=100
yes where | head -n $says >"$tmp/in"
exec 4<>"$tmp/pipe"
head -c 65536 /dev/zero >&4
avm run --timeout 60 -k "$guest" --name "$machine" <"$tmp/in" >"$tmp/pipe" 2>"$tmp/err" 4>&- &
pid=$!
sleep 2
for _ in 1 2 3 4 5; do
	ctl pause
	sleep 0.1
	ctl resume
done
tr -d "\\0" <"$tmp/pipe" >"$tmp/out" 4>&- &
reader=$!
exec 4<&-
wait_until says_after $says
check "what waits to be printed isn't lost in a pause" all_alike $says
ctl end
wait "$pid" "$reader"

if has_gicv3; then
	starts
	echo button >&3
	wait_until out_has waits
	ctl stop
	check "stop: the guest is asked" answers 0 'asked to power off'
	wait_until out_has released
	check "and has its button pressed, and released" out_has '^pressed$'
	echo off >&3
	ends
	check "0: it powers off" is_status 0

	starts
	echo button >&3
	wait_until out_has waits
	kill -TERM "$pid"
	wait_until out_has released
	check "SIGTERM asks it as well" err_has 'asked to power off'
	kill -TERM "$pid"
	ends
	check "143: a second one ends it" is_status 143
fi

finish
