#!/bin/sh
# SPDX-License-Identifier: MIT
#
# avm's interrupt controller: devices interrupt, CPUs interrupt each other, and a host without one says so.

# shellcheck source=selftests/avm/common.inc
. "$(dirname "$0")/common.inc"

needs_device

# one_by_one COMMAND...: each when the one before is answered, for those that want nothing in the UART's FIFO
mkfifo "$tmp/late"
one_by_one()
{
	: >"$tmp/out"
	for command; do
		answers=$((${answers:-0} + 1))
		wait_until has_answers "$answers"
		echo "$command"
	done >"$tmp/late" &
	run -k "$guest" <"$tmp/late"
}
has_answers() { [ "$(grep -c -e '^guest ready' -e '^ok' -e '^FAILED' "$tmp/out")" = "$1" ]; }

# named NAME OPTIONS...: is there such a thing in the device tree?
named()
{
	compatible=$1
	shift
	avm run -k "$guest" "$@" --dump-dtb - </dev/null | tr '\0' '\n' | grep -q -a "$compatible\$"
}
unnamed() { ! named "$@"; }

: >"$tmp/out"
: >"$tmp/err"
check "a device tree that is only written has a GIC" named arm,gic-v3
check "and an ITS" named arm,gic-v3-its
check "but not with --irqchip none" unnamed arm,gic-v3 --irqchip none
check "and no ITS either" unnamed arm,gic-v3-its --irqchip none
refuses "--irqchip takes what it knows alone" '--irqchip takes gicv3 or none' -k "$guest" --irqchip gicv2
tell 'gic\noff\n' --irqchip none
check "without one, nothing is where it would be" out_has '^GIC 0x0$'
check "nor an ITS" out_has '^ITS 0x0$'
check "and that is all that avm has to say" test "$(grep -c avm: "$tmp/err")" = 3

if ! has_gicv3; then
	run -k "$guest" --irqchip gicv3 </dev/null
	check "a host without a GICv3 can't give one" ended_with 3 'has no GICv3'
	tell 'gic\noff\n'
	check "and doesn't where it isn't asked for" out_has '^GIC 0x0$'
	finish
fi

tell 'gic\noff\n'
check "there is a GICv3" out_has '^GIC 0x3$'
check "with an ITS" out_has '^ITS 0x3$'
one_by_one uart-irq uart-irq off
check "PL011: its masks and levels" guest_ok 2
one_by_one uart-up reset uart-irq off
check "PL011: a reset takes its interrupt away" guest_ok 2
one_by_one uart-irq gic reset gic off
check "a reset switches all off" test "$(grep -c -x 'enabled 0x[06]' "$tmp/out") $(grep -c -x 'groups 0x[02]' "$tmp/out")" = '2 2'
check "that was on" test "$(grep -c -x 'enabled 0x0' "$tmp/out") $(grep -c -x 'groups 0x0' "$tmp/out")" = '1 1'
tell 'rtc-irq\noff\n'
check "PL031: its alarm wakes a CPU, and its mask" guest_ok 1

: >"$tmp/out"
{ printf 'key-irq\n'; wait_until out_has '^waiting'; sleep 1; printf 'kkoff\n'; } >"$tmp/late" &
run -k "$guest" <"$tmp/late"
check "a key wakes a CPU" guest_ok 1
check "and is there" out_has '^key 0x6b$'

for cpus in 1 2 16 17 64; do
	tell 'sgi\noff\n' -c $cpus
	check "interrupts between $cpus CPUs" guest_ok 1
	check "all of them" out_has "^CPUs $(printf 0x%x $cpus)\$"
done
tell 'sgi\nreset\nsgi\noff\n' -c 4
check "and anew after a reset" guest_ok 2

finish
