# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# The packages a host is made of. Each function prints the folder in the cache, fetching what is missing.

# The headers' Makefile names its other half by the absolute path it has once installed. Of the modules a host
# needs those that make the verdict's port, those by which fp-stress has the kernel itself use FP registers, and
# those of a file system on a RAM disk, of swap in compressed memory, of a tap, and of sockets that lead to a guest; and a
# guest those of the devices that a VMM gives it, and packet sockets, by which it asks for an address.
kernel_hook()
{
	sed -i 's#/usr/src/#../#g' usr/src/linux-headers-*/Makefile &&
	find . -name '*.ko*' ! -name 'virtio_mmio.ko*' ! -name 'virtio_console.ko*' \
		! -name 'af_alg.ko*' ! -name 'algif_hash.ko*' ! -name 'sha256-arm64.ko*' ! -name 'sha2-ce.ko*' \
		! -name 'ext4.ko*' ! -name 'jbd2.ko*' ! -name 'mbcache.ko*' ! -name 'crc16.ko*' \
		! -name 'crc32c_generic.ko*' ! -name 'brd.ko*' \
		! -name 'zram.ko*' ! -name 'zsmalloc.ko*' ! -name 'lz4*_compress.ko*' ! -name 'zstd_compress.ko*' \
		! -name 'virtio_pci*.ko*' ! -name 'virtio_blk.ko*' ! -name 'virtio_net.ko*' ! -name '*failover.ko*' \
		! -name 'virtio-rng.ko*' ! -name 'rng-core.ko*' ! -name 'af_packet.ko*' ! -name 'tun.ko*' \
		! -name 'virtio_balloon.ko*' ! -name 'vhost.ko*' ! -name 'vhost_iotlb.ko*' ! -name 'vhost_vsock.ko*' \
		! -name 'vsock.ko*' ! -name 'vmw_vsock_virtio_transport*.ko*' -delete
}

# Packages of later releases have all that in usr/lib/modules. They bring along what Debian 12 is too old for: the
# compiler that the kernel was built with, since its headers depend on it, and a C library for that and for kbuild's
# programs. A compiler for its own machine would look for the assembler in PATH, so it is told where its own is.
later_kernel_hook()
{
	local release cc1
	release=$(basename usr/lib/modules/*)
	cc1=$(echo usr/libexec/gcc*/*/*/cc1)
	rm -rf "usr/lib/modules/$release/dtb" usr/bin/*-lto-* "$(dirname "$cc1")/lto1" &&
	ln -s usr/lib lib && mkdir boot && ln -s "../lib/modules/$release/vmlinuz" "boot/vmlinuz-$release" &&
	ln -s "$1/usr/bin/aarch64-linux-gnu-as" "$(dirname "$cc1")/as" && kernel_hook && own_c_library "$1"
}

# own_c_library FINAL: programs are run by the dynamic linker that lies beside them. No chroot, and so no root.
own_c_library()
{
	local linker program executables
	linker=$(echo usr/lib/*-linux-gnu/ld-linux-*.so.[0-9])
	mapfile -t executables < <(find usr/bin usr/libexec usr/lib/linux-kbuild-* -type f -perm -u+x ! -name '*.so*' \
		-exec grep -q "^.ELF" {} \; -print)
	for program in "${executables[@]}"; do
		# shellcheck disable=SC2016 # the shell that runs it expands it
		mv "$program" "$program.elf" &&
		printf '#!/bin/sh\nexec "%s" --library-path "%s" --argv0 "$0" "%s" "$@"\n' "$1/$linker" \
			"$1/$(dirname "$linker")" "$1/$program.elf" >"$program" &&
		chmod +x "$program" || return 1
	done
}

KERNEL_PARTS='^linux-(image|headers|kbuild|binary|modules|base)-[0-9]'
COMPILER_PARTS='^gcc-[0-9]+-(for-host|aarch64-linux-gnu)$|^cpp-[0-9]+-aarch64-linux-gnu$|^binutils-aarch64-linux-gnu$'
COMPILER_LIBRARIES='^(lib[a-z+]+[0-9]+|libgcc-s1|libbinutils|libctf-nobfd0|zlib1g)$'

# kernel_tree META SUITE: image, modules, headers and kbuild's programs for this machine; and a compiler, if bookworm's
# isn't the one.
kernel_tree()
{
	local hook=kernel_hook follow=$KERNEL_PARTS
	if [[ $2 != bookworm* ]]; then
		hook=later_kernel_hook
		follow="$KERNEL_PARTS|$COMPILER_PARTS|$COMPILER_LIBRARIES"
	fi
	apt_tree "$1-$2" "$2" "$hook" "$follow" "$1:arm64" "${1/linux-image/linux-headers}:arm64"
}

# row_tree: the kernel of the loaded row.
row_tree()
{
	if [ -n "${ROW[config]}" ]; then
		kernel_build_tree "${ROW[kernel]}" "${ROW[suite]}" "${ROW[config]}"
	else
		kernel_tree "${ROW[kernel]}" "${ROW[suite]}"
	fi
}

kernel_release() { basename "$1"/lib/modules/*; }
kernel_headers() { printf '%s\n' "$1/usr/src/linux-headers-$(kernel_release "$1")"; }
kernel_image() { printf '%s\n' "$1/boot/vmlinuz-$(kernel_release "$1")"; }

# busybox for the emulated host, U-Boot for its guest.
userland_tree()
{
	apt_tree userland bookworm no_hook "$FOLLOW_NONE" busybox-static:arm64 u-boot-qemu:arm64
}

# kexec, with what it is linked to and the dynamic linker.
kexec_hook() { rm -rf etc usr/share usr/lib/*/gconv usr/lib/xen-* usr/bin usr/sbin; }

kexec_tree()
{
	apt_tree kexec bookworm kexec_hook '^(lib|zlib1g)' kexec-tools:arm64
}

# stress-ng, with what it is linked to, but without the drivers of Mesa, which libegl1 asks for.
stress_hook()
{
	rm -rf etc usr/share usr/sbin usr/lib/*/{gconv,engines-3,ossl-modules}
	find usr/bin -type f ! -name stress-ng -delete
}

stress_tree()
{
	apt_tree stress bookworm stress_hook '^(zlib1g$|lib([^e]|e[^g]|egl1$))' stress-ng:arm64
}

# Debian's QEMU as a program of the emulated host, with what it is linked to, and EDK2 for its guests. What firmware it
# has itself is for other machines.
guest_qemu_hook()
{
	rm -rf etc usr/lib/*/gconv usr/lib/udev usr/lib/systemd usr/sbin &&
	find usr/bin ! -type d ! -name qemu-system-aarch64 -delete &&
	find usr/share ! -type d ! -name QEMU_EFI.fd -delete
}

# What firmware is there for guests, and what it starts.
efi_hook()
{
	find usr -type f ! -name QEMU_EFI.fd ! -name grubaa64.efi -delete
}

efi_tree()
{
	apt_tree efi bookworm efi_hook "$FOLLOW_NONE" qemu-efi-aarch64:arm64 grub-efi-arm64-bin:arm64
}

# guest_qemu_tree SUITE
guest_qemu_tree()
{
	apt_tree "guest-qemu-$1" "$1" guest_qemu_hook '^(lib|zlib1g)' qemu-system-arm:arm64 qemu-efi-aarch64:arm64
}

# gdb as one, too.
guest_gdb_hook()
{
	rm -rf etc usr/lib/*/gconv usr/sbin usr/share/doc usr/share/man &&
	find usr/bin ! -type d ! -name gdb -delete
}

guest_gdb_tree()
{
	apt_tree guest-gdb bookworm guest_gdb_hook '^(lib|zlib1g)' gdb-minimal:arm64
}

# libvirt, its virsh, and script, which is a terminal for that.
guest_libvirt_hook()
{
	rm -rf etc usr/lib/*/gconv usr/share/{doc,man,locale,icons} usr/lib/systemd &&
	find usr/bin ! -type d ! -name virsh ! -name script -delete
}

guest_libvirt_tree()
{
	apt_tree guest-libvirt bookworm guest_libvirt_hook '^(lib|zlib1g)' \
		libvirt-daemon:arm64 libvirt-daemon-driver-qemu:arm64 libvirt-clients:arm64 bsdutils:arm64
}

# passt, which is a guest's network, with what it is linked to
guest_passt_hook()
{
	rm -rf etc usr/lib/*/gconv usr/share usr/sbin &&
	find usr/bin ! -type d ! -name passt -delete
}

guest_passt_tree()
{
	apt_tree guest-passt bookworm guest_passt_hook '^lib' passt:arm64
}

# What avm links statically.
sysroot_tree()
{
	apt_tree sysroot bookworm no_hook "$FOLLOW_NONE" libfdt-dev:arm64 zlib1g-dev:arm64
}

# cbmc, a model checker that Debian 12 hasn't got, and the solver that it is linked to, which lies where no linker looks.
# own_c_library() wants the folders that kernels have.
cbmc_hook()
{
	rm -rf etc usr/share usr/include usr/lib/*/gconv && find usr/bin ! -type d ! -name cbmc -delete &&
	mv usr/lib/libminisat.so.* usr/lib/*-linux-gnu/ && mkdir -p usr/libexec usr/lib/linux-kbuild-none &&
	own_c_library "$1"
}

cbmc_tree()
{
	apt_tree cbmc trixie cbmc_hook '^(libc6|libgcc-s1|libstdc\+\+6|minisat|zlib1g)$' "cbmc:$(build_arch)"
}

# The kernel's own test framework, its tests of FP registers and of timers, and checkers, from its source package.
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
		'*/tools/testing/selftests/arm64/fp/*' '*/tools/testing/selftests/timers/*' \
		'*/tools/scripts/Makefile.*' '*/scripts/Makefile.compiler' \
		'*/scripts/subarch.include' \
		'*/scripts/checkpatch.pl' '*/scripts/spelling.txt' '*/scripts/const_structs.checkpatch' \
		'*/scripts/kernel-doc' \
		'*/LICENSES/*/GPL-2.0' '*/LICENSES/*/MIT' '*/LICENSES/*/Linux-syscall-note' &&
	rm -rf usr
}

# The kernel's KVM selftests, built: a folder of programs. One of 6.1's includes a header that isn't in its tools/, and
# one calls a macro by its later name.
kvm_selftests_hook()
{
	prereqs_install gcc:gcc /usr/include/stdio.h:libc6-dev
	step BUILD "KVM selftests from $(echo usr/src/linux-source-*), once"
	quietly "$BUILD/kvm-selftests.log" kvm_selftests_build && rm -rf usr src obj
}

kvm_selftests_build()
{
	mkdir -p src obj programs &&
	tar -xJf usr/src/linux-source-*.tar.xz -C src --strip-components=1 --wildcards --no-wildcards-match-slash \
		'*/Makefile' '*/Kbuild' '*/Kconfig' '*/scripts' '*/arch/arm64' '*/include/uapi' '*/usr/include' \
		'*/include/linux/bitfield.h' \
		'*/tools/arch' '*/tools/build' '*/tools/include' '*/tools/lib' '*/tools/scripts' \
		'*/tools/testing/selftests/*.[hm]*' '*/tools/testing/selftests/kvm' '*/tools/testing/selftests/rseq' || return
	[ -e src/tools/include/linux/bitfield.h ] || cp src/include/linux/bitfield.h src/tools/include/linux/ || return
	set -- ARCH=arm64 CROSS_COMPILE="$(cross_compile)" -j"$JOBS"
	make -C src "$@" headers &&
	make -C src/tools/testing/selftests/kvm "$@" OUTPUT="$PWD/obj" LDFLAGS=-static \
		EXTRA_CFLAGS='-static -DTEST_ASSERT_EQ=ASSERT_EQ' || return
	find obj -type f -perm -u+x -exec "$(cross_compile)strip" {} + -exec mv -t programs {} +
}

# kvm_selftests_tree VERSION: of the kernel
kvm_selftests_tree()
{
	apt_tree "kvm-selftests-$1" bookworm kvm_selftests_hook "$FOLLOW_NONE" "linux-source-$1:arm64"
}

source_tree()
{
	apt_tree linux-source bookworm source_hook '^linux-source-[0-9.]*$' linux-source-6.12:arm64
}
