# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What every script of tools/host shares: where things are, how to speak, how to lock.
#
# stdout belongs to the caller (a guest's console, a script's output, a path that is asked for); whatever
# these scripts have to say goes to stderr. stdin belongs to the guest: nothing here reads it.

# shellcheck disable=SC2034 # for those who include this

shopt -s inherit_errexit

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
HOST_DIR=$TOP/tools/host
BUILD=${ARM_VCPU_BUILD:-$TOP/build}
CACHE=${ARM_VCPU_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/arm_vcpu}

# shellcheck source=tools/host/splats
. "$HOST_DIR/splats"

say() { printf '%s\n' "$*" >&2; }
step() { printf '  %-8s %s\n' "$1" "${*:2}" >&2; }
die() { printf 'arm_vcpu: %s\n' "$*" >&2; exit 1; }

# locked FILE COMMAND...: run COMMAND (a function will do) while holding FILE's lock. Locks nest only in the
# order build -> cache. The descriptor is closed for what COMMAND leaves running, so no daemon keeps the lock.
locked()
{
	local file=$1 fd status=0
	shift
	mkdir -p "$(dirname "$file")"
	exec {fd}>"$file"
	flock "$fd"
	"$@" || status=$?
	exec {fd}>&-
	return "$status"
}

# own_folder FOLDER: sets OWN to a folder that is ours until we end: FOLDER, or FOLDER.2 if that is somebody's.
own_folder()
{
	local suffix
	for suffix in '' .2 .3 .4 .5 .6 .7 .8; do
		OWN=$1$suffix
		mkdir -p "$OWN"
		exec {OWN_FD}>"$OWN/.lock"
		! flock --nonblock "$OWN_FD" || return 0
		exec {OWN_FD}>&-
	done
	die "$1 and its like are all in use"
}

# quietly LOG COMMAND...: its output goes to LOG, and to the reader only when it fails.
quietly()
{
	local log=$1
	shift
	mkdir -p "$(dirname "$log")"
	if ! "$@" >"$log" 2>&1 </dev/null; then
		tail -n 60 "$log" >&2
		say "arm_vcpu: failed: $* (whole log: $log)"
		return 1
	fi
}

# The prefix of the arm64 compiler: none where the machine is arm64 itself.
cross_compile()
{
	[ "$(uname -m)" = aarch64 ] || printf 'aarch64-linux-gnu-'
}
