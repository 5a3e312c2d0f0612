# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# The QEMU command line of a row, its ports, and the verdict.

# Where the kernel lies when QEMU loads the shim in its place: clear of the shim and of the initrd, which QEMU
# puts 128 MiB into memory.
SHIM_KERNEL=0x42000000

build_shim()
{
	local cross out=$BUILD/el1-shim.bin
	cross=$(cross_compile)
	if [ ! "$out" -nt "$HOST_DIR/el1-shim.S" ]; then
		mkdir -p "$BUILD"
		"${cross}gcc" -nostdlib -ffreestanding -static -no-pie -Wl,-Ttext=0,--build-id=none \
			-DKERNEL="$SHIM_KERNEL" -o "$out.elf.$$" "$HOST_DIR/el1-shim.S"
		"${cross}objcopy" -O binary "$out.elf.$$" "$out.tmp.$$"
		mv "$out.tmp.$$" "$out"
		rm -f "$out.elf.$$"
	fi
	printf '%s\n' "$out"
}

# qemu_program: print the program that runs the loaded row. A backport is built for the release: what it needs of
# libraries has come with the release's own QEMU.
qemu_program()
{
	local tree
	if [ -z "${ROW[qemu]}" ]; then
		printf 'qemu-system-aarch64\n'
		return
	fi
	tree=$(apt_tree "qemu-${ROW[qemu]}" "${ROW[qemu]}" no_hook "$FOLLOW_NONE" "qemu-system-arm:$(build_arch)")
	printf '%s\n' "$tree/usr/bin/qemu-system-aarch64"
}

# What a kernel doesn't know among its parameters is in the environment of PID 1, and of all that it runs.
slowness() { [ "${ROW[slow]}" = 1 ] || printf 'ARM_VCPU_SLOW=%s' "${ROW[slow]}"; }
thoroughness() { [ "${SET:-default}" != full ] || printf 'ARM_VCPU_THOROUGH=4'; }

# qemu_nodes: the memory of the loaded row in parts, if it has more than one. Linux is not to move pages between them of
# its own accord: tests count what guests fault on.
qemu_nodes()
{
	local node nodes=${ROW[nodes]}
	[ "$nodes" -gt 1 ] || return 0
	for ((node = 0; node < nodes; node++)); do
		QEMU+=(-object "memory-backend-ram,id=node$node,size=$((ROW[memory] / nodes))M"
		       -numa "node,nodeid=$node,memdev=node$node")
	done
}

balancing() { [ "${ROW[nodes]}" = 1 ] || printf 'numa_balancing=disable'; }

# qemu_command TREE INITRD LOGS: sets the array QEMU for the loaded row. Verdict and console go to LOGS; the
# other ports are the caller's.
qemu_command()
{
	local tree=$1 initrd=$2 logs=$3 image shim program extra
	image=$(kernel_image "$tree")
	program=$(qemu_program)
	mkdir -p "$logs"
	: >"$logs/verdict"
	: >"$logs/console.log"
	QEMU=("$program"
	      -M "virt,virtualization=${ROW[el2]},gic-version=${ROW[gic]}${ROW[machine]:+,${ROW[machine]}}" -cpu "${ROW[cpu]}"
	      -smp "${ROW[smp]}" -m "${ROW[memory]}"
	      -display none -monitor none -nodefaults -no-reboot -nic none
	      -initrd "$initrd"
	      -append "console=ttyAMA0 panic=-1 panic_on_warn=1 oops=panic ${ROW[append]} $(balancing) $(slowness) $(thoroughness) ${APPEND:-}"
	      -chardev "file,id=console,path=$logs/console.log" -serial chardev:console
	      -device virtio-serial-device)
	case ${ROW[entry]} in
	direct)
		QEMU+=(-kernel "$image");;
	el1-shim)
		shim=$(build_shim)
		QEMU+=(-kernel "$shim" -device "loader,file=$image,addr=$SHIM_KERNEL,force-raw=on");;
	*)
		die "row ${ROW[name]}: there is no entry '${ROW[entry]}'";;
	esac
	qemu_nodes
	qemu_port 2 verdict "file,path=$logs/verdict"
	words QEMU_EXTRA extra
	QEMU+=("${extra[@]}")
}

# qemu_port NUMBER NAME CHARDEV
qemu_port()
{
	QEMU+=(-chardev "${3%%,*},id=$2,${3#*,}" -device "virtserialport,nr=$1,chardev=$2,name=$2")
}

# What ends on request has this many seconds for it.
END_GRACE=10

# qemu_run SECONDS: the time is for the whole of the host's life, 0 for no limit. Prints nothing on stdout; stdin
# is QEMU's. Signals reach QEMU, which puts the terminal back. Status 124 when the time is up, 143 after a signal.
# A QEMU that hangs heeds no SIGTERM: SIGKILL follows. And it doesn't outlive those who wait for it (setpriv).
qemu_run()
{
	local pid status=0 told=no end=$((SECONDS + $1))
	setpriv --pdeathsig TERM timeout --foreground --kill-after "$END_GRACE" "$1" \
		setpriv --pdeathsig KILL "${QEMU[@]}" <&0 >&2 &
	pid=$!
	# shellcheck disable=SC2064 # this pid
	trap "told=yes; kill $pid 2>/dev/null" TERM HUP INT
	wait "$pid" || status=$?
	# a trap ends the wait, not QEMU
	[ "$told" = no ] || { wait "$pid" || true; status=143; }
	trap - TERM HUP INT
	# by SIGKILL, but the time was up before
	[ "$1" = 0 ] || [ "$status" != 137 ] || [ "$SECONDS" -lt "$end" ] || status=124
	return "$status"
}

# verdict LOGS: the job's exit status; 125 when the host didn't get to tell, or the kernel complained.
verdict()
{
	local status
	sed -n 's/^splat /arm_vcpu: the kernel complained: /p' "$1/verdict" >&2
	status=$(sed -n 's/^exit //p' "$1/verdict")
	if ! grep -q '^done' "$1/verdict"; then
		say "arm_vcpu: the emulated host died: $(grep -m 1 -E "$SPLATS" "$1/console.log" ||
			echo 'without a word') (console: $1/console.log)"
		return 125
	fi
	! grep -q '^splat ' "$1/verdict" || return 125
	return "$status"
}
