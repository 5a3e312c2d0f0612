#!/bin/sh
# SPDX-License-Identifier: MIT
#
# PSCI in avm: what the calls answer, CPUs on and off, and the end of a machine that is busy.

# shellcheck source=selftests/avm/common.inc
. "$(dirname "$0")/common.inc"

needs_device

tell 'psci\noff\n'
check "version, features, arguments, unknown calls, no calls; by HVC and SMC" guest_ok 1
tell 'smp\noff\n' -c 4
check "CPU_ON and CPU_OFF of three CPUs, five times, two callers told apart" guest_ok 1
tell 'race\noff\n' -c 4 --timeout 60
check "three CPUs switch on a fourth, fifty times: each time one has done it" guest_ok 1
tell 'smp-run\noff\n' -c 4
check "SYSTEM_OFF while other CPUs run" guest_ok 1
tell 'smp-run\nreset\nsmp\nwhere\noff\n' -c 4
check "SYSTEM_RESET while other CPUs run: they are off again" guest_ok 3
tell 'smp-run\nfault\n' -c 4
check "a crash while other CPUs run" is_status 1
tell 'smp-run\nspin\n' -c 4 --timeout 2
check "a timeout while all CPUs run" is_status 124
tell 'smp-run\noff\n' -c 3
check "CPU_ON of a CPU that isn't there" out_has FAILED

finish
