# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What must be installed on this machine: the tool chain and QEMU, and nothing that the private apt can bring.

# "program:package" pairs that aren't there yet, as package names.
prereqs_missing()
{
	local pair pairs=(qemu-system-aarch64:qemu-system-arm cpio:cpio bc:bc xz:xz-utils perl:perl)

	if [ "$(build_arch)" = arm64 ]; then
		pairs+=(gcc:gcc ld:binutils)
		[ -e /usr/include/stdio.h ] || printf 'libc6-dev\n'
	else
		pairs+=(aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu)
		[ -e /usr/aarch64-linux-gnu/include/stdio.h ] || printf 'libc6-dev-arm64-cross\n'
	fi
	for pair in "${pairs[@]}" "$@"; do
		command -v "${pair%%:*}" >/dev/null || printf '%s\n' "${pair#*:}"
	done
}

# prereqs [PROGRAM:PACKAGE...]: install what is missing, the given ones included.
prereqs()
{
	local missing root=()
	mapfile -t missing < <(prereqs_missing "$@")
	[ "${#missing[@]}" -gt 0 ] || return 0
	[ "$(id -u)" = 0 ] || root=(sudo -n)
	step INSTALL "${missing[*]} (apt-get, on this machine)"
	if ! { "${root[@]}" apt-get -qq update && "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
		apt-get -qq install -y --no-install-recommends "${missing[@]}"; } >&2 </dev/null; then
		die "these packages are needed; install them and call again:
    sudo apt-get install --no-install-recommends ${missing[*]}"
	fi
}
