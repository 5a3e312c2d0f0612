# SPDX-License-Identifier: MIT
#
# The results as a chart: a panel a host, a line an operation; a wide light bar is what it takes under KVM, a narrow dark one
# on it what it takes under ours, and a thin line is the floor, an ioctl that does nothing. VMs have a GIC where the operation
# needs one.
# Input as report.awk's.

BEGIN {
	rows = split("no-enter mmio-store mmio-load mmio-store-fp two-vms hvc-kernel id-register " \
		"fault-present fault-absent fault-new fault-huge wfi-timer kick ioeventfd gicd-iidr sgi-self timer " \
		"timer-asleep ipi ipi-asleep spi spi-asleep irqfd irqfd-asleep msi msi-asleep", order, " ")
	title["no-enter"] = "RUN that doesn't enter"
	title["mmio-store"] = "MMIO store to the VMM"
	title["mmio-load"] = "MMIO load from the VMM"
	title["mmio-store-fp"] = "MMIO store, guest uses FP"
	title["two-vms"] = "two VMs taking turns"
	title["hvc-kernel"] = "HVC answered in the kernel"
	title["id-register"] = "ID register"
	title["fault-present"] = "fault, page present"
	title["fault-absent"] = "fault, page absent"
	title["fault-new"] = "fault, new page"
	title["fault-huge"] = "fault, huge page"
	title["wfi-timer"] = "WFI, woken by the timer"
	title["kick"] = "kick from another CPU"
	title["ioeventfd"] = "store to an eventfd"
	title["gicd-iidr"] = "GIC: GICD_IIDR read"
	title["sgi-self"] = "GIC: SGI to oneself"
	title["timer"] = "GIC: timer, running"
	title["timer-asleep"] = "GIC: timer, asleep"
	title["ipi"] = "GIC: IPI, running"
	title["ipi-asleep"] = "GIC: IPI, asleep"
	title["spi"] = "GIC: SPI by ioctl, running"
	title["spi-asleep"] = "GIC: SPI by ioctl, asleep"
	title["irqfd"] = "GIC: SPI by eventfd, running"
	title["irqfd-asleep"] = "GIC: SPI by eventfd, asleep"
	title["msi"] = "GIC: MSI, running"
	title["msi-asleep"] = "GIC: MSI, asleep"
	LABEL = 190	# width of the operations' names
	BAR = 260	# of KVM's bars
	VALUE = 132	# of the figures beside them
	ROW = 25
	HEAD = 58
	GAP = 36
	TOP = 96
	panel = LABEL + BAR + VALUE
}

$1 == "host" {
	host[++hosts] = $2
	about[$2] = "Linux " $3 ", " $4
	next
}

# Without a GIC where both have been measured; that is said first
$4 != "-" && !(($1, $3, side($2)) in figure) {
	figure[$1, $3, side($2)] = $4
}

END {
	height = HEAD + rows * ROW
	lines = int((hosts + 1) / 2)
	width = 2 * panel + 3 * GAP
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">\n", \
		width, TOP + lines * (height + GAP), width, TOP + lines * (height + GAP)
	print "<style>text { font-family: 'Inter', 'Helvetica Neue', Helvetica, Arial, sans-serif; fill: #24292f }"
	print ".h { font-size: 22px; font-weight: 600 } .s { font-size: 13px; fill: #6e7781 }"
	print ".p { font-size: 15px; font-weight: 600 } .l { font-size: 12.5px } .v { font-size: 12px; font-weight: 600 }"
	print ".w { font-weight: 400; fill: #6e7781 }"
	print ".k { fill: #d8dee4 } .o { fill: #0a6e7c } .f { stroke: #cf5c36; stroke-width: 1.5 }</style>"
	print "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>"
	text(GAP, 44, "h", "What an exit costs")
	text(GAP, 68, "s", "Instructions per operation, host and hypervisor together, beside KVM's; less is better.")
	legend(GAP + panel + GAP, 44)
	for (h = 1; h <= hosts; h++)
		draw_panel(host[h], GAP + ((h - 1) % 2) * (panel + GAP), TOP + int((h - 1) / 2) * (height + GAP))
	print "</svg>"
}

function side(backend)
{
	return backend ~ /^kvm/ ? "kvm" : "arm_vcpu"
}

function text(x, y, class, what, anchor)
{
	printf "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\"%s>%s</text>\n", x, y, class, \
		anchor ? " text-anchor=\"" anchor "\"" : "", what
}

function bar(x, y, length_, thickness, class)
{
	printf "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"2\" class=\"%s\"/>\n", x, y, length_, \
		thickness, class
}

function legend(x, y)
{
	bar(x, y - 14, 34, 16, "k")
	text(x + 42, y, "l", "KVM, whatever it takes")
	bar(x + 200, y - 9, 34, 7, "o")
	text(x + 242, y, "l", "arm_vcpu, as a share of it")
	printf "<line x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\" class=\"f\"/>\n", x + 412, x + 412, y - 15, y + 3
	text(x + 420, y, "l", "an ioctl that does nothing")
}

function beside(kvm)
{
	return "<tspan class=\"w\"> of " kvm "</tspan>"
}

function draw_panel(name, x, y,    i)
{
	text(x + LABEL - 12, y + 22, "p", name, "end")
	text(x + LABEL, y + 22, "s", about[name])
	for (i = 1; i <= rows; i++)
		draw_row(name, order[i], x, y + HEAD - 16 + (i - 1) * ROW)
}

function draw_row(name, op, x, y,    ours, kvm, floor)
{
	ours = figure[name, op, "arm_vcpu"]
	kvm = figure[name, op, "kvm"]
	floor = figure[name, "ioctl", "arm_vcpu"]
	text(x + LABEL - 12, y + 13, "l", title[op], "end")
	if (!ours || !kvm)
		return
	bar(x + LABEL, y, BAR, 17, "k")
	bar(x + LABEL, y + 5, ours / kvm * BAR, 7, "o")
	if (op ~ /^(no-enter|mmio|two-vms)/)
		printf "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" class=\"f\"/>\n", \
			x + LABEL + floor / kvm * BAR, x + LABEL + floor / kvm * BAR, y - 1, y + 18
	text(x + LABEL + BAR + 8, y + 13, "v", ours beside(kvm))
}
