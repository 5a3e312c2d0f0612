#!/bin/sh
# SPDX-License-Identifier: MIT
#
# avm doctor on a host that runs guests: it sees so. tools/check/doctor has the others.

# shellcheck source=selftests/avm/common.inc
. "$(dirname "$0")/common.inc"

needs_device

# look OPTIONS...: avm doctor, as run() leaves it
look()
{
	status=0
	avm doctor "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
}

# says VERDICT CHECK WORDS: a line begins so, blanks apart
says() { tr -s ' ' <"$tmp/out" | grep -q "^$1 $2 $3"; }
controller()
{
	if has_gicv3; then
		says ok interrupts 'GICv3 or newer, maintenance interrupt 25$'
	else
		says note interrupts 'GICv2.*: guests have no GIC'
	fi
}
is_usage() { is_status 2 && err_has "$1"; }

look
check "guests can run" is_status 0
check "nothing stands in the way" not grep -q '^NO' "$tmp/out"
check "whose EL2 it is" says ok EL2 'arm_vcpu has it$'
check "the interrupt controller" controller
check "the timers" says ok timers 'virtual 27, physical 30$'
check "what guests can have" says ok addresses 'guests have up to [0-9]* bits, and up to [0-9]* CPUs'
check "the module has avm's version" says ok module "loaded, version $(avm version | cut -d ' ' -f 2)\$"
check "the device can be opened" says ok device '/dev/arm_vcpu is yours to open$'
look --quiet
check "what is well isn't told with --quiet" not grep -q '^ok' "$tmp/out"
look --root "$tmp"
check "of an empty folder, it says what can't be told" says '?' EL2 'nothing tells'
look --no-such-option
check "an option that there isn't" is_usage "avm: unrecognized option"
look here
check "a word that is no option" is_usage "'here' isn't an option"

finish
