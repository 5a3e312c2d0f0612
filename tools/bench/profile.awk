# SPDX-License-Identifier: MIT
#
# Where the instructions go, by function. Input, in this order, and each kind sorted as text:
#
#	image <base> <offset> <word>		of EL2's image on nVHE, offset in decimal (find_image below)
#	symbol <address> <name> <where>		what begins where; addresses are of 16 hexadecimal digits
#	at <operation> <address> <opcode> <class> <count>
#
# -v pass=base prints where the image was loaded; pass=place prints all addresses as symbols and places sorted
# together want them; pass=sum, on that sorted, prints the table. -v operations= is how many the counts are of.

function hex(s,    i, value)
{
	value = 0
	for (i = 1; i <= length(s); i++)
		value = value * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
	return value
}

# The image begins on a page: an instruction of it and its address agree below that. Most votes win.
pass == "base" && $1 == "word" {
	offset = $2 % 4096
	words[offset, $3] = words[offset, $3] " " $2
}

pass == "base" && $1 == "at" && $3 ~ /^00000000[4-7]/ {
	address = hex($3)
	n = split(words[address % 4096, $4], candidates, " ")
	for (i = 1; i <= n; i++)
		votes[address - candidates[i]]++
}

pass == "base" {
	next
}

pass == "sum" && $2 == "symbol" {
	name = $3
	where = $4
	next
}

pass == "sum" {
	key = where SUBSEP name
	count[key] += $5
	class[key, $4] += $5
	all += $5
	places[where] += $5
}

END {
	if (pass == "base") {
		for (base in votes)
			if (votes[base] > most) {
				most = votes[base]
				best = base
			}
		if (most)
			printf "%.0f\n", best
		exit
	}
	printf "%8s %6s %7s %7s %7s  %-10s %s\n", "number", "share", "MRS", "MSR", "barrier", "where", "function"
	for (key in count) {
		split(key, part, SUBSEP)
		printf "%8.1f %5.1f%% %7.1f %7.1f %7.1f  %-10s %s\n", count[key] / operations,
			100 * count[key] / all, class[key, 1] / operations, class[key, 2] / operations,
			class[key, 3] / operations, part[1], part[2] | "sort -rn"
	}
	close("sort -rn")
	print ""
	for (where in places)
		printf "%8.1f %5.1f%% %s\n", places[where] / operations, 100 * places[where] / all, where | "sort -rn"
	close("sort -rn")
	printf "%8.1f %5.1f%% in all\n", all / operations, 100
}
