# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# The packages a host is made of. Each function prints the folder in the cache, fetching what is missing.

# The headers' Makefile names its other half by the absolute path it has once installed. Of the modules a host
# needs those that make the verdict's port.
kernel_hook()
{
	sed -i 's#/usr/src/#../#g' usr/src/linux-headers-*/Makefile &&
	find . -name '*.ko*' ! -name 'virtio_mmio.ko*' ! -name 'virtio_console.ko*' -delete
}

# kernel_tree META SUITE: image, modules, headers and kbuild's programs for this machine.
kernel_tree()
{
	apt_tree "$1-$2" "$2" kernel_hook '^linux-(image|headers|kbuild)-[0-9]' \
		"$1:arm64" "${1/linux-image/linux-headers}:arm64"
}

kernel_release() { basename "$1"/lib/modules/*; }
kernel_headers() { printf '%s\n' "$1/usr/src/linux-headers-$(kernel_release "$1")"; }
kernel_image() { printf '%s\n' "$1/boot/vmlinuz-$(kernel_release "$1")"; }

# busybox for the emulated host, U-Boot for its guest.
userland_tree()
{
	apt_tree userland bookworm no_hook "$FOLLOW_NONE" busybox-static:arm64 u-boot-qemu:arm64
}

# What avm links statically.
sysroot_tree()
{
	apt_tree sysroot bookworm no_hook "$FOLLOW_NONE" libfdt-dev:arm64 zlib1g-dev:arm64
}

# The kernel's own test framework and checkers, from its source package.
source_hook()
{
	local tar
	tar=$(echo usr/src/linux-source-*.tar.xz)
	tar -xJf "$tar" --strip-components=1 --wildcards --no-wildcards-match-slash \
		'*/tools/testing/selftests/lib.mk' \
		'*/tools/testing/selftests/kselftest.h' \
		'*/tools/testing/selftests/kselftest_harness.h' \
		'*/tools/testing/selftests/run_kselftest.sh' \
		'*/tools/testing/selftests/kselftest/*' \
		'*/tools/testing/selftests/kselftest_install.sh' \
		'*/tools/scripts/Makefile.*' '*/scripts/Makefile.compiler' \
		'*/scripts/subarch.include' \
		'*/scripts/checkpatch.pl' '*/scripts/spelling.txt' '*/scripts/const_structs.checkpatch' \
		'*/scripts/kernel-doc' \
		'*/LICENSES/*/GPL-2.0' '*/LICENSES/*/MIT' '*/LICENSES/*/Linux-syscall-note' &&
	rm -rf usr
}

source_tree()
{
	apt_tree linux-source bookworm source_hook '^linux-source-[0-9.]*$' linux-source-6.12:arm64
}
