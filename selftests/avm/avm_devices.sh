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

tell 'forms\noff\n'
check "forms that the CPU doesn't describe" guest_ok 1
check "a string by post-index" out_has '^by post-index$'

tell 'nowhere\nnowhere\noff\n'
check "where no device is, reads give 0" test "$(grep -c '^nowhere 0x0$' "$tmp/out")" = 4
check "and avm warns once" test "$(grep -c 'no device is' "$tmp/err")" = 1

finish
