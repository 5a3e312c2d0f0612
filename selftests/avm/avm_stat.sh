#!/bin/sh
# SPDX-License-Identifier: MIT
#
# avm stat: its table agrees with debugfs, names the vCPUs of a process or of all, and ends when it is told.

# shellcheck source=selftests/avm/common.inc
. "$(dirname "$0")/common.inc"

needs_device
debugfs=/sys/kernel/debug/arm_vcpu

# look OPTIONS...: avm stat, as run() leaves it
look()
{
	status=0
	timeout 30 avm stat -b "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
}

# value COLUMN VCPU: of the last table
value()
{
	awk -v name="$1" -v vcpu="$2" '
		$1 == "PID" { for (i = 1; i <= NF; i++) if ($i == name) column = i; next }
		$3 == vcpu { value = $column }
		END { print value }' "$tmp/out"
}

rows() { grep -c "^ *$1 " "$tmp/out"; }
tables() { grep -c '^ *PID ' "$tmp/out"; }

# A guest with two CPUs that runs until it is killed, and has said so
printf 'smp-run\nspin\n' >"$tmp/in"
: >"$tmp/guest"
avm run -k "$guest" -c 2 --timeout 100 <"$tmp/in" >"$tmp/guest" 2>&1 &
vm=$!
# with the line's end: nothing of it is counted any more
# shellcheck disable=SC2317 # called by name
spins() { [ "$(tail -n 1 "$tmp/guest" | tr '\n' .)" = spinning. ]; }
wait_until spins

# counter NAME FILE: of a file of debugfs
counter() { awk -v name="$1" '$1 == name { print $2 }' "$2"; }

# between what was there before and what is there now: the host may take a page away at any time
agrees()
{
	is_status 0 || return 1
	for name in mmio_write mmio_read fault hvc_user sysreg; do
		for vcpu in 1 2; do
			now=$(value "$name" "$vcpu")
			[ "$now" -ge "$(counter "$name" "$tmp/before$vcpu")" ] || return 1
			[ "$now" -le "$(counter "$name" "$(echo "$debugfs/$vm"-*/vcpu"$vcpu"/stats)")" ] || return 1
		done
	done
	[ "$(value mmio_write 1)" -gt 0 ]
}
sums_up() { [ "$(value mmio_write -)" = $(($(value mmio_write 1) + $(value mmio_write 2))) ]; }
columns() { [ "$(head -n 1 "$tmp/out" | wc -w)" = $((3 + $(wc -l <"$debugfs/stats"))) ]; }

for vcpu in 1 2; do
	cat "$debugfs/$vm"-*/vcpu"$vcpu"/stats >"$tmp/before$vcpu"
done
look -t -n 1 -p $vm
check "totals of one process are debugfs's" agrees
check "the last line is the sum" sums_up
check "a batch has a column for each counter" columns
check "a line for each vCPU" [ "$(rows $vm)" = 2 ]

look -n 2 -d 0.5 -p $vm
check "as many tables as asked for" [ "$status:$(tables)" = 0:2 ]
check "guests that run are left, at each tick at least" [ "$(value exits 1)" -gt 0 ]
check "nothing that doesn't happen is counted" [ "$(value mmio_write 1)" = 0 ]

# ticks: what debugfs has counted for vCPU 1, and since when
ticks() { echo "$(awk '$1 == "exits" { print $2 }' "$debugfs/$vm"-*/vcpu1/stats) $(cut -d ' ' -f 1 /proc/uptime)"; }
# Load makes it inexact: within a factor of 2, where what isn't divided by the time is 4 times as much
per_second()
{
	awk -v shown="$(value exits 1)" -v before="$before" -v after="$after" 'BEGIN {
		split(before, b); split(after, a)
		rate = (a[1] - b[1]) / (a[2] - b[2])
		exit !(shown > rate / 2 && shown < rate * 2) }'
}
before=$(ticks)
look -n 1 -d 4 -p $vm
after=$(ticks)
check "what is shown is per second" per_second

look -n 1 -d 0.2
check "all processes" [ "$(rows $vm)" = 2 ]
look -n 1 -d 0.2 -p 1
check "a process without a VM" [ "$status:$(rows 1):$(rows all)" = 0:0:1 ]

kill $vm
wait $vm 2>/dev/null
look -t -n 1 -p $vm
check "a VM that is gone is gone" [ "$status:$(rows $vm)" = 0:0 ]

look --count 0
check "a wrong count" ended_with 2 "takes a number"
look -d x
check "a wrong delay" ended_with 2 "takes seconds"
look nonsense
check "what isn't an option" ended_with 2 "isn't an option"

finish
