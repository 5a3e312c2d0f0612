#!/bin/sh
# SPDX-License-Identifier: MIT
#
# avm refuses by name what people take for a kernel or firmware, whichever option names it, and tells Linux
# at once if it lacks what Linux needs.

# shellcheck source=selftests/avm/common.inc
. "$(dirname "$0")/common.inc"

needs_device

# mark FILE OFFSET MAGIC: a raw binary that begins like any other, and has this there; MAGIC is a format
mark()
{
	cp "$dir/guest.bin" "$1"
	# shellcheck disable=SC2059 # it is a format
	printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

# kind NAME SENTENCE OFFSET MAGIC: is refused as both
kind()
{
	mark "$tmp/file" "$3" "$4"
	refuses "$1, as a kernel" "$2" -k "$tmp/file" --timeout 2
	refuses "$1, as firmware" "$2" -f "$tmp/file" --timeout 2
}

kind zstd 'is a zstd file: decompress it' 0 '\050\265\057\375'
kind xz 'is an xz file: decompress it' 0 '\3757zXZ\0'
kind lzma 'is an lzma file: decompress it' 0 '\135\0\0\200\0\377\377\377\377\377\377\377\377'
kind bzip2 'is a bzip2 file: decompress it' 0 'BZh91AY&SY'
kind lz4 'is an lz4 file: decompress it' 0 '\004\042\115\030'
kind "lz4 as kernels have it" 'is an lz4 file: decompress it' 0 '\002\041\114\030'
kind lzop 'is an lzop file: decompress it' 0 '\211LZO\0'
kind uImage 'is a U-Boot uImage: ' 0 '\047\005\031\126'
kind "a device tree, or FIT" 'is a device tree or a FIT image: ' 0 '\320\015\376\355'
kind "an Android boot image" 'is an Android boot image: ' 0 'ANDROID!'
kind "an EFI zboot kernel" 'is a compressed EFI program' 0 'MZ\0\0zimg'
kind "an EFI program" 'is an EFI program: ' 0 'MZ\0\0'
kind bzImage 'is a Linux kernel for x86: ' 514 HdrS
kind "a bzImage that is an EFI program" 'is a Linux kernel for x86: ' 0 "MZ$(printf '%0512d' 0)HdrS"
kind "a RISC-V Image" 'is a kernel for RISC-V: ' 56 'RSC\005'
kind "an Arm32 zImage" 'is a Linux kernel for 32-bit Arm: ' 36 '\030\050\157\001'
kind qcow2 'is a qcow2 disk image: qemu-img convert' 0 'QFI\373'
kind "a disk with partitions" 'is a disk image: give it to --disk' 512 'EFI PART'
kind "a CD" 'is a CD image: ' 32769 CD001
kind "an initial RAM disk" 'give it to --initrd' 0 070701
kind "a zip archive" 'is a zip archive: unpack it' 0 'PK\003\004'
kind "a Debian package" 'is a package or an archive: unpack it' 0 '!<arch>\n'
kind "a tar archive" 'is a tar archive: unpack it' 257 ustar

for option in -k -f; do
	printf '#!/bin/sh\nexec qemu\n\0\0' >"$tmp/file"
	refuses "a script, by $option" 'is a script: ' $option "$tmp/file"
	printf '<html>\n<body>404\n</body>\n' >"$tmp/file"
	refuses "a text file, by $option" 'is a text file: ' $option "$tmp/file"
	printf 'a' >"$tmp/file"
	refuses "one letter, by $option" 'is a text file: ' $option "$tmp/file"
done

gzip -c "$dir/guest.bin" >"$tmp/guest.gz"
refuses "gzip as firmware" 'is a gzip file: decompress it' -f "$tmp/guest.gz"
gzip -c "$tmp/guest.gz" >"$tmp/twice.gz"
refuses "gzip in gzip, as a kernel" 'is a gzip file: decompress it' -k "$tmp/twice.gz"
mark "$tmp/file" 0 '\050\265\057\375'
gzip -c "$tmp/file" >"$tmp/file.gz"
refuses "zstd in gzip" 'is a zstd file: decompress it' -k "$tmp/file.gz"
refuses "an ELF program as firmware" 'is an ELF program: give it to --kernel' -f "$guest"

# What needs an interrupt controller is told where it is to have none, or the host has none to give.
needs='which needs an interrupt controller (GIC)'
lacks_gic() { err_has "is $1, $needs" && err_has "and is to have none"; }
gets_what_it_needs() { if has_gicv3; then ! err_has GIC; else err_has "can't give it one"; fi; }

# Linux has its banner in every format; the rest of it isn't needed to know it
for file in guest.elf guest.bin guest.Image; do
	cp "$dir/$file" "$tmp/linux"
	printf 'Linux version %%s\nLinux version 6.1.0 (builder)' >>"$tmp/linux"
	loads "Linux as $file is begun" "$tmp/linux" '0x[0-9a-f]*' --irqchip none
	check "and told what it lacks" lacks_gic Linux
	loads "Linux as $file on this host" "$tmp/linux" '0x[0-9a-f]*'
	check "is told if it lacks that here" gets_what_it_needs
done
refuses "Linux as firmware, an Image" 'is Linux: give it to --kernel' -f "$tmp/linux"
mark "$tmp/edk2" 4136 _FVH
run -f "$tmp/edk2" --timeout 2 --irqchip none </dev/null
check "EDK2 is told what it lacks, too" lacks_gic EDK2
loads "another guest" "$guest" 0x40080000 --irqchip none
check "isn't told" test ! -s "$tmp/err"

finish
