#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Debian's U-Boot for QEMU's virt machine, unmodified, as firmware.

# shellcheck source=selftests/avm/common.inc
. "$(dirname "$0")/common.inc"

needs_device
[ -e "$uboot" ] || skip_all "there is no $uboot: UBOOT= names the file qemu_arm64/u-boot.bin"

uboot_does 'version\nfdt addr 0x40000000\nfdt print /psci method\npoweroff\n' -m 1G
check "comes to its prompt" out_has '^=> '
check "takes all input from a pipe, and shows its version" \
	test "$(grep -c '^U-Boot 20' "$tmp/out")" = 2
check "poweroff ends avm with status 0" is_status 0
check "finds the device tree at the start of RAM" out_has 'method = "hvc"'
check "sees as much memory as --mem says" out_has 'DRAM: *1 GiB'
check "finds both banks of flash" out_has 'Flash: *64 MiB'

# While it works, U-Boot looks for a Ctrl-C and drops other keys: comments are for that
flash=0x4100000 pad='########\n########\n'
uboot_does "erase $flash +1\n${pad}cp.w 0x40000000 $flash 2\n${pad}reset\n\nmd.l $flash 1\n${pad}poweroff\n"
check "reset starts it anew" test "$(grep -c '^DRAM:' "$tmp/out")" = 2
check "what was written to the flash outlives the reset" out_has '^04100000: edfe0dd0'

uboot_does "erase $flash +1\n${pad}cp.w 0x40000000 $flash 2\n${pad}poweroff\n" --vars "$tmp/vars"
check "makes a file for its variables" test "$(stat -c %s "$tmp/vars")" = $((64 << 20))
uboot_does "md.l $flash 1\n${pad}poweroff\n" --vars "$tmp/vars"
check "and finds there what it has written before" out_has '^04100000: edfe0dd0'

uboot_does "protect off bank 1\n${pad}erase 0x40000 +1\n${pad}md.l 0x40000 1\n${pad}reset\n" --no-reboot
check "the flash with the firmware can't be changed" \
	test "$(grep -c '^00040000: ffffffff' "$tmp/out") $(grep -c '^00040000:' "$tmp/out")" = '0 1'
check "reset ends avm with status 4 where --no-reboot says so" is_status 4

finish
