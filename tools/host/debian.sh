# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# A Debian to be a guest: its disk, its kernel and those of its modules that an initial RAM disk needs. It is mmdebstrap
# that puts it together, from packages alone; what of arm64 must run for that runs in qemu-user on any other machine.
# There, Debian's own initial RAM disk would take a quarter of an hour.

DEBIAN_PACKAGES=linux-image-arm64,systemd-sysv,udev,dbus,ifupdown,isc-dhcp-client,iproute2,openssh-server,ca-certificates

# debian_hook ROOT: what a system has that nobody has installed by hand. root has no password, on the console alone.
debian_hook()
{
	echo debian >"$1/etc/hostname"
	printf '127.0.0.1\tlocalhost debian\n' >"$1/etc/hosts"
	printf '/dev/vda / ext4 errors=remount-ro 0 1\n' >"$1/etc/fstab"
	printf 'auto lo\niface lo inet loopback\nallow-hotplug eth0\niface eth0 inet dhcp\n' >"$1/etc/network/interfaces"
	# on a machine that is emulated within one that is, what udev has to find takes its time
	mkdir -p "$1/etc/systemd/system.conf.d"
	printf '[Manager]\nDefaultDeviceTimeoutSec=15min\nDefaultTimeoutStartSec=15min\n' \
		>"$1/etc/systemd/system.conf.d/slow.conf"
	# what reached the mirror from here is no business of the guest's
	rm -f "$1/etc/apt/apt.conf.d/99mmdebstrap"
	chroot "$1" passwd --delete root
	# shellcheck disable=SC2046 # names without blanks
	(cd "$1" && tar -cf kernel.tar boot/vmlinuz-* $(find lib/modules/ \( -name 'virtio_mmio.ko*' -o -name 'virtio_blk.ko*' \
		-o -name 'crc16.ko*' -o -name 'crc32c_generic.ko*' -o -name 'mbcache.ko*' -o -name 'jbd2.ko*' \
		-o -name 'ext4.ko*' \)))
}

# debian_tree SUITE: prints the folder, which has a disk and else is as a kernel's (kernel.sh).
debian_tree()
{
	local final
	apt_refresh "$1"
	final=$CACHE/trees/debian-$1-$({ hook_text debian_hook; hook_text debian_build; printf '%s\n' "$DEBIAN_PACKAGES"; } |
		sha256sum | cut -c1-12)
	locked "$CACHE/lock-debian" debian_build "$1" "$final" || return 1
	printf '%s\n' "$final"
}

# debian_build SUITE FINAL
debian_build()
{
	local suite=$1 final=$2 tmp
	[ ! -d "$final" ] || return 0
	prereqs_install mmdebstrap:mmdebstrap genext2fs:genext2fs /sbin/resize2fs:e2fsprogs arch-test:arch-test
	runs_arm64 || die "programs of arm64 don't run here, which puts Debian together: is binfmt_misc there?"
	step BUILD "Debian's $suite, once: some minutes"
	tmp=$final.tmp.$$
	rm -rf "$tmp" "$CACHE"/trees/debian-"$suite"-*
	mkdir -p "$tmp"
	apt-config dump | grep '^Acquire::' >"$tmp/apt.conf" || true
	sed 's/arch=[^] ]* *//; s/\[\] //' "$CACHE/apt/$suite/sources.list" >"$tmp/sources.list"
	debian_script >"$tmp/hook"
	chmod +x "$tmp/hook"
	# shellcheck disable=SC2016 # mmdebstrap's shell expands it
	quietly "$BUILD/debian.log" env INITRD=No mmdebstrap --arch=arm64 --variant=minbase --include="$DEBIAN_PACKAGES" \
		--aptopt="$tmp/apt.conf" --customize-hook="$tmp/hook" --customize-hook="download /kernel.tar $tmp/kernel.tar" \
		--customize-hook='rm "$1/kernel.tar"' --format=ext2 "$suite" "$tmp/disk" "$tmp/sources.list" &&
		debian_grow "$tmp/disk" && tar -C "$tmp" -xf "$tmp/kernel.tar" &&
		rm "$tmp/hook" "$tmp/apt.conf" "$tmp/sources.list" "$tmp/kernel.tar" && mv -T "$tmp" "$final"
}

debian_script()
{
	printf '#!/bin/sh\nset -e\n'
	declare -f debian_hook
	# shellcheck disable=SC2016 # the script's own
	printf 'debian_hook "$1"\n'
}

# debian_grow DISK: the file system is ext4, with a journal, and has room. What isn't used takes none here.
debian_grow()
{
	truncate -s 2G "$1" &&
	quietly "$BUILD/debian-disk.log" debian_tune "$1"
}

debian_tune()
{
	local status=0
	PATH=$PATH:/sbin:/usr/sbin
	tune2fs -O extents,uninit_bg,dir_index,has_journal -L debian "$1" || return
	# 1: it has mended what there was to mend, which is what that asks for
	e2fsck -f -y "$1" || status=$?
	[ "$status" -le 1 ] && resize2fs "$1"
}

# runs_arm64: whether programs of arm64 run here; if not, whether they do with qemu-user, which a machine with systemd has
# the kernel call once it is installed.
runs_arm64()
{
	local conf=/usr/lib/binfmt.d/qemu-aarch64.conf misc=/proc/sys/fs/binfmt_misc
	! arch-test arm64 >/dev/null 2>&1 || return 0
	prereqs_install "$conf:qemu-user-static"
	! arch-test arm64 >/dev/null 2>&1 || return 0
	[ "$(id -u)" = 0 ] || return 1
	[ -e $misc/register ] || mount -t binfmt_misc binfmt_misc $misc || return 1
	[ -e $misc/qemu-aarch64 ] || cat "$conf" >$misc/register || return 1
	arch-test arm64 >/dev/null 2>&1
}
