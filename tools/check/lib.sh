# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What the checks share. A check prints what is wrong, and as its last line, if all is well, what it looked at.

set -euo pipefail
# What it brings is looked at by itself, not once more for each of those who include this
# shellcheck source=/dev/null
. "$(dirname "${BASH_SOURCE[0]}")/../host/host.sh"
cd "$TOP"

# The kernels that the module is built for here: the oldest we support, and the newest of the matrix.
# shellcheck disable=SC2034 # for those who include this
CHECK_KERNELS='linux-image-arm64 linux-image-6.12-arm64'

# build_checked TREE DIR ARGUMENTS...: modules that nobody runs, for all checks that want them. Where kCFI has a hash before a
# function, by the variable of the kernel's with kCFI's option, there is a NOP (check/cfi); -U: what may not be traced says
# itself, otherwise, that it wants nothing there.
build_checked()
{
	local nop=-fpatchable-function-entry=1,1
	kbuild "$(kernel_headers "$1")" "$2" W=1 KCFLAGS="$nop -UCC_USING_PATCHABLE_FUNCTION_ENTRY" CC_FLAGS_CFI="$nop" \
		"${@:3}" modules
}

# sources PATHSPEC...: the project's files, committed or about to be.
sources() { git ls-files --cached --others --exclude-standard -- "$@" | while read -r f; do [ ! -f "$f" ] || echo "$f"; done; }

c_sources() { sources '*.c' '*.h' '*.S'; }

# build_avm: into $AVM_DIR, for this machine: what it does without a guest it does anywhere.
AVM_DIR=$BUILD/check/avm
build_avm()
{
	mkdir -p "$AVM_DIR"
	make -s -C tools O="$AVM_DIR" CROSS_COMPILE='' SYSROOT='' -j"$JOBS" >"$AVM_DIR/make.log" 2>&1 ||
		{ tail "$AVM_DIR/make.log"; return 1; }
}
