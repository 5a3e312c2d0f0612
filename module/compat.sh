#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# compat.sh HEADER COMPILER FLAGS...: of each difference in HEADER (compat.h) the form that compiles, as a #define on
# stdout. It is an error if both do, or none.

header=$1
shift

# compiles MACRO COMPILER FLAGS...: what the compiler says goes to stdout
compiles()
{
	macro=$1
	shift
	"$@" -DCOMPAT_TEST -D"$macro" -fsyntax-only -x c "$header" 2>&1
}

# What stops the compiler without any form is nothing that a form can tell
if ! said=$(compiles COMPAT_NO_FORM "$@"); then
	echo "$said" >&2
	exit 1
fi

names=$(sed -n 's/^#ifdef HAVE_\([A-Z0-9_]*\).*/\1/p' "$header")
status=0
for name in $names; do
	forms='' said=''
	for form in "HAVE_$name" "LACK_$name"; do
		if errors=$(compiles "$form" "$@"); then
			forms="$forms $form"
		else
			said="$said$errors
"
		fi
	done
	case $forms in
	*\ *\ *) echo "$header: both forms of $name compile: which is this kernel's?" >&2;;
	*\ *)    echo "#define$forms"; continue;;
	*)       echo "$said$header: neither form of $name compiles: this kernel has a third" >&2;;
	esac
	status=1
done
exit $status
