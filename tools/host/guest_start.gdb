# SPDX-License-Identifier: MIT
#
# What a debugger finds of a guest that waits for it at its start: the device tree, and two CPUs, one of which is off.

if *(unsigned int *)$x0 == 0xedfe0dd0
	echo ok gdb has it at its start\n
else
	echo not ok gdb has it at its start # x0 is elsewhere\n
end
if ($sctlr_el1 & 1) == 0
	echo ok and its MMU is off\n
else
	echo not ok and its MMU is off # it is on\n
end
thread 2
if $_thread == 2 && $x0 == 0
	echo ok and its CPUs are threads\n
else
	echo not ok and its CPUs are threads # there is no second one\n
end
detach
echo end\n
