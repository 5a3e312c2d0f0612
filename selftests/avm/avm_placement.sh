#!/bin/sh
# SPDX-License-Identifier: MIT
#
# avm finds room for device tree and initial RAM disk wherever the kernel is, tells how much memory is
# enough, and an ELF program finds its device tree at the start of RAM.

# shellcheck source=selftests/avm/common.inc
. "$(dirname "$0")/common.inc"

needs_device

# Where things are in the test guest's ELF file: its second segment is its stack's, of no size
PHDR1=64 PHDR2=120
# and in a segment's header
TYPE=0 PADDR=24 MEMSZ=40 PHDR_SIZE=56

# elf_at ADDRESS: the guest, at this physical address; it runs anywhere. Leaves its name in $elf.
elf_at()
{
	elf=$tmp/elf
	cp "$guest" "$elf"
	poke "$elf" $((PHDR1 + PADDR)) 8 "$1"
}

# and_takes ADDRESS SIZE: and $elf has so much uninitialised data there
and_takes()
{
	poke "$elf" $((PHDR2 + TYPE)) 4 1
	poke "$elf" $((PHDR2 + PADDR)) 8 "$1"
	poke "$elf" $((PHDR2 + MEMSZ)) 8 "$2"
}

# cures NAME FILE ADDRESS OPTIONS...: too little memory, but what the message says is enough
cures()
{
	what=$1 file=$2 address=$3
	shift 3
	refuses "$what: too little memory" '--mem [0-9]' -k "$file" "$@"
	enough=$(sed -n 's/.*--mem \([0-9]*\)$/\1/p' "$tmp/err")
	loads "$what: what the message says is enough" "$file" "$address" "$@" -m "${enough:-0}"
}

for place in 0x40000000:256 0x4ff00000:256 0x7ff00000:1G 0x80000000:1026 0xc0100000:4G 0x100000000:3100; do
	elf_at "${place%:*}"
	loads "an ELF program at $place" "$elf" "${place%:*}" -m "${place#*:}"
done
for place in 0x50000000 0x7ff00000 0x80000000 0x100000000; do
	elf_at "$place"
	cures "at $place" "$elf" "$place" -m 256
	cures "at $place, with an initrd" "$elf" "$place" -m 256 -i "$uboot"
done

elf_at 0x60000000
and_takes 0x60200000 0x20000000
loads "a hole in low memory takes the device tree" "$elf" 0x60000000 -m 2G
check "the highest hole" out_has '^dtb 0x5fe00000$'
elf_at 0x40000000
and_takes 0x40010000 0x3ffff000
loads "all of low memory taken" "$elf" 0x40000000 -m 2G
check "the device tree is above" out_has '^dtb 0xbfe00000$'

# more segments than avm tells apart: 40 of 4 KiB in a new table behind the rest, the guest's own the last
elf_at 0x7fe00000
table=$(($(wc -c <"$elf")))
i=0
while [ $i -lt 40 ]; do
	dd if="$elf" bs=1 skip=$PHDR2 count=$PHDR_SIZE 2>/dev/null >"$tmp/phdr"
	poke "$tmp/phdr" $TYPE 4 1
	poke "$tmp/phdr" $PADDR 8 $((0x50000000 + i * 0x400000))
	poke "$tmp/phdr" $MEMSZ 8 0x1000
	[ $i != 39 ] || dd if="$elf" of="$tmp/phdr" bs=1 skip=$PHDR1 count=$PHDR_SIZE 2>/dev/null
	cat "$tmp/phdr" >>"$elf"
	i=$((i + 1))
done
poke "$elf" 32 8 "$table"
poke "$elf" 56 2 40
loads "40 segments, the last where the device tree would be" "$elf" 0x7fe00000 -m 1G

elf_at 0x3fff0000
refuses "an ELF program below RAM" 'RAM can be at 0x40000000 to ' -k "$elf"
elf_at 0xfffffffffffff000
refuses "one that ends beyond all addresses" 'RAM can be at' -k "$elf"
elf_at 0x40000000
and_takes 0x50000000 0x4000000000
refuses "one that wants more than there can be" 'RAM can be at' -k "$elf"
and_takes 0x40010000 $((0x3fc0000000 - 0x10000))
refuses "one that leaves no room in the largest memory" 'the largest memory that a guest can have' -k "$elf" -m 255G

image=$tmp/image
cp "$dir/guest.Image" "$image"
poke "$image" 16 8 0x14000000
cures "an Image of 320 MiB" "$image" 0x40200000 -m 256
poke "$image" 8 8 0xffffffffc0000000
refuses "an Image whose text_offset leads out of RAM" 'RAM can be at' -k "$image"

loads "an ELF program" "$guest" 0x40080000
check "finds the device tree at the start of RAM too" out_has '^ram 0xedfe0dd0$'
elf_at 0x40000000
loads "an ELF program at the start of RAM" "$elf" 0x40000000
check "is left as it is" out_has "^ram 0x$(hexdump -s 65536 -n 4 -e '/4 "%x"' "$guest")\$"
for file in guest.bin guest.Image; do
	printf 'where\noff\n' >"$tmp/in"
	run -k "$dir/$file" <"$tmp/in"
	check "$file finds nothing there" out_has '^ram 0x0$'
done

finish
