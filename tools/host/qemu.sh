# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Makes the initramfs and the QEMU command line of a row.

# stage_host DIR TREE: everything but the job.
stage_host()
{
	local dir=$1 tree=$2 userland
	userland=$(userland_tree)
	mkdir -p "$dir"/{bin,dev,job,lib/arm_vcpu,usr/bin,firmware,proc,sys,tmp,root}
	install -m 755 "$HOST_DIR/init" "$dir/init"
	install -m 755 "$userland/bin/busybox" "$dir/bin/busybox"
	ln -s busybox "$dir/bin/sh"
	cp "$userland/usr/lib/u-boot/qemu_arm64/u-boot.bin" "$dir/firmware/"
	find "$tree/lib/modules" -name '*.ko*' -exec cp {} "$dir/lib/arm_vcpu/" \;
	find "$dir/lib/arm_vcpu" -name '*.xz' -exec xz -d {} +
	[ ! -d "$BUILD/tools" ] ||
		find "$BUILD/tools" -maxdepth 1 -type f -perm -u+x -exec cp {} "$dir/usr/bin/" \;
	[ ! -d "$BUILD/selftests/install" ] || cp -a "$BUILD/selftests/install" "$dir/selftests"
}

pack() { (cd "$1" && find . | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0) >"$2"; }

# The physical address of the kernel when the shim is what QEMU loads: clear of both the shim and of the initrd,
# which QEMU puts 128 MiB into memory.
SHIM_KERNEL=0x42000000

build_shim()
{
	local cc out=$BUILD/el1-shim.bin
	cc=$(cross_compile)
	if [ ! "$out" -nt "$HOST_DIR/el1-shim.S" ]; then
		"${cc}gcc" -nostdlib -ffreestanding -static -no-pie -Wl,-Ttext=0,--build-id=none -DKERNEL="$SHIM_KERNEL" \
			-o "$BUILD/el1-shim.elf" "$HOST_DIR/el1-shim.S"
		"${cc}objcopy" -O binary "$BUILD/el1-shim.elf" "$out.tmp.$$"
		mv "$out.tmp.$$" "$out"
	fi
	printf '%s\n' "$out"
}

# qemu_command TREE INITRD CONSOLE VERDICT: sets the array QEMU for the row that is loaded. Port 1 is added by the
# caller, who knows where the output goes.
qemu_command()
{
	local tree=$1 initrd=$2 console=$3 verdict=$4 image append
	image=$(kernel_image "$tree")
	append="console=ttyAMA0 panic=-1 panic_on_warn=1 oops=panic ${ROW[append]} ${APPEND:-}"
	QEMU=(qemu-system-aarch64
	      -M "virt,virtualization=${ROW[el2]},gic-version=${ROW[gic]}" -cpu "${ROW[cpu]}"
	      -smp "${ROW[smp]}" -m "${ROW[memory]}"
	      -display none -monitor none -nodefaults -no-reboot -nic none
	      -initrd "$initrd" -append "$append"
	      -chardev "file,id=console,path=$console" -serial chardev:console
	      -device "virtio-serial-device,max_ports=8"
	      -chardev "file,id=verdict,path=$verdict" -device "virtserialport,nr=2,chardev=verdict,name=verdict")
	case ${ROW[entry]} in
	direct)   QEMU+=(-kernel "$image");;
	el1-shim) QEMU+=(-kernel "$(build_shim)" -device "loader,file=$image,addr=$SHIM_KERNEL,force-raw=on");;
	*)        die "row ${ROW[name]}: no entry '${ROW[entry]}'";;
	esac
	# shellcheck disable=SC2206 # words, as the user typed them
	QEMU+=(${QEMU_EXTRA:-})
}

# verdict_status FILE: the job's exit status; 125 when the host didn't get to say it or the kernel complained.
verdict_status()
{
	local status
	sed -n 's/^splat /the kernel complained: /p' "$1" >&2
	status=$(sed -n 's/^exit //p' "$1")
	if [ -z "$status" ] || ! grep -q '^done' "$1"; then
		say "arm_vcpu: the emulated host died"
		return 125
	fi
	if grep -q '^splat ' "$1"; then
		return 125
	fi
	return "$status"
}
