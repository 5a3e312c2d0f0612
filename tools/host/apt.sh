# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# An apt of our own: any Debian package of any suite and architecture, unpacked into the cache, without root
# and without a trace on the machine. Nothing is pinned: names resolve to the newest version in the suite.
#
#   $CACHE/apt/<suite>/     state of the private apt (lists, downloads)
#   $CACHE/trees/<name>     -> <name>-<hash>, the last tree that was put together under that name
#
# A tree is a set of packages unpacked over each other. The hash is of the packages with their versions, so a
# tree never changes once it has its name, and readers need no lock. When the mirror is out of reach the last
# tree serves: everything that worked once works offline.

INDEX_MAX_AGE_MIN=1440

build_arch() { dpkg --print-architecture; }

# The system's apt knows a mirror; which one is none of our business. Prints "<archive> <security archive>".
apt_mirrors()
{
	local archive=${ARM_VCPU_MIRROR:-} security all

	if [ -n "$archive" ]; then
		archive=${archive%/}
		security=${ARM_VCPU_SECURITY_MIRROR:-${archive%/*}/debian-security}
	else
		# shellcheck disable=SC2016 # apt expands these, not the shell
		all=$(apt-get indextargets --no-release-info \
			--format '$(IDENTIFIER) $(RELEASE) $(COMPONENT) $(REPO_URI)' 2>/dev/null || true)
		archive=$(awk '$1 == "Packages" && $3 == "main" && $2 !~ /-/ && $4 ~ /\/debian\/?$/ { print $4; exit }' <<<"$all")
		security=$(awk '$1 == "Packages" && $3 == "main" && $2 ~ /-security$/ { print $4; exit }' <<<"$all")
		[ -n "$archive" ] ||
			die "this machine's apt has no Debian mirror; name one: ARM_VCPU_MIRROR=<uri of a Debian archive>"
		archive=${archive%/}
		security=${security:-${archive%/*}/debian-security}
	fi
	printf '%s %s\n' "$archive" "${security%/}"
}

# apt_run SUITE COMMAND ARGS...: one of apt's programs on the private state of SUITE.
apt_run()
{
	local suite=$1 program=$2
	shift 2
	APT_CONFIG=$CACHE/apt/$suite/apt.conf "$program" "$@" </dev/null
}

apt_write_config()
{
	local suite=$1 dir=$CACHE/apt/$1 base=${1%-backports} archive security arches signed=''

	read -r archive security < <(apt_mirrors)
	[ -n "$archive" ] || exit 1
	mkdir -p "$dir"/{lists/partial,archives/partial,empty}
	: >"$dir/status"
	# the machine's own first, and each once
	arches=$(printf '%s\n' "$(build_arch)" arm64 | uniq | paste -sd,)
	[ ! -e /usr/share/keyrings/debian-archive-keyring.gpg ] ||
		signed=' signed-by=/usr/share/keyrings/debian-archive-keyring.gpg'
	{
		printf "deb [arch=$arches$signed] %s %s main\n" "$archive" "$base" "$archive" "$base-updates"
		printf "deb [arch=$arches$signed] %s %s main\n" "$security" "$base-security"
		[ "$base" = "$suite" ] || printf "deb [arch=$arches$signed] %s %s main\n" "$archive" "$suite"
	} >"$dir/sources.list"
	{
		# How to reach the mirror (proxies and the like) is the machine's choice; its hooks are not for us.
		apt-config dump | grep '^Acquire::' || true
		printf '%s "%s";\n' \
			Acquire::Languages none Acquire::Retries 1 Acquire::http::Timeout 20 \
			Dir::Etc::sourcelist "$dir/sources.list" \
			Dir::Etc::main /dev/null Dir::Etc::parts "$dir/empty" \
			Dir::Etc::sourceparts "$dir/empty" Dir::Etc::preferencesparts "$dir/empty" \
			Dir::Etc::preferences /dev/null \
			Dir::State "$dir" Dir::State::status "$dir/status" \
			Dir::Cache "$dir" Dir::Cache::archives "$dir/archives" \
			APT::Sandbox::User root \
			APT::Get::Show-User-Simulation-Note false
		printf 'APT::Architectures { "%s"; };\n' "${arches//,/\"; \"}"
		[ "$base" = "$suite" ] || printf 'APT::Default-Release "%s";\n' "$suite"
	} >"$dir/apt.conf"
}

# Refresh the index when it is missing or a day old. Failing that, an old index is better than none.
apt_refresh()
{
	local suite=$1 dir=$CACHE/apt/$1

	[ -z "$(find "$dir/fresh" -mmin "-$INDEX_MAX_AGE_MIN" 2>/dev/null)" ] || return 0
	apt_write_config "$suite"
	step FETCH "package index of $suite -> $dir"
	if apt_run "$suite" apt-get -qq update -o APT::Update::Error-Mode=any >"$dir/update.log" 2>&1; then
		touch "$dir/fresh"
	elif [ -e "$dir/fresh" ]; then
		say "arm_vcpu: the mirror can't be reached; going on with what is in the cache"
		# don't ask again with every package: once an hour is enough
		touch -d "-$((INDEX_MAX_AGE_MIN - 60)) min" "$dir/fresh"
	else
		cat "$dir/update.log" >&2
		die "can't fetch the package index of $suite (ARM_VCPU_MIRROR=<uri> names another mirror)"
	fi
}

# apt_records SUITE PACKAGE:ARCH...: of the newest version of each that there is, a line
# "PACKAGE:ARCH package:arch version size dependency,..."; of alternative dependencies the first.
apt_records()
{
	local suite=$1
	shift
	# what is for all architectures apt files under the machine's own
	{ apt_run "$suite" apt-cache show --no-all-versions "$@" "${@%:*}" 2>/dev/null || true; } |
		awk -v RS= -v wanted="$*" '
		function field(name) {
			return match("\n" $0, "\n" name ": [^\n]*") ? substr($0, RSTART + length(name) + 2, RLENGTH - length(name) - 3) : ""
		}
		{
			name = field("Package")
			arch = field("Architecture")
			dependencies = field("Depends")
			gsub(/\|[^,]*|\([^)]*\)|:any| /, "", dependencies)
			if (!((name, arch) in record))
				record[name, arch] = name (arch == "all" ? "" : ":" arch) " " field("Version") " " \
					field("Size") " " dependencies
		}
		END {
			count = split(wanted, want, " ")
			for (i = 1; i <= count; i++) {
				split(want[i], part, ":")
				if ((part[1], part[2]) in record)
					print want[i], record[part[1], part[2]]
				else if ((part[1], "all") in record)
					print want[i], record[part[1], "all"]
			}
		}'
}

# apt_closure SUITE REGEX PACKAGE:ARCH...: "package:arch version size" of the packages and, recursively, of those
# dependencies that REGEX matches, or fail. What builds modules runs here, hence the build machine's architecture.
apt_closure()
{
	local suite=$1 regex=$2 todo=("${@:3}") seen=" ${*:3} " next records wanted package version size dependencies name arch
	while [ "${#todo[@]}" -gt 0 ]; do
		records=$(apt_records "$suite" "${todo[@]}")
		next=()
		for wanted in "${todo[@]}"; do
			read -r _ package version size dependencies < <(grep -F "$wanted " <<<"$records") || {
				say "arm_vcpu: $suite has no package ${wanted%:*} for ${wanted#*:}"
				return 1
			}
			printf '%s %s %s\n' "$package" "$version" "$size"
			for name in ${dependencies//,/ }; do
				[[ $name =~ $regex ]] || continue
				arch=${wanted#*:}
				[[ $name != linux-kbuild-* && $name != gcc-*-aarch64-linux-gnu ]] || arch=$(build_arch)
				[[ $seen != *" $name:$arch "* ]] || continue
				seen+="$name:$arch "
				next+=("$name:$arch")
			done
		done
		todo=(${next[@]+"${next[@]}"})
	done
}

# apt_fill SUITE DIR HOOK LIST: download what LIST names, unpack it to DIR, run HOOK FINAL there.
apt_fill()
{
	local suite=$1 final=$2 hook=$3 list=$4 downloads package version size
	local tmp=$final.tmp.$$
	downloads=$CACHE/apt/$suite/downloads.$$

	rm -rf "$tmp" "$downloads"
	mkdir -p "$tmp" "$downloads"
	while read -r package version size; do
		step FETCH "$(awk -v p="$package" -v v="$version" -v s="$size" \
			'BEGIN { printf "%s %s, %.1f MB", p, v, s / 1e6 }') -> $final"
		(cd "$downloads" && apt_run "$suite" apt-get -qq download "$package=$version" >&2) || return 1
		dpkg-deb -x "$downloads"/*.deb "$tmp" || return 1
		rm -f "$downloads"/*.deb
	done <<<"$list"
	rm -rf "$downloads"
	(cd "$tmp" && "$hook" "$final") || return 1
	touch "$tmp"
	mv -T "$tmp" "$final"
}

# apt_prune NAME FINAL: what FINAL has replaced a week ago serves nobody any more.
apt_prune()
{
	find "$CACHE/trees" -mindepth 1 -maxdepth 1 -type d -mtime +7 ! -path "$2" \
		-regex ".*/$1-[0-9a-f]*" -exec rm -rf {} +
}

# hook_text HOOK: what it does, and what the functions do that it names; not those of who calls us, where a word of a message
# may be one
hook_text()
{
	local name
	declare -f "$1"
	for name in $(declare -f "$1" | grep -o -w -E '[a-z_]+' | sort -u); do
		[ "$name" = "$1" ] || ! is_ours "$name" || hook_text "$name"
	done
}

# is_ours NAME: a function of a file that lies beside this one
is_ours() { [[ $(shopt -s extdebug; declare -F "$1") == *" ${BASH_SOURCE[0]%/*}/"*.sh ]]; }

apt_tree_locked()
{
	local name=$1 suite=$2 hook=$3 follow=$4 list final
	shift 4
	apt_refresh "$suite"
	mkdir -p "$CACHE/trees"
	if list=$(apt_closure "$suite" "$follow" "$@"); then
		# the hook is part of what makes the tree, and so is its text
		final=$CACHE/trees/$name-$({ hook_text "$hook"; printf '%s\n' "$list"; } | sha256sum | cut -c1-12)
		if [ -d "$final" ] || apt_fill "$suite" "$final" "$hook" "$list"; then
			ln -sfnT "$(basename "$final")" "$CACHE/trees/$name"
			apt_tree_key "$name" "$suite" "$hook" "$follow" "$@" >"$CACHE/trees/$name.key"
			apt_prune "$name" "$final"
			printf '%s\n' "$final"
			return
		fi
		rm -rf "$final".tmp.*
	fi
	[ -d "$CACHE/trees/$name" ] || die "can't put $name together; the mirror is needed once"
	say "arm_vcpu: the newest $name can't be fetched; going on with the one in the cache"
	realpath "$CACHE/trees/$name"
}

apt_tree_key() { printf '%s\n' "$*" "$(hook_text "$3")"; }

# Nothing has changed since the tree was put together: same request, same index, and that is not too old.
apt_tree_current()
{
	local key=$CACHE/trees/$1.key fresh=$CACHE/apt/$2/fresh
	[ "$key" -nt "$fresh" ] && [ -n "$(find "$fresh" -mmin "-$INDEX_MAX_AGE_MIN")" ] &&
		[ "$(apt_tree_key "$@")" = "$(cat "$key")" ] && realpath -e "$CACHE/trees/$1" 2>/dev/null
}

# apt_tree NAME SUITE HOOK FOLLOW PACKAGE:ARCH...: print the folder with these packages, and with those of their
# dependencies that the regular expression FOLLOW matches. HOOK is run in a new one, given its final path.
apt_tree()
{
	apt_tree_current "$@" || locked "$CACHE/lock" apt_tree_locked "$@"
}

no_hook() { :; }
# shellcheck disable=SC2034 # for those who include this
FOLLOW_NONE='^$'
