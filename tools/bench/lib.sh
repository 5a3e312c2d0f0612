# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Boots a host to be measured on: one whose figures repeat to the last instruction.

# shellcheck source=tools/host/host.sh
. "$(dirname "${BASH_SOURCE[0]}")/../host/host.sh"

BENCH_DIR=$TOP/tools/bench
OUT=$BUILD/bench

# The hosts of this folder, instead of the matrix.
# shellcheck disable=SC2034 # row_load reads them
ROW_NAMES=() ROW_TEXT=()
# shellcheck source=tools/bench/rows
. "$BENCH_DIR/rows"

# Time is the number of instructions executed and nothing else; nothing of the host is random but the offsets of
# its stacks, whose cost is the same whatever they are.
REPEATABLE=nokaslr
REPEATABLE_QEMU='-M dtb-randomness=off -icount shift=0,sleep=off -rtc base=2025-01-01,clock=vm'
KVM_OFF='kvm-arm.mode=none'
# What Linux still does in the background when it has come up, keys and tests of its ciphers: then it has done that. Sleep
# takes no time here, for nothing is executed.
# shellcheck disable=SC2034 # for those who include this
SETTLE='sleep 30'

# The plugin is compiled for this machine.
bench_prereqs() { prereqs && prereqs_install gcc:gcc gcc:libc6-dev; }

build_bench() { locked "$BUILD/.lock-tools" build_bench_locked; }

build_bench_locked()
{
	mkdir -p "$OUT"
	quietly "$OUT/make.log" make -C "$BENCH_DIR" O="$OUT" CROSS_COMPILE="$(cross_compile)" -j"$JOBS" all
}

# pack_same DIR OUT: an initramfs whose bytes depend on the files' contents alone.
pack_same()
{
	find "$1" -exec touch -h -d @0 {} +
	(cd "$1" && find . | LC_ALL=C sort | cpio --quiet --reproducible -o -H newc -R 0:0) >"$2"
}

# bench_boot TREE off|on CPUS LOGS QEMU-OPTIONS <SCRIPT: boot the loaded row with KVM on or off, and run the script
# there. What it prints is left in LOGS/out.
bench_boot()
{
	local tree=$1 kvm=$2 cpus=$3 logs=$4 options=$5 work status=0
	work=$(mktemp -d "${TMPDIR:-/tmp}/arm_vcpu.XXXXXX")
	stage_host "$work/root" "$tree"
	stage_module "$work/root" "$tree"
	install -m 755 "$OUT/bench" "$work/root/usr/bin/bench"
	stage_job "$work/root" '1 2'
	pack_same "$work/root" "$work/initrd"
	ROW[smp]=$cpus
	ROW[append]=$REPEATABLE
	[ "$kvm" = on ] || ROW[append]+=" $KVM_OFF"
	QEMU_EXTRA="$REPEATABLE_QEMU $options" qemu_command "$tree" "$work/initrd" "$logs"
	qemu_port 1 out "file,path=$logs/out"
	qemu_run 1800 </dev/null 2>"$logs/qemu.log" || status=$?
	rm -rf "$work"
	[ "$status" = 0 ] || { say "arm_vcpu: QEMU ended with status $status (see $logs)"; return 1; }
	verdict "$logs"
}
