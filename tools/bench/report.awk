# SPDX-License-Identifier: MIT
#
# The tables on the terminal, of VMs without and with a GIC. Input: lines of results.awk, and before those of a host
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
	printf "\n%s: %s, %s\n", $2, $3, $4
	next
}

# 5 instructions, 6 and 7 register reads and writes, 8 barriers, 9 TLB, 10 cache, 11 returns, 12 entries
{
	if (!($3 in known))
		order[count++] = $3
	known[$3] = 1
	figure[$3, $2] = $4
	registers[$3, $2] = $6 + $7
	barriers[$3, $2] = $8
	exceptions[$3, $2] = $12
	counted[$3, $2] = NF > 4
}

END { finish() }

function finish()
{
	if (count) {
		table("without a GIC", "arm_vcpu", "kvm")
		table("with a GIC", "arm_vcpu-gic", "kvm-vgic")
	}
	count = 0
	split("", known)
	split("", figure)
	split("", counted)
}

function table(title, us, kvm,    i)
{
	printf "\n  %-14s %7s %7s %6s %7s   %-13s %-13s %-13s\n", title, "ours", "KVM", "ratio", "floor", "registers", \
		"barriers", "exceptions"
	for (i = 0; i < count; i++)
		line(order[i], us, kvm)
}

function line(op, us, kvm,    ours, kvms, ratio, floor)
{
	ours = figure[op, us]
	kvms = figure[op, kvm]
	if (ours kvms !~ /[0-9]/)
		return
	ratio = ours > 0 && kvms > 0 ? sprintf("%.2f", ours / kvms) : "-"
	floor = op in to_user ? figure["ioctl", us] : ""
	printf "  %-14s %7s %7s %6s %7s   %-13s %-13s %-13s\n", op, ours, kvms, ratio, floor, \
		pair(registers, op, us, kvm), pair(barriers, op, us, kvm), pair(exceptions, op, us, kvm)
}

function pair(values, op, us, kvm)
{
	return sprintf("%5s %5s", one(values, op, us), one(values, op, kvm))
}

function one(values, op, who)
{
	return counted[op, who] ? sprintf("%.0f", values[op, who]) : "-"
}
