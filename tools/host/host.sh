# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# All parts, in the order of what needs what.

here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=tools/host/lib.sh
. "$here/lib.sh"
# shellcheck source=tools/host/words.sh
. "$here/words.sh"
# shellcheck source=tools/host/apt.sh
. "$here/apt.sh"
# shellcheck source=tools/host/prereqs.sh
. "$here/prereqs.sh"
# shellcheck source=tools/host/rows.sh
. "$here/rows.sh"
# shellcheck source=tools/host/kernel.sh
. "$here/kernel.sh"
# shellcheck source=tools/host/kernel_build.sh
. "$here/kernel_build.sh"
# shellcheck source=tools/host/build.sh
. "$here/build.sh"
# shellcheck source=tools/host/debian.sh
. "$here/debian.sh"
# shellcheck source=tools/host/stage.sh
. "$here/stage.sh"
# shellcheck source=tools/host/qemu.sh
. "$here/qemu.sh"
