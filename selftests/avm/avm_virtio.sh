#!/bin/sh
# SPDX-License-Identifier: MIT
#
# avm's virtio devices with U-Boot, whose drivers poll: on hosts without a GICv3, too. Linux drives them in the scenario
# linux-virtio, and what breaks the rules in selftests/avm/unit.

# shellcheck source=selftests/avm/common.inc
. "$(dirname "$0")/common.inc"

needs_device
[ -e "$uboot" ] || skip_all "there is no $uboot: UBOOT= names the file qemu_arm64/u-boot.bin"

# While U-Boot works it drops keys
pad='########\n########\n'
memory=0x40200000

{ echo 'what the host wrote'; head -c 32768 /dev/zero; } | head -c 32768 >"$tmp/disk"
read="virtio read $memory 0 1\n${pad}md.b $memory 4\n$pad"
write="mw.b $memory 0x5a 0x200\n${pad}virtio write $memory 3 1\n${pad}"

for options in '' '--irqchip none'; do
	# shellcheck disable=SC2086 # words
	uboot_does "virtio scan\n${pad}virtio info\n$read${write}reset\n\nvirtio scan\n$pad${read}poweroff\n" $options --disk "$tmp/disk"
	check "${options:-by default}: it finds its disk" out_has '(64 x 512)'
	check 'and reads it, and once more after a reset' test "$(grep -c '^40200000: 77 68 61 74' "$tmp/out")" = 2
	check 'and writes what the host finds there' \
		test "$(dd if="$tmp/disk" bs=512 skip=3 count=1 2>/dev/null | tr -d Z | wc -c)" = 0
	check 'and nothing else' test "$(tr -d Z <"$tmp/disk" | wc -c)" = $((32768 - 512))
	head -c 512 /dev/zero | dd of="$tmp/disk" bs=512 seek=3 conv=notrunc 2>/dev/null
done

cp "$tmp/disk" "$tmp/before"
uboot_does "virtio scan\n$pad${write}${read}poweroff\n" --disk "$tmp/disk,ro"
check 'one that is read-only can be read' out_has '^40200000: 77 68 61 74'
check 'and not written' cmp "$tmp/disk" "$tmp/before"

refuses 'a disk that is another one already' 'another machine has it' -k "$guest" -d "$tmp/disk" -d "$tmp/disk"
refuses 'a disk that is not there' "can't be a disk: No such file" -k "$guest" -d "$tmp/none"
refuses 'a disk that is a device of another kind' 'neither a file nor a block device' -k "$guest" -d /dev/null
refuses 'a serial that is too long' 'up to 20 characters' -k "$guest" -d "$tmp/disk,serial=123456789012345678901"
refuses 'a network that is not known' '--network takes user or tap=NAME' -k "$guest" -n bridge
refuses 'a network of a user without passt' "install the package 'passt'" -k "$guest" -n user
refuses 'a console that is not known' '--console takes terminal, pty or file=FILE' -k "$guest" --console tty
refuses 'two of them that are the terminal' 'there is one terminal' -k "$guest" --console terminal --console terminal
refuses 'more consoles than there is room for' 'up to 8 consoles, not 9' -k "$guest" --console pty --console pty --console pty \
	--console pty --console pty --console pty --console pty --console pty --console pty
refuses "an address that is the host's" '--vsock takes a number from 3' -k "$guest" --vsock 2
[ -e /dev/vhost-vsock ] ||
	refuses 'sockets that the host does not have' "load the module with 'modprobe vhost_vsock'" -k "$guest" --vsock 3

finish
