# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Kernels of our own: from Debian's source package and a configuration in tools/host/, of one file or several, for what no
# package has switched on. A tree looks as one that was unpacked from packages does (kernel.sh). It takes ten minutes or more
# to make, once: its name holds a hash of the source, of the configuration without its comments and of how it is
# built, and it gets that name when it is whole.

prereqs_kernel_build()
{
	[ -e /usr/include/stdio.h ] || prereqs_install libc6-dev:libc6-dev
	prereqs_install gcc:gcc bc:bc bison:bison flex:flex xz:xz-utils
}

# kernel_build_tree SOURCE SUITE CONFIG: CONFIG names the files, "host+debug" for host.config and debug.config
kernel_build_tree()
{
	local name=$1-$3 source final config
	source=$(apt_tree "$1-$2" "$2" no_hook "$FOLLOW_NONE" "$1:arm64")
	config=$(kernel_config "$3")
	final=$CACHE/trees/$name-$({
		basename "$source"
		printf '%s\n' "$config"
		declare -f kernel_build
	} | sha256sum | cut -c1-12)
	[ -d "$final" ] || locked "$CACHE/$name.lock" kernel_build_locked "$name" "$source" "$config" "$final"
	printf '%s\n' "$final"
}

# kernel_config NAME+NAME...: what is in the files, without their comments
kernel_config()
{
	local name
	for name in ${1//+/ }; do
		grep -v '^#' "$HOST_DIR/$name.config"
	done
}

kernel_build_locked()
{
	local name=$1 source=$2 config=$3 final=$4 tmp=$4.tmp
	[ ! -d "$final" ] || return 0
	prereqs_kernel_build
	step BUILD "a kernel from $(basename "$source"), $name, once, 10 minutes and more -> $final"
	rm -rf "$CACHE/trees/$name"-*.tmp
	mkdir -p "$tmp"
	printf '%s\n' "$config" >"$tmp/config"
	quietly "$BUILD/$name.log" kernel_build "$(echo "$source"/usr/src/linux-source-*.tar.xz)" "$tmp/config" "$tmp" ||
		return 1
	mv -T "$tmp/tree" "$final"
	rm -rf "$tmp"
	apt_prune "$name" "$final"
}

# kernel_build TAR CONFIG DIR: leaves the tree in DIR/tree. The headers are what the kernel's own packages are
# made of; the script would build kbuild's programs for the host if it knew that CC is a cross compiler.
kernel_build()
{
	local src=$3/src obj=$3/obj tree=$3/tree release
	mkdir -p "$src" "$obj" &&
	tar -xJf "$1" -C "$src" --strip-components=1 || return
	set -- nice make -C "$src" O="$obj" ARCH=arm64 CROSS_COMPILE="$(cross_compile)" KCONFIG_ALLCONFIG="$2" -j"$JOBS"
	"$@" allnoconfig && "$@" Image modules || return

	release=$(cat "$obj/include/config/kernel.release")
	mkdir -p "$tree/boot" "$tree/lib/modules/$release" &&
	cp "$obj/arch/arm64/boot/Image" "$tree/boot/vmlinuz-$release" &&
	cp "$obj/System.map" "$tree/boot/System.map-$release" &&
	cp "$obj/.config" "$tree/boot/config-$release" &&
	(cd "$obj" && srctree=$src SRCARCH=arm64 CC=gcc HOSTCC=gcc MAKE=make \
		sh "$src/scripts/package/install-extmod-build" "$tree/usr/src/linux-headers-$release")
}
