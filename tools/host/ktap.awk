# SPDX-License-Identifier: MIT
#
# Counts the results in KTAP as run_kselftest.sh writes it: a test program a line, and its own results, prefixed
# with "# ", before that. What a program did counts; a program that said nothing counts once. Prints
#
#   failed <what> <why>      for each failure; "skipped" likewise
#   <passed> <failed> <skipped>
#
# A failure, besides "not ok": a program that ended badly although its results are fine, a plan that wasn't met, and
# a skip for another reason than what is missing in the hardware or in the kernel, which has to say "hardware:" or
# "kernel:". With -v own=<configuration> the kernel is our own, and nothing is missing in it.

function fail(what, why) { failed++; print "failed " what (why ? ": " why : "") }

function result(what, ok, line, why)
{
	why = line
	if (line ~ /# *SKIP/) {
		sub(/.*# *SKIP */, "", why)
		if (why !~ /hardware:/ && (own || why !~ /kernel:/))
			return fail(what, "skipped for no good reason: " why)
		skipped++
		print "skipped " what ": " why
	} else if (ok) {
		passed++
	} else {
		if (sub(/^(# )?not ok [^#]*# */, "", why) == 0)
			why = complaint
		fail(what, why)
	}
}

function name_of(line)
{
	sub(/^(# )?(not )?ok [0-9]+ *(- )?/, "", line)
	sub(/^selftests: /, "", line)
	sub(/ *#.*/, "", line)
	return line
}

{ sub(/\r$/, "") }

/^# selftests: / { program = $0; sub(/^# selftests: [^:]*: */, "", program); next }
# kselftest_harness.h says what went wrong before it says that something did
/^# #  RUN /     { complaint = ""; next }
/^# # .*:[0-9]+:.*/ { if (!complaint) { complaint = $0; sub(/^# # /, "", complaint) } next }

/^# 1\.\.[0-9]+/ { split($2, plan, /\.\./); inner_plan = plan[2] + 0; planned = 1; if (/SKIP/) skip_reason = $0; next }
/^# (# )?SKIP /  { skip_reason = $0; next }

/^# (not )?ok [0-9]+/ {
	inner++
	before = failed
	result(program ": " name_of($0), $2 == "ok", $0)
	inner_failed += failed > before
	next
}

/^1\.\.[0-9]+/ { split($1, plan, /\.\./); outer_plan = plan[2] + 0; outer_planned = 1; next }

/^(not )?ok [0-9]+/ {
	outer++
	what = name_of($0)
	if (!inner && /SKIP/ && skip_reason)
		result(what, 1, skip_reason)
	else if (!inner)
		result(what, $1 == "ok", $0)
	else if (planned && inner != inner_plan)
		fail(what, inner " of " inner_plan " results" ($1 == "ok" ? "" : ", " substr($0, index($0, "#"))))
	else if ($1 != "ok" && !inner_failed)
		fail(what, "all results are fine, but " substr($0, index($0, "#")))
	inner = inner_plan = planned = inner_failed = 0
	skip_reason = program = complaint = ""
}

END {
	if (!outer_planned)
		fail("no results")
	else if (outer != outer_plan)
		fail(program ? program : "end", "stopped after " outer " of " outer_plan " tests")
	print passed + 0, failed + 0, skipped + 0
}
