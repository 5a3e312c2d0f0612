#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# compat.sh HEADER COMPILER FLAGS...: of each difference in HEADER (compat.h) the form that compiles, as a #define on
# stdout. It is an error if both do, or none.
#
# The compiler reads HEADER twice, with all forms HAVE_ and with all forms LACK_. A form doesn't compile if an error
# stands between its difference's #ifdef and the next one's.

header=$1
shift
errors=$(mktemp -d) || exit
trap 'rm -rf "$errors"' EXIT

names=$(sed -n 's/^#ifdef HAVE_\([A-Z0-9_]*\).*/\1/p' "$header")

# All errors, each of them at its line of HEADER, even if what is wrong is in a macro of the kernel's
case $("$1" --version) in
*clang*) set -- "$@" -ferror-limit=0;;
*)	 set -- "$@" -fmax-errors=0 -ftrack-macro-expansion=0;;
esac

# compile HAVE|LACK FLAGS...: an error is a line "difference: message"; before the first, it is a failure of its own
compile()
{
	form=$1
	shift
	for name in $names; do
		set -- "$@" "-D${form}_$name"
	done
	LC_ALL=C "$@" -DCOMPAT_TEST -fsyntax-only -x c "$header" >"$errors/all" 2>&1
	status=$?
	awk -v header="$header" '
		FNR == NR { if (/^#ifdef HAVE_/) name = substr($2, 6); names[FNR] = name; next }
		index($0, header ":") == 1 && / error: / {
			split(substr($0, length(header) + 2), at, ":")
			if (names[at[1]] != "") { print names[at[1]] ": " $0; next }
		}
		/ error: / { strange = 1 }
		END { exit strange }
	' "$header" "$errors/all" >"$errors/$form" && { [ $status -eq 0 ] || [ -s "$errors/$form" ]; } && return
	cat "$errors/all" >&2
	exit 1
}

compile HAVE "$@"
compile LACK "$@"

status=0
for name in $names; do
	forms=''
	for form in HAVE LACK; do
		grep -q "^$name: " "$errors/$form" || forms="$forms ${form}_$name"
	done
	case $forms in
	*\ *\ *) echo "$header: both forms of $name compile: which is this kernel's?" >&2;;
	*\ *)	 echo "#define$forms"; continue;;
	*)	 grep -h "^$name: " "$errors/HAVE" "$errors/LACK" >&2
		 echo "$header: neither form of $name compiles: this kernel has a third" >&2;;
	esac
	status=1
done
exit $status
