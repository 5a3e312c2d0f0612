# SPDX-License-Identifier: MIT
#
# The tables on the terminal, of VMs without and with a GIC. Input: lines of results.awk, and before those of a host
#
#	host <host> <release> <cpu>
#
# A ratio is to KVM's; the front is arm_vcpu_kvm.ko, by KVM's ABI.
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
		table("without a GIC", "arm_vcpu", "kvm", "front")
		table("with a GIC", "arm_vcpu-gic", "kvm-vgic", "front-vgic")
	}
	count = 0
	split("", known)
	split("", figure)
	split("", counted)
}

function table(title, us, kvm, front,    i)
{
	printf "\n  %-14s %7s %7s %6s %7s %6s %7s   %-13s %-13s %-13s\n", title, "ours", "KVM", "ratio", "front", "ratio", \
		"floor", "registers", "barriers", "exceptions"
	for (i = 0; i < count; i++)
		line(order[i], us, kvm, front)
}

function line(op, us, kvm, front,    ours, kvms)
{
	ours = figure[op, us]
	kvms = figure[op, kvm]
	if (ours kvms !~ /[0-9]/)
		return
	printf "  %-14s %7s %7s %6s %7s %6s %7s   %-13s %-13s %-13s\n", op, ours, kvms, ratio(ours, kvms), \
		figure[op, front], ratio(figure[op, front], kvms), op in to_user ? figure["ioctl", us] : "", \
		pair(registers, op, us, kvm), pair(barriers, op, us, kvm), pair(exceptions, op, us, kvm)
}

function ratio(a, b) { return a > 0 && b > 0 ? sprintf("%.2f", a / b) : "-" }

function pair(values, op, us, kvm)
{
	return sprintf("%5s %5s", one(values, op, us), one(values, op, kvm))
}

function one(values, op, who)
{
	return counted[op, who] ? sprintf("%.0f", values[op, who]) : "-"
}
