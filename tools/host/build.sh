# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Builds what goes to a host. Modules are built in build/<release>/, in a tree of links to the sources: Kbuild
# builds where the sources are, and every kernel needs objects of its own.

JOBS=$(nproc)

# link_tree FROM DIR NAME...: DIR mirrors NAME... of FROM by links. What a build in place has left isn't source.
link_tree()
{
	local from=$1 dir=$2 file
	shift 2
	mkdir -p "$dir"
	find "$dir" -type l ! -exec test -e {} \; -delete
	(cd "$from" && find -L "$@" -type f \( -name '*.[chS]' -o -name '*.lds' -o -name '*.sh' -o -name '*.mk' \
		-o -name '*.awk' -o -name Kbuild -o -name Makefile -o -name dkms.conf \) ! -name '*.mod.c' ! -name '.*') |
	while read -r file; do
		[ -L "$dir/$file" ] || { mkdir -p "$dir/$(dirname "$file")"; ln -sf "$from/$file" "$dir/$file"; }
	done
}

link_sources() { link_tree "$TOP" "$1" Kbuild dkms.conf module uapi; }

# kbuild HEADERS DIR TARGETS...: with the compiler that may lie in the headers' tree. Type information isn't made, for
# it takes another program, pahole, and serves nobody here.
kbuild()
{
	local headers=$1 dir=$2
	shift 2
	# shellcheck disable=SC2016 # make expands it
	PATH=$headers/../../bin:$PATH make -C "$headers" M="$dir" ARCH=arm64 CROSS_COMPILE="$(cross_compile)" \
		CONFIG_DEBUG_INFO_BTF_MODULES= PAHOLE_VERSION='$(CONFIG_PAHOLE_VERSION)' -j"$JOBS" "$@"
}

# build_module TREE: print the path of the module for that kernel.
build_module()
{
	local tree=$1 dir
	dir=$BUILD/$(kernel_release "$tree")
	locked "$BUILD/.lock-$(basename "$dir")" build_module_locked "$(kernel_headers "$tree")" "$dir"
	printf '%s\n' "$dir/arm_vcpu.ko"
}

build_module_locked()
{
	link_sources "$2"
	quietly "$2/make.log" kbuild "$1" "$2" modules || return 1
	grep -H -i 'warning:' "$2/make.log" >&2 || true
}

# build_test_modules TREE: print the paths of the modules that selftests bring, a folder each in selftests/modules.
build_test_modules()
{
	local tree=$1 source name dir
	for source in "$TOP"/selftests/modules/*/; do
		[ -e "$source/Kbuild" ] || continue
		name=$(basename "$source")
		dir=$BUILD/$(kernel_release "$tree")/selftests/$name
		locked "$BUILD/.lock-$(kernel_release "$tree")" \
			build_test_module_locked "$(kernel_headers "$tree")" "$dir" "$source"
		printf '%s\n' "$dir/$name.ko"
	done
}

build_test_module_locked()
{
	link_tree "${3%/}" "$2" .
	quietly "$2/make.log" kbuild "$1" "$2" modules
}

# build_tools, build_selftests: static programs, into build/tools and build/selftests/install.
build_tools() { locked "$BUILD/.lock-tools" build_tools_locked; }
build_selftests() { locked "$BUILD/.lock-tools" build_selftests_locked; }

build_tools_locked()
{
	local sysroot
	mkdir -p "$BUILD/tools"
	[ -e "$TOP/tools/Makefile" ] || return 0
	# An arm64 machine may have the libraries itself
	if [ -z "$(cross_compile)" ] && [ -e /usr/include/libfdt.h ] && [ -e /usr/include/zlib.h ]; then
		sysroot=''
	else
		sysroot=$(sysroot_tree) || return 1
	fi
	quietly "$BUILD/tools.log" make -C "$TOP/tools" O="$BUILD/tools" SYSROOT="$sysroot" \
		CROSS_COMPILE="$(cross_compile)" -j"$JOBS"
}

build_selftests_locked()
{
	local source
	mkdir -p "$BUILD/selftests/install"
	[ -e "$TOP/selftests/Makefile" ] || return 0
	source=$(source_tree) || return 1
	quietly "$BUILD/selftests.log" make -C "$TOP/selftests" O="$BUILD/selftests" OUTPUT="$BUILD/selftests" \
		KSELFTEST_DIR="$source/tools/testing/selftests" TOOLS="$BUILD/tools" \
		ARCH=arm64 CROSS_COMPILE="$(cross_compile)" \
		install INSTALL_PATH="$BUILD/selftests/install" -j"$JOBS"
}

# uboot: print the path of Debian's, for a guest.
uboot() { printf '%s\n' "$(userland_tree)/usr/lib/u-boot/qemu_arm64/u-boot.bin"; }

# load_local [SUDO...]: the module of this machine's kernel, unless one is loaded; what it says of it if it can't be.
load_local()
{
	[ ! -e /dev/arm_vcpu ] || return 0
	make -C "$TOP" module >&2 || return 1
	"$@" insmod "$TOP/arm_vcpu.ko" && return 0
	"$@" dmesg | grep arm_vcpu | tail -n 3 >&2
	"$@" "$BUILD/tools/avm" doctor --quiet >&2
	return 1
}
