#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Debian's U-Boot for QEMU's virt machine, unmodified, as firmware.

# shellcheck source=selftests/avm/common.inc
. "$(dirname "$0")/common.inc"

needs_device
[ -e "$uboot" ] || skip_all "there is no $uboot: UBOOT= names the file qemu_arm64/u-boot.bin"

# uboot_does COMMANDS [OPTIONS...]: its autoboot eats the first key, hence the empty lines
uboot_does()
{
	# shellcheck disable=SC2059 # it is a format
	printf "\n\n$1" >"$tmp/in"
	shift
	run --firmware "$uboot" "$@" <"$tmp/in"
	tr -d '\r' <"$tmp/out" >"$tmp/text"
	mv "$tmp/text" "$tmp/out"
}

uboot_does 'version\npoweroff\n'
check "comes to its prompt" out_has '^=> '
check "takes all input from a pipe, and shows its version" \
	test "$(grep -c '^U-Boot 20' "$tmp/out")" = 2
check "poweroff ends avm with status 0" is_status 0

uboot_does 'fdt addr 0x40000000\nfdt print /psci method\npoweroff\n'
check "finds the device tree at the start of RAM" out_has 'method = "hvc"'
uboot_does 'printenv stdin\nbdinfo\npoweroff\n' -m 1G
check "sees as much memory as --mem says" out_has 'DRAM: *1 GiB'

uboot_does 'flinfo\npoweroff\n'
check "finds both banks of flash" test "$(grep -c 'CFI conformant flash' "$tmp/out")" = 2
uboot_does 'setenv colour blue\nsaveenv\nreset\n\nprintenv colour\npoweroff\n'
check "reset starts it anew" test "$(grep -c '^DRAM:' "$tmp/out")" = 2
check "what saveenv wrote to the flash outlives the reset" out_has '^colour=blue$'
uboot_does 'reset\n' --no-reboot
check "reset ends avm with status 4 where --no-reboot says so" is_status 4

uboot_does 'sleep 1\npoweroff\n'
check "its timer runs" is_status 0

finish
