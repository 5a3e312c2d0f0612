# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What the user has put into a variable: its words, and the files that they name.

# words VARIABLE ARRAY: splits it as a shell does by blanks, quotes and backslashes. Nothing is expanded.
words()
{
	mapfile -d '' -t "$2" < <(xargs -r printf '%s\0' <<<"${!1:-}" 2>/dev/null)
	wait $! || die "$1=${!1}: a quote isn't closed"
}

# quoted WORD...: one line that a shell splits into these again.
quoted()
{
	local word
	for word; do
		[[ $word =~ ^[A-Za-z0-9_./:,@%+=-]+$ ]] || word="'${word//\'/\'\\\'\'}'"
		printf '%s ' "$word"
	done
}

# avm_options: sets TAKES to what each option of avm is followed by, as avm's own help has it: FILE, N, ...
avm_options()
{
	local option words
	declare -gA TAKES=()
	while read -ra words; do
		for option in "${words[@]::${#words[@]}-1}"; do
			TAKES[${option%,}]=${words[-1]}
		done
	done < <(sed -n -E 's/^\t" +(-., )?(--[a-z-]+) ([A-Z]+) .*/\1\2 \3/p' "$TOP/tools/avm/options.c")
	[ "${TAKES[--initrd]:-}" = FILE ] || die "tools/avm/options.c: no help on --initrd is found there"
}

# carry ROOT WORD...: sets CARRIED to avm's options with the files that they name as they are called on the emulated
# host, and puts those files there.
carry()
{
	local root=$1 word option='' prefix suffix
	shift
	avm_options
	CARRIED=()
	for word; do
		prefix='' suffix=''
		case $option,$word in
		,--*=*) option=${word%%=*} prefix=$option=;;
		,-[!-]?*) option=${word:0:2} prefix=$option;;
		,*)
			[ -z "${TAKES[$word]:-}" ] || option=$word
			CARRIED+=("$word")
			continue;;
		esac
		word=${word#"$prefix"}
		if [ "${TAKES[$option]:-}" = FILE ] && [ "$word" != - ]; then
			# what a disk is to be, behind its file
			while [[ $option = @(-d|--disk) && $word = *,@(ro|serial=*) ]]; do
				suffix=,${word##*,}$suffix word=${word%,*}
			done
			carry_file "$root" "$option" "$word"
			word=/guest$(realpath -s -- "$word")$suffix
		fi
		CARRIED+=("$prefix$word")
		option=''
	done
}

# carry_file ROOT OPTION FILE: a pipe will do, but for the one that is the guest's keyboard.
carry_file()
{
	local file
	case $2,$3 in
	--dump-dtb,*) die "--dump-dtb $3: it would stay on the emulated host; - is stdout";;
	*,/dev/stdin|*,/dev/fd/0|*,/proc/self/fd/0) die "$2 $3: stdin is the guest's keyboard";;
	esac
	[ ! -d "$3" ] || die "$2 $3: that is a folder"
	[ -r "$3" ] || die "$2 $3: there is no such file, or it can't be read"
	file=$1/guest$(realpath -s -- "$3")
	mkdir -p "$(dirname "$file")"
	cat -- "$3" >"$file"
}
