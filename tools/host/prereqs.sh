# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What must be installed on this machine: the tool chain and QEMU, and nothing that the private apt can bring.

# What it takes to build and to boot, and what to check, as "program:package" or "/file:package".
prereqs() { prereqs_install qemu-system-aarch64:qemu-system-arm cpio:cpio xz:xz-utils; }

# What it takes to build for this machine: nothing is emulated
prereqs_local() { prereqs_install xz:xz-utils; }

prereqs_check()
{
	local cxx=g++-aarch64-linux-gnu
	[ "$(build_arch)" != arm64 ] || cxx=g++
	prereqs_install "$(cross_compile)g++:$cxx" sparse:sparse shellcheck:shellcheck xz:xz-utils \
		/sbin/depmod:kmod dkms:dkms rst2man:python3-docutils mandoc:mandoc dtc:device-tree-compiler /usr/include/libfdt.h:libfdt-dev /usr/include/zlib.h:zlib1g-dev
}

# prereqs_missing PROGRAM:PACKAGE... (or FILE:PACKAGE): the packages that aren't there yet, the compiler's among them.
prereqs_missing()
{
	local pair

	if [ "$(build_arch)" = arm64 ]; then
		set -- gcc:gcc "$@"
		[ -e /usr/include/stdio.h ] || printf 'libc6-dev\n'
	else
		set -- aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu "$@"
		[ -e /usr/aarch64-linux-gnu/include/stdio.h ] || printf 'libc6-dev-arm64-cross\n'
	fi
	for pair; do
		command -v "${pair%%:*}" >/dev/null || [[ $pair = /* && -e ${pair%%:*} ]] || printf '%s\n' "${pair#*:}"
	done
}

prereqs_install()
{
	local missing root=()
	mapfile -t missing < <(prereqs_missing "$@")
	[ "${#missing[@]}" -gt 0 ] || return 0
	[ "$(id -u)" = 0 ] || root=(sudo -n)
	step INSTALL "${missing[*]}: apt-get, on this machine"
	if ! quietly "$BUILD/apt.log" "${root[@]}" apt-get -q update ||
	   ! quietly "$BUILD/apt.log" "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
		apt-get -q install -y --no-install-recommends "${missing[@]}"; then
		die "these packages are needed; install them and call again:
    sudo apt-get install --no-install-recommends ${missing[*]}"
	fi
}
