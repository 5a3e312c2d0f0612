# SPDX-License-Identifier: MIT
#
# The table on the terminal. Input: lines of results.awk, and before those of a host
#
#	host <host> <release> <cpu>
#
# The floor of an operation that goes to user space and back is an ioctl that nobody knows.

BEGIN {
	split("no-enter mmio-store mmio-load mmio-store-fp two-vms hvc-user", names, " ")
	for (i in names)
		to_user[names[i]] = 1
}

$1 == "host" {
	finish()
	host = $2
	printf "\n%s: %s, %s\n\n", $2, $3, $4
	printf "  %-14s %7s %7s %6s %7s %7s   %-13s %-13s %-13s\n", "instructions", "ours", "KVM", "ratio", "floor", \
		"vGIC", "registers", "barriers", "exceptions"
	next
}

# 5 instructions, 6 and 7 register reads and writes, 8 barriers, 9 TLB, 10 cache, 11 returns, 12 entries
{
	if (!($3 in figure))
		order[count++] = $3
	figure[$3, $2] = $4
	figure[$3] = 1
	registers[$3, $2] = $6 + $7
	barriers[$3, $2] = $8
	exceptions[$3, $2] = $12
	counted[$3, $2] = NF > 4
}

END { finish() }

function pair(values, operation)
{
	return sprintf("%5s %5s", one(values, operation, "arm_vcpu"), one(values, operation, "kvm"))
}

function one(values, operation, who)
{
	return counted[operation, who] ? sprintf("%.0f", values[operation, who]) : "-"
}

function finish(    i, op, ours, kvm, ratio, floor)
{
	for (i = 0; i < count; i++) {
		op = order[i]
		ours = figure[op, "arm_vcpu"]
		kvm = figure[op, "kvm"]
		ratio = kvm > 0 ? sprintf("%.2f", ours / kvm) : "-"
		floor = op in to_user ? figure["ioctl", "arm_vcpu"] : ""
		printf "  %-14s %7s %7s %6s %7s %7s   %-13s %-13s %-13s\n", op, ours, kvm, ratio, floor, \
			figure[op, "kvm-vgic"], pair(registers, op), pair(barriers, op), pair(exceptions, op)
	}
	count = 0
	split("", figure)
	split("", counted)
}
