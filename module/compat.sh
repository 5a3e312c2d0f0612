#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# compat.sh HEADER COMPILER FLAGS...: of each difference in HEADER (compat.h) the form that compiles, as a #define on
# stdout. It is an error if both do, or none.

# --form DIR COMPILER FLAGS... MACRO: what the compiler says of a form goes to DIR/MACRO; DIR/MACRO.ok if it compiles
if [ "$1" = --form ]; then
	dir=$2
	shift 2
	for macro; do :; done
	# What depends on which headers is the same for all, and written once
	for arg; do
		shift
		case $macro,$arg in
		COMPAT_NO_FORM,*) ;;
		*,-Wp,-MMD,*) arg=-Wp,-MMD,$dir/$macro.d;;
		esac
		set -- "$@" "$arg"
	done
	! "$@" >"$dir/$macro" 2>&1 || : >"$dir/$macro.ok"
	exit 0
fi

header=$1
shift
dir=$(mktemp -d) || exit
trap 'rm -rf "$dir"' EXIT

names=$(sed -n 's/^#ifdef HAVE_\([A-Z0-9_]*\).*/\1/p' "$header")
{
	# What stops the compiler without any form is nothing that a form can tell
	echo COMPAT_NO_FORM
	for name in $names; do
		printf '%s\n' "HAVE_$name" "LACK_$name"
	done
} | xargs -n 1 -P "$(getconf _NPROCESSORS_ONLN)" sh "$0" \
	--form "$dir" "$@" -DCOMPAT_TEST -fsyntax-only -x c "$header" -D

if [ ! -e "$dir/COMPAT_NO_FORM.ok" ]; then
	cat "$dir/COMPAT_NO_FORM" >&2
	exit 1
fi

status=0
for name in $names; do
	forms=''
	for form in "HAVE_$name" "LACK_$name"; do
		[ ! -e "$dir/$form.ok" ] || forms="$forms $form"
	done
	case $forms in
	*\ *\ *) echo "$header: both forms of $name compile: which is this kernel's?" >&2;;
	*\ *)    echo "#define$forms"; continue;;
	*)       cat "$dir/HAVE_$name" "$dir/LACK_$name" >&2
		 echo "$header: neither form of $name compiles: this kernel has a third" >&2;;
	esac
	status=1
done
exit $status
