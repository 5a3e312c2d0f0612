#!/bin/sh
# SPDX-License-Identifier: MIT
#
# avm loads ELF programs, arm64 Images and raw binaries, plain and gzipped, and says what is
# wrong with what it can't load.

# shellcheck source=selftests/avm/common.inc
. "$(dirname "$0")/common.inc"

needs_device

loads "an ELF program" "$guest" 0x40080000
loads "a raw binary, at RAM base + 0x80000" "$dir/guest.bin" 0x40080000
loads "an Image, at its text_offset" "$dir/guest.Image" 0x40200000
for file in guest.elf guest.bin guest.Image; do
	gzip -c "$dir/$file" >"$tmp/$file.gz"
done
loads "a gzipped ELF program" "$tmp/guest.elf.gz" 0x40080000
loads "a gzipped raw binary" "$tmp/guest.bin.gz" 0x40080000
loads "a gzipped Image" "$tmp/guest.Image.gz" 0x40200000
loads "with 8 MiB of memory" "$guest" 0x40080000 -m 8
loads "with 4 GiB of memory" "$guest" 0x40080000 -m 4G
loads "with an initrd" "$guest" 0x40080000 -i "$uboot"

# from_pipe FILE: leaves the name of a pipe that it comes out of, once
from_pipe()
{
	pipe=$tmp/pipe
	[ -p "$pipe" ] || mkfifo "$pipe"
	cat "$1" >"$pipe" &
}

for file in "$guest" "$tmp/guest.Image.gz"; do
	from_pipe "$file"
	loads "a kernel from a pipe: $(basename "$file")" "$pipe" '0x40[0-9a-f]*'
done
run -k "$guest" -i "$uboot" --dump-dtb "$tmp/from-file" </dev/null
from_pipe "$uboot"
run -k "$guest" -i "$pipe" --dump-dtb "$tmp/from-pipe" </dev/null
check "an initrd from a pipe" cmp "$tmp/from-file" "$tmp/from-pipe"
printf '\n\npoweroff\n' >"$tmp/in"
from_pipe "$uboot"
run --firmware "$pipe" <"$tmp/in"
check "firmware from a pipe" is_status 0

head -c 1000 "$tmp/guest.elf.gz" >"$tmp/short.gz"
refuses "a truncated gzip file" 'damaged gzip' -k "$tmp/short.gz"
head -c 66000 "$guest" >"$tmp/short.elf"
refuses "a truncated ELF program" 'cut short' -k "$tmp/short.elf"
{ head -c 18 "$guest"; printf '\076\000'; tail -c +21 "$guest"; } >"$tmp/other.elf"
refuses "an ELF program for another machine" "isn't an ELF program for AArch64" -k "$tmp/other.elf"
: >"$tmp/empty"
refuses "an empty file" 'is empty' -k "$tmp/empty"
dd if=/dev/zero of="$tmp/large" bs=1M count=9 2>/dev/null
refuses "a kernel larger than memory" '--mem' -k "$tmp/large" -m 8
dd if=/dev/zero of="$tmp/tight" bs=1M count=7 2>/dev/null
refuses "a kernel that leaves no room for the device tree" '--mem' -k "$tmp/tight" -m 8
refuses "an initrd larger than memory" '--mem' -k "$guest" -i "$tmp/large" -m 8
dd if=/dev/zero of="$tmp/large" bs=1M count=65 2>/dev/null
refuses "firmware larger than the flash" 'larger than the flash' --firmware "$tmp/large"

# The device tree can be had without a VM
run -k "$guest" -i "$uboot" -c 3 -p 'quiet splash' --dump-dtb "$tmp/dtb" </dev/null
check "--dump-dtb writes a device tree" \
	test "$status $(hexdump -n 4 -e '/1 "%02x"' "$tmp/dtb")" = '0 d00dfeed'
strings "$tmp/dtb" >"$tmp/out"
check "with a node for each CPU" test "$(grep -c '^cpu@[0-2]$' "$tmp/out")" = 3
check "the kernel's command line" out_has '^quiet splash$'
check "and where the initrd is" out_has '^linux,initrd-start$'

finish
