#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The console: nothing is lost in either direction, and the end of stdin isn't the guest's.

# shellcheck source=selftests/avm/common.inc
. "$(dirname "$0")/common.inc"

needs_device

# 5000 bytes at once, more than avm holds, at a guest that takes them one by one
digits=0123456789 bytes='' sum=0 i=0
while [ $i -lt 500 ]; do
	bytes=$bytes$digits
	for code in 48 49 50 51 52 53 54 55 56 57; do
		sum=$((sum * 31 + code))
	done
	i=$((i + 1))
done
tell "sum\n${bytes}off\n"
check "5000 bytes of input arrive, in order" out_has "^sum $(printf '0x%x' $sum)\$"
check "and so does the command behind them" guest_ok 1
tell "uart-off\nsum\n${bytes}off\n"
check "and all at a guest that doesn't enable its UART" out_has "^sum $(printf '0x%x' $sum)\$"

printf 'where\nwhere\noff\n' >"$tmp/in"
{ avm run --timeout 30 -k "$guest" <"$tmp/in" 2>"$tmp/err"; echo $? >"$tmp/status"; } | true
status=$(cat "$tmp/status")
check "a reader that is gone doesn't stop the guest" is_status 0

before=$(date +%s)
tell 'sleep\n' --timeout 3
check "the end of stdin isn't the end of the guest" \
	test "$status" = 124 -a $(($(date +%s) - before)) -ge 2

# cpu_time PID: in 1/100 s
cpu_time() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }

# ticks STDIN: processor time of an avm whose guest sleeps, over 2 seconds, in 1/100 s. Where the host is emulated
# and its CPU isn't let run, that counts as used, so it's one such time that has to be found.
ticks()
{
	: >"$tmp/out"
	avm run --timeout 60 -k "$guest" <"$1" >"$tmp/out" 2>"$tmp/err" &
	pid=$!
	wait_until out_has sleeping
	for _ in 1 2 3 4 5; do
		first=$(cpu_time $pid)
		sleep 2
		ticks=$(($(cpu_time $pid) - first))
		[ "$ticks" -ge 20 ] || break
	done
	kill $pid
	wait $pid || :
	echo "$ticks"
}
echo sleep >"$tmp/in"
used=$(ticks "$tmp/in")
check "and then avm doesn't spin ($used/200 ticks)" test "$used" -lt 20

tell 'escape\n\001off\n'
check "without --escape, Ctrl-A is a key" out_has '^key 0x1$'
tell 'escape\n\001\001off\n' --escape
check "with it, Ctrl-A Ctrl-A is" out_has '^key 0x1$'
tell 'escape\n\003off\n' --escape
check "Ctrl-C goes to the guest" out_has '^key 0x3$'

# bit by bit, as from a user
mkfifo "$tmp/fifo"
{ sleep 1; printf 'where\n'; sleep 1; printf 'off\n'; } >"$tmp/fifo" &
run -k "$guest" <"$tmp/fifo"
check "input that comes late" guest_ok 1

finish
