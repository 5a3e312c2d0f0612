# SPDX-License-Identifier: MIT
#
# What a debugger wants of a guest that runs already: to stop it, to have it stop by itself, to take a step. $function is
# the address of one in its kernel that is called soon and reads what its first argument points to. $quiet says that no
# interrupt comes in a step.

set pagination off
set confirm off

hbreak *$function
continue
if $pc == $function
	echo ok it stops at a breakpoint of the hardware's\n
else
	echo not ok it stops at a breakpoint of the hardware's # elsewhere\n
end
# or it would be into the handler of an interrupt that has come meanwhile
if !$quiet
	set $cpsr = $cpsr | 0x80
end
stepi
if !$quiet
	set $cpsr = $cpsr & ~0x80
end
if $pc == $function + 4
	echo ok it takes a step\n
else
	echo not ok it takes a step # to elsewhere\n
end
delete

break *$function
continue
if $pc == $function
	echo ok it stops at a breakpoint in its memory\n
else
	echo not ok it stops at a breakpoint in its memory # elsewhere\n
end
delete

eval "rwatch *(unsigned long *)0x%lx", $x0
continue
if $pc != $function
	echo ok it stops where something is read\n
else
	echo not ok it stops where something is read # elsewhere\n
end
delete
detach
echo end\n
