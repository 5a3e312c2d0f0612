# SPDX-License-Identifier: MIT
#
# The results as JSON: { "<host>": { "release": ..., "cpu": ..., "operations": { "<operation>": { "<back end>":
# { "nanoseconds": ..., "instructions": ..., ... } } } } }. Input as report.awk's; -v names= as CLASS_NAMES.

BEGIN {
	columns = split(names, name, " ")
	printf "{"
}

$1 == "host" {
	finish()
	printf "%s\n  \"%s\": {\n    \"release\": \"%s\",\n    \"cpu\": \"%s\",\n    \"operations\": {", hosts++ ? "," : "", \
		$2, $3, $4
	next
}

{
	if (!($3 in fields))
		order[count++] = $3
	fields[$3] = fields[$3] (fields[$3] ? ",\n" : "") sprintf("        \"%s\": %s", $2, figures())
}

END {
	finish()
	print "\n}"
}

function figures(    i, text)
{
	if ($4 == "-")
		return "null"
	text = "{ \"nanoseconds\": " $4
	for (i = 1; i <= columns && i + 4 <= NF; i++)
		text = text ", \"" name[i] "\": " $(i + 4)
	return text " }"
}

function finish(    i)
{
	for (i = 0; i < count; i++)
		printf "%s\n      \"%s\": {\n%s\n      }", i ? "," : "", order[i], fields[order[i]]
	if (hosts)
		printf "\n    }\n  }"
	count = 0
	split("", fields)
}
