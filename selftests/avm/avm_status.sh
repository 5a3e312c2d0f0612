#!/bin/sh
# SPDX-License-Identifier: MIT
#
# avm's exit status says how the guest ended, and a sentence on stderr says more.

# shellcheck source=selftests/avm/common.inc
. "$(dirname "$0")/common.inc"

needs_device

tell 'off\n'
check "0: SYSTEM_OFF by HVC" is_status 0
tell 'off-smc\n'
check "0: SYSTEM_OFF by SMC" is_status 0

tell 'fault\n'
check "1: an abort without vectors" ended_with 1 "can't go on: its exception vectors, at 0x200,"
check "and what it was" err_has 'CPU 0: last exception: data abort at EL1, read, external abort'
check "and its registers" err_has \
	'CPU 0: ESR_EL1 0x96000010, ELR_EL1 0x400[89a-f].*, SPSR_EL1 0x[0-9a-f]*3c5 (EL1h), FAR_EL1 0xb000ff8'
check "and that no instruction is there" err_has 'CPU 0: no instruction is in memory there'
check "and its registers" test "$(grep -c 'CPU 0: x[0-9]* *\( [0-9a-f]\{16\}\)\{3,4\}$' "$tmp/err")" = 8
tell 'smp-run\nfault\n' -c 4
check "and of its other CPUs where they are" test "$(grep -c 'CPU [123]: at pc 0x400' "$tmp/err")" = 3
tell 'jump\n'
check "1: a jump to nowhere without vectors" ended_with 1 'instruction abort at EL1, external abort'
# With BTI, SPSR_EL1.BTYPE says that it was a jump
check "and from where" err_has 'ESR_EL1 0x86000010, ELR_EL1 0xb000000, SPSR_EL1 0x[0-9a-f]*[3b]c5 (EL1h), FAR_EL1 0xb000000'
tell 'cpu-off\n'
check "1: CPU_OFF of the last CPU" ended_with 1 'last CPU'

# avm_says WORDS...: without a guest
avm_says()
{
	status=0
	avm "$@" </dev/null >"$tmp/out" 2>"$tmp/err" || status=$?
}
# shellcheck disable=SC2317 # called by name
says_nothing_on() { [ ! -s "$tmp/$1" ]; }

# shellcheck disable=SC2317 # called by name
lacks_complaint() { ! err_has 'unrecognized option'; }

for word in help --help -h; do
	avm_says $word
	check "0: avm $word" is_status 0
	check "with the usage on stdout" out_has '^usage: avm run'
	check "and nothing on stderr" says_nothing_on err
done
avm_says run --help
check "0: avm run --help" is_status 0
options=$(grep -o -e "--[a-z-]*" "$tmp/out" | sort -u)
for option in $options; do
	avm run "$option" </dev/null >"$tmp/out" 2>"$tmp/err" || :
	check "which has no option that isn't there: $option" lacks_complaint
done
for word in version --version -V; do
	avm_says $word
	check "0: avm $word" is_status 0
	check "is a line with a number" test "$(grep -c '^avm [0-9][0-9.]*$' "$tmp/out") $(wc -l <"$tmp/out")" = '1 1'
done

avm_says
check "2: no command" ended_with 2 '^usage:'
check "with nothing on stdout" says_nothing_on out
avm_says boot
check "2: no such command" ended_with 2 "'boot' isn't a command"
avm_says run
check "2: avm run alone" ended_with 2 'name a guest'
check "with nothing on stdout" says_nothing_on out
run
check "2: no guest" ended_with 2 'name a guest'
run -k /nowhere
check "2: no such file" ended_with 2 "can't read /nowhere: No such file"
run -k "$guest" -c 0
check "2: no CPU" ended_with 2 '--cpus takes'
run -k "$guest" -m 1T
check "2: more memory than the map has" ended_with 2 '--mem takes'
for size in 0 7 -8 +8 0x200 8.5 1e3 nan 512K 512MiBs 512iB .; do
	run -k "$guest" -m "$size"
	check "2: a size of $size" ended_with 2 "--mem takes.*'$size'"
done
# tree FILE OPTIONS...: of a machine with these
tree()
{
	run -k "$guest" --dump-dtb "$@"
	is_status 0
}
tree "$tmp/wanted" -m 512
for size in 512M 512m 512MB 512MiB 0.5G .5g 0.5GB 0.5GiB 512.0; do
	tree "$tmp/tree" -m "$size"
	check "a size of $size" cmp -s "$tmp/tree" "$tmp/wanted"
done
params=$(printf '%2047s' end)
tree "$tmp/tree" -p "$params"
check "0: as long a command line as Linux takes" is_status 0
run -k "$guest" -p "$params."
check "2: and a longer one" ended_with 2 '--params takes up to 2047'
run -k "$guest" --no-such-option
check "2: an option that there isn't, with the name of who says so" ended_with 2 "^avm: unrecognized option"
run -k "$guest" --firmware "$guest"
check "2: kernel and firmware" ended_with 2 'exclude each other'

run -k "$guest" --vars "$tmp/vars"
check "2: variables, and no firmware" ended_with 2 'needs --firmware'
# It spins
printf '\0\0\0\024' >"$tmp/firmware"
run -f "$tmp/firmware" --vars "$tmp"
check "2: variables in what is no file" ended_with 2 "can't keep variables: Is a directory"
run -f "$tmp/firmware" --vars /dev/null
check "2: nor in a device" ended_with 2 "it isn't a file"
truncate -s 65M "$tmp/large"
run -f "$tmp/firmware" --vars "$tmp/large"
check "2: nor in a file of another kind" ended_with 2 'larger than the flash'
check "which stays as it is" test "$(stat -c %s "$tmp/large")" = $((65 << 20))
avm run -f "$tmp/firmware" --vars "$tmp/vars" --timeout 30 </dev/null >/dev/null 2>&1 &
wait_until test -s "$tmp/vars"
run -f "$tmp/firmware" --vars "$tmp/vars"
check "2: nor in another machine's" ended_with 2 'another machine has it'
kill $!
wait $!

# as if the module weren't loaded, for this one process
status=0
# shellcheck disable=SC2016 # the inner shell expands it
unshare -m sh -c 'mount -t tmpfs none /dev && exec avm run -k "$1"' sh "$guest" \
	</dev/null >"$tmp/out" 2>"$tmp/err" || status=$?
check "3: no module" ended_with 3 'insmod arm_vcpu.ko'
tell 'off\n' -c 64 -m 200G
check "3: or the host gives what is asked for" test "$status" = 3 -o "$status" = 0

tell 'reset\n' --no-reboot
check "4: SYSTEM_RESET with --no-reboot" is_status 4
tell 'reset\nwhere\noff\n'
check "0: SYSTEM_RESET starts anew, with everything loaded again" \
	test "$status $(grep -c 'guest ready' "$tmp/out") $(grep -c 'boots 0x1$' "$tmp/out")" = '0 2 1'

tell 'reset2\nwhere\noff\n'
check "0: so does SYSTEM_RESET2" \
	test "$status $(grep -c 'guest ready' "$tmp/out") $(grep -c 'boots 0x1$' "$tmp/out")" = '0 2 1'

tell 'spin\n\001x' --escape
check "5: Ctrl-A X while the guest spins" is_status 5
tell 'sleep\n' --timeout 1
check "124: --timeout while the guest sleeps" ended_with 124 'after 1 s'
tell 'aborts\nspin\n' --timeout 3 -c 2
check "124: where the CPUs are" ended_with 124 'CPU 0: at pc 0x400[89a-f].*, EL1h, x30 0x400.*VBAR_EL1 0x400'
check "their last exceptions" err_has 'CPU 0: last exception: instruction abort at EL1, external abort'
check "and that one is off" err_has 'CPU 1: off'

# killed SIGNAL: to an avm whose guest spins
killed()
{
	echo spin >"$tmp/in"
	: >"$tmp/out"	# what the last one has printed isn't this one's
	avm run --timeout 30 -k "$guest" <"$tmp/in" >"$tmp/out" 2>"$tmp/err" &
	pid=$!
	wait_until out_has spinning
	kill "-$1" $pid
	status=0
	wait $pid || status=$?
}

killed TERM
check "143: SIGTERM" is_status 143
killed INT
check "130: SIGINT" is_status 130
killed HUP
check "129: SIGHUP" is_status 129

finish
