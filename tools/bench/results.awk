# SPDX-License-Identifier: MIT
#
# results.awk OUT PLUGIN: what bench printed in one boot, and what the plugin counted in it. For each operation
#
#	<host> <back end> <operation> <nanoseconds> <count>...
#
# per operation: bench's figure by the clock, and the median of each count (CLASS_NAMES in plugin_class.h).
# -v host= is the first column.

BEGIN { lines = 0 }

NR == FNR {
	if ($1 ~ /^(arm_vcpu|arm_vcpu-gic|(kvm|front)(-vgic)?)$/ && NF == 6) {
		line[lines] = $1 " " $2 " " $3
		per[lines++] = $6
	}
	next
}

$1 == "sample" {
	n = samples[$2]++
	for (i = 3; i <= NF; i++)
		value[$2, i, n] = $i
	columns = NF
}

function median(operation, column,    n, i, j, v)
{
	n = samples[operation]
	for (i = 0; i < n; i++) {
		v = value[operation, column, i]
		for (j = i; j > 0 && sorted[j - 1] > v; j--)
			sorted[j] = sorted[j - 1]
		sorted[j] = v
	}
	return sorted[int((n - 1) / 2)]
}

END {
	for (o = 0; o < lines; o++) {
		printf "%s %s", host, line[o]
		for (i = 3; samples[o] && i <= columns; i++)
			printf " %.1f", median(o, i) / per[o]
		print ""
	}
}
