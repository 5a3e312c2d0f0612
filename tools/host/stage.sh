# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Puts together the root file system of an emulated host: a folder first, then an initramfs.
#
#   /init  /bin/busybox  /lib/arm_vcpu/*.ko    what it takes to run a job and to report
#   /*.ko  /usr/bin/*  /selftests              what we are here for
#   /firmware/u-boot.bin                       Debian's, for a guest
#   /guests/<release>/Image  /guests/initrd    Linux, for a guest
#   /firmware/QEMU_EFI.fd  /guests/efi.disk    EDK2, and that Linux with GRUB
#   /sbin/kexec  /lib  /usr/lib  /boot/Image   for a scenario that starts another kernel
#   /usr/bin/qemu-system-aarch64  /lib  ...    for a scenario that runs QEMU
#   /kvm/<version>/*  /kvm/expected            the kernel's KVM selftests
#   /job/{script,ports,splats}                 what to do (tools/host/init)

# stage_host DIR TREE: everything but the job and the module.
stage_host()
{
	local dir=$1 tree=$2 userland
	userland=$(userland_tree)
	mkdir -p "$dir"/{bin,dev,firmware,job,lib/arm_vcpu,proc,root,sys,tmp,usr/bin}
	install -m 755 "$HOST_DIR/init" "$dir/init"
	install -m 755 "$HOST_DIR/timeout" "$HOST_DIR/leaks" "$HOST_DIR/vms" \
		"$HOST_DIR/linux_guests" "$HOST_DIR/in_qemu" "$HOST_DIR/in_avm" "$HOST_DIR/rooted" \
		"$HOST_DIR/firmware_guests" "$HOST_DIR/kvm_there" \
		"$dir/usr/bin/"
	install -m 644 "$HOST_DIR/splats" "$dir/job/splats"
	install -m 755 "$userland/bin/busybox" "$dir/bin/busybox"
	ln -s busybox "$dir/bin/sh"
	cp "$(uboot)" "$dir/firmware/"
	find "$tree/lib/modules" -name '*.ko*' -exec cp {} "$dir/lib/arm_vcpu/" \;
	find "$dir/lib/arm_vcpu" -name '*.xz' -exec xz -d {} +
}

# stage_module, stage_test_modules DIR TREE, stage_tools DIR, stage_selftests DIR: what is built here, now.
stage_module()
{
	local module
	module=$(build_module "$2")
	mkdir -p "$1"
	cp "$module" "${module%.ko}_kvm.ko" "$1/"
}

stage_test_modules()
{
	local modules
	modules=$(build_test_modules "$2")
	mkdir -p "$1"
	# shellcheck disable=SC2086 # paths of ours
	[ -z "$modules" ] || cp $modules "$1/"
}

stage_tools()
{
	build_tools
	mkdir -p "$1/usr/bin"
	find "$BUILD/tools" -maxdepth 1 -type f -perm -u+x -exec cp {} "$1/usr/bin/" \;
}

stage_selftests()
{
	build_selftests
	mkdir -p "$1"
	cp -a "$BUILD/selftests/install" "$1/selftests"
}

# stage_kexec DIR TREE: what starts another kernel, and that kernel, the one that runs already.
stage_kexec()
{
	local image kexec
	image=$(kernel_image "$2")
	kexec=$(kexec_tree)
	mkdir -p "$1/boot"
	cp "$image" "$1/boot/Image"
	cp -a "$kexec/lib" "$kexec/sbin" "$kexec/usr" "$1/"
}

# stage_stress DIR: what puts a guest under stress, to be added to its initial RAM disk.
stage_stress()
{
	local stress
	stress=$(stress_tree)
	mkdir -p "$1/guests"
	pack "$stress" "$1/guests/stress"
}

# stage_qemu DIR SUITE, stage_gdb, stage_libvirt, stage_passt DIR: Debian's, for the host to run.
stage_qemu()
{
	local qemu
	qemu=$(guest_qemu_tree "$2")
	cp -a "$qemu/lib" "$qemu/usr" "$1/"
}

stage_gdb()
{
	local gdb
	gdb=$(guest_gdb_tree)
	cp -a "$gdb/lib" "$gdb/usr" "$1/"
	install -D -m 644 -t "$1/usr/share/gdb" "$HOST_DIR/guest.gdb" "$HOST_DIR/guest_start.gdb"
}

stage_libvirt()
{
	local libvirt
	libvirt=$(guest_libvirt_tree)
	cp -a "$libvirt/lib" "$libvirt/usr" "$1/"
}

stage_passt()
{
	local passt
	passt=$(guest_passt_tree)
	cp -a "$passt/lib" "$passt/usr" "$1/"
}

# stage_efi DIR: EDK2, and a disk from which that starts GRUB, and GRUB the kernel which is among the guests. GRUB looks for
# its configuration where Debian has it.
stage_efi()
{
	local tree disk=$1/guests/efi.disk image
	prereqs_install mcopy:mtools
	tree=$(efi_tree)
	image=$(echo "$1"/guests/*/Image)
	install -m 644 "$tree/usr/share/qemu-efi-aarch64/QEMU_EFI.fd" "$1/firmware/"
	truncate -s $(($(stat -c %s "$image") + $(stat -c %s "$1/guests/initrd") + (16 << 20))) "$disk"
	mformat -i "$disk" -F ::
	mmd -i "$disk" ::EFI ::EFI/BOOT ::EFI/debian
	mcopy -i "$disk" "$tree/usr/lib/grub/arm64-efi/monolithic/grubaa64.efi" ::EFI/BOOT/BOOTAA64.EFI
	mcopy -i "$disk" "$image" ::vmlinuz
	mcopy -i "$disk" "$1/guests/initrd" ::initrd
	printf '%s\n' 'linux /vmlinuz console=ttyAMA0' 'initrd /initrd' boot | mcopy -i "$disk" - ::EFI/debian/grub.cfg
}

# stage_kvm_selftests DIR: the kernel's, of two versions, and what each must come to.
stage_kvm_selftests()
{
	local version tree
	mkdir -p "$1/kvm"
	for version in 6.1 6.12; do
		tree=$(kvm_selftests_tree "$version")
		cp -a "$tree/programs" "$1/kvm/$version"
	done
	cp "$HOST_DIR/kvm_selftests" "$1/kvm/expected"
}

# stage_guests DIR META:SUITE[:CONFIG]...: kernels that are to be guests, of our own with CONFIG (kernel_build.sh), and
# what each of them gets as its initial RAM disk.
stage_guests()
{
	local dir=$1/guests guest tree trees=()
	for guest in "${@:2}"; do
		tree=$(guest_tree "$guest")
		install -D -m 644 "$(kernel_image "$tree")" "$dir/$(kernel_release "$tree")/Image"
		trees+=("$tree")
	done
	guest_initrd "$dir/initrd" "${trees[@]}"
}

# guest_tree META:SUITE[:CONFIG]
guest_tree()
{
	local meta suite config
	IFS=: read -r meta suite config <<<"$1"
	if [ -n "$config" ]; then
		kernel_build_tree "$meta" "$suite" "$config"
	else
		kernel_tree "$meta" "$suite"
	fi
}

# guest_initrd FILE TREE...: busybox, what is in tools/host/guest, and the modules of each kernel for virtio devices and
# for a file system on a disk.
guest_initrd()
{
	local work userland tree modules
	work=$(mktemp -d "${TMPDIR:-/tmp}/arm_vcpu.XXXXXX")
	userland=$(userland_tree)
	mkdir "$work/bin"
	install -m 755 "$HOST_DIR"/guest/* "$work/"
	install -m 755 "$userland/bin/busybox" "$work/bin/busybox"
	ln -s busybox "$work/bin/sh"
	for tree in "${@:2}"; do
		modules=$work/modules/$(kernel_release "$tree")
		mkdir -p "$modules"
		find "$tree/lib/modules" \( -name 'virtio_[pmbnc]*.ko*' -o -name '*failover.ko*' \
			-o -name 'virtio-rng.ko*' -o -name 'rng-core.ko*' -o -name 'af_packet.ko*' \
			-o -name 'crc16.ko*' -o -name 'crc32c_generic.ko*' -o -name 'mbcache.ko*' -o -name 'jbd2.ko*' \
			-o -name 'ext4.ko*' -o -name 'vsock.ko*' -o -name 'vmw_vsock_virtio*.ko*' \) -exec cp {} "$modules/" \;
		find "$modules" -name '*.xz' -exec xz -d {} +
	done
	pack "$work" "$1"
	rm -rf "$work"
}

# stage_job DIR PORTS <SCRIPT: with the #! line it begins with, or the shell's.
stage_job()
{
	local script
	script=$(cat)
	[[ $script = '#!'* ]] || script=$(printf '#!/bin/sh\n%s' "$script")
	printf '%s\n' "$script" >"$1/job/script"
	chmod +x "$1/job/script"
	printf '%s\n' "$2" >"$1/job/ports"
}

pack() { (cd "$1" && find . -print0 | LC_ALL=C sort -z | cpio --quiet -0 -o -H newc -R 0:0) >"$2"; }
