# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# A Debian to be a guest, or a host: its disk, its kernel and those of its modules that an initial RAM disk needs. It is
# mmdebstrap that puts it together, from packages alone; what of arm64 must run for that runs in qemu-user on any other
# machine. There, Debian's own initial RAM disk would take a quarter of an hour.

# shellcheck disable=SC2034 # by their names
DEBIAN_GUEST=linux-image-arm64,systemd-sysv,udev,dbus,ifupdown,isc-dhcp-client,iproute2,openssh-server,ca-certificates
DEBIAN_HOST=linux-image-rt-arm64,linux-headers-rt-arm64,dkms,systemd-sysv,udev,dbus,kmod

# debian_system ROOT: what a system has that nobody has installed by hand. root has no password, on the console alone.
debian_system()
{
	echo debian >"$1/etc/hostname"
	printf '127.0.0.1\tlocalhost debian\n' >"$1/etc/hosts"
	printf '/dev/vda / ext4 errors=remount-ro 0 1\n' >"$1/etc/fstab"
	# on a machine that is emulated within one that is, what udev has to find takes its time
	mkdir -p "$1/etc/systemd/system.conf.d"
	printf '[Manager]\nDefaultDeviceTimeoutSec=15min\nDefaultTimeoutStartSec=15min\n' \
		>"$1/etc/systemd/system.conf.d/slow.conf"
	# what reached the mirror from here is no business of the system's
	rm -f "$1/etc/apt/apt.conf.d/99mmdebstrap"
	chroot "$1" passwd --delete root
	debian_kernel "$1" "$1/kernel"
}

# debian_guest ROOT
debian_guest()
{
	printf 'auto lo\niface lo inet loopback\nallow-hotplug eth0\niface eth0 inet dhcp\n' >"$1/etc/network/interfaces"
	debian_system "$1"
}

# debian_host ROOT: with the packages of another kernel, and that kernel. What it does when it is up is on another disk, and
# the name of its turn on the kernel's command line.
debian_host()
{
	mkdir "$1/srv/kernel" "$1/srv/root"
	chroot "$1" apt-get clean
	chroot "$1" apt-get install --yes --download-only linux-image-arm64 linux-headers-arm64
	mv "$1"/var/cache/apt/archives/*.deb "$1/srv/kernel/"
	dpkg-deb --extract "$1"/srv/kernel/linux-image-6*.deb "$1/srv/root"
	debian_kernel "$1/srv/root" "$1/kernel/other"
	rm -r "$1/srv/root"
	# shellcheck disable=SC2016 # the machine's shell expands it
	printf '%s\n' '[Unit]' 'Wants=dev-virtio\x2dports-out.device' 'After=dev-virtio\x2dports-out.device' \
		'[Service]' 'ExecStart=/bin/sh -c "mount -o ro /dev/vdb /mnt && exec /mnt/job $turn >/dev/virtio-ports/out 2>&1"' \
		'PassEnvironment=turn' 'KillMode=process' '[Install]' 'WantedBy=multi-user.target' >"$1/etc/systemd/system/job.service"
	chroot "$1" systemctl enable job.service
	debian_system "$1"
}

# debian_kernel ROOT DIR: what it takes to come to its disk
debian_kernel()
{
	mkdir -p "$2"
	# shellcheck disable=SC2046 # names without blanks
	(cd "$1" && cp --parents -t "$2" boot/vmlinuz-* $(find lib/modules/ \( -name 'virtio_mmio.ko*' -o -name 'virtio_blk.ko*' \
		-o -name 'crc16.ko*' -o -name 'crc32c_generic.ko*' -o -name 'mbcache.ko*' -o -name 'jbd2.ko*' \
		-o -name 'ext4.ko*' \)))
}

# debian_tree KIND SUITE: of a guest or a host, prints the folder, which has a disk and else is as a kernel's (kernel.sh);
# what a host can be upgraded to is in its folder `other`.
debian_tree()
{
	local kind=$1 suite=$2 packages=DEBIAN_${1^^} final
	apt_refresh "$suite"
	final=$CACHE/trees/debian-$kind-$suite-$({ hook_text "debian_$kind"; hook_text debian_build; printf '%s\n' "${!packages}"; } |
		sha256sum | cut -c1-12)
	locked "$CACHE/lock-debian-$kind" debian_build "$kind" "$suite" "$final" "${!packages}" || return 1
	printf '%s\n' "$final"
}

# debian_build KIND SUITE FINAL PACKAGES
debian_build()
{
	local kind=$1 suite=$2 final=$3 packages=$4 tmp
	[ ! -d "$final" ] || return 0
	prereqs_install mmdebstrap:mmdebstrap genext2fs:genext2fs /sbin/resize2fs:e2fsprogs arch-test:arch-test
	runs_arm64 || die "programs of arm64 don't run here, which puts Debian together: is binfmt_misc there?"
	step BUILD "Debian's $suite for a $kind, once: some minutes"
	tmp=$final.tmp.$$
	rm -rf "$tmp" "$CACHE/trees/debian-$kind-$suite"-*
	mkdir -p "$tmp"
	apt-config dump | grep '^Acquire::' >"$tmp/apt.conf" || true
	sed 's/arch=[^] ]* *//; s/\[\] //' "$CACHE/apt/$suite/sources.list" >"$tmp/sources.list"
	debian_script "debian_$kind" >"$tmp/hook"
	chmod +x "$tmp/hook"
	# shellcheck disable=SC2016 # mmdebstrap's shell expands it
	quietly "$BUILD/debian.log" env INITRD=No mmdebstrap --arch=arm64 --variant=minbase --include="$packages" \
		--aptopt="$tmp/apt.conf" --customize-hook="$tmp/hook" --customize-hook="copy-out /kernel $tmp" \
		--customize-hook='rm -r "$1/kernel"' --format=ext2 "$suite" "$tmp/disk" "$tmp/sources.list" &&
		debian_grow "$tmp/disk" && mv "$tmp"/kernel/* "$tmp/" &&
		rm -r "$tmp"/{hook,apt.conf,sources.list,kernel} && mv -T "$tmp" "$final"
}

# debian_script HOOK: for a shell of its own, with what it calls
debian_script()
{
	printf '#!/bin/bash\nset -e\n'
	declare -f debian_system debian_guest debian_host debian_kernel
	# shellcheck disable=SC2016 # the script's own
	printf '%s "$1"\n' "$1"
}

# debian_grow DISK: the file system is ext4, with a journal, and has room. What isn't used takes none here.
debian_grow()
{
	truncate -s 4G "$1" &&
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
