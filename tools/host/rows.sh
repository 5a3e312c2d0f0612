# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Reads the table of rows. row_load NAME puts one row's columns in the associative array ROW.

declare -A ROW_TEXT=() ROW=()
ROW_NAMES=()

row()
{
	local name=$1
	shift
	ROW_NAMES+=("$name")
	# quoted once more, for row_load
	ROW_TEXT[$name]=$(printf '%q ' "$@")
}

# shellcheck source=tools/host/rows
. "$HOST_DIR/rows"

row_load()
{
	local pair pairs
	[ -n "${ROW_TEXT[$1]:-}" ] || die "no host is called '$1'; there are: ${ROW_NAMES[*]}"
	ROW=([name]=$1 [sets]='default,full' [suite]=bookworm [qemu]='' [machine]='' [gic]=3 [smp]=2 [nodes]=1
	     [memory]=1024 [el2]=on [entry]=direct
	     [append]='' [config]='' [slow]=1 [scenarios]=selftests [without]='' [errno]='' [message]='')
	eval "pairs=(${ROW_TEXT[$1]})"
	for pair in "${pairs[@]}"; do
		ROW[${pair%%=*}]=${pair#*=}
	done
}

# rows_of_set SET: the names of its rows, in the table's order.
rows_of_set()
{
	local name
	for name in "${ROW_NAMES[@]}"; do
		row_load "$name"
		[[ " ${ROW[sets]//,/ } " != *" $1 "* ]] || printf '%s\n' "$name"
	done
}
