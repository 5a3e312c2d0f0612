#!/bin/sh
# SPDX-License-Identifier: MIT
#
# avm's devices: their registers, and addresses where none is.

# shellcheck source=selftests/avm/common.inc
. "$(dirname "$0")/common.inc"

needs_device

# it is in loopback, and wants nothing else in its FIFO until it is done
mkfifo "$tmp/late"
: >"$tmp/out"
{ printf 'pl011\n'; wait_until out_has '^ok\|^FAILED'; printf 'off\n'; } >"$tmp/late" &
run -k "$guest" <"$tmp/late"
check "PL011: identification, FIFO, flags and interrupt status" guest_ok 1

before=$(date +%s)
tell 'pl031\noff\n'
after=$(date +%s)
time=$(sed -n 's/^time //p' "$tmp/out")
check "PL031: set, alarm and its interrupt status" guest_ok 1
check "PL031: the time is the host's" test $((time)) -ge "$before" -a $((time)) -le "$after"

if has_gicv3; then
	tell 'pl061\noff\n'
	check "PL061: identification, lines, and interrupts by edge and level" guest_ok 1
fi

tell 'forms\noff\n'
check "forms that the CPU doesn't describe, and accesses of several registers" guest_ok 1
check "a string by post-index" out_has '^by post-index$'

tell 'nowhere\nnowhere\noff\n'
check "where no device is, reads give 0" test "$(grep -c '^nowhere 0x0$' "$tmp/out")" = 4
check "and avm warns once" test "$(grep -c 'no device is' "$tmp/err")" = 1

tell 'edge\n-off\n'
check "at the ends of RAM, accesses of one side are as ever" guest_ok 1
for how in load store below; do
	tell "edge\n$how"
	check "an access across an end of RAM is an abort: $how" \
		ended_with 1 'an access across an end of memory, at 0x[35]'
	check "at EL1, of that access" err_has 'ESR_EL1 0x960000[15]0, ELR_EL1 0x4008'
done
tell 'edge\nmoving'
check "and so is one that the CPU doesn't describe" ended_with 1 "what avm can't emulate, at"

tell 'aborts\naborts\noff\n'
check "fetches, table walks and what can't be emulated there are aborts, and it goes on" guest_ok 2
check "of which avm tells the last" test "$(grep -c "can't emulate, at" "$tmp/err")" = 2

finish
