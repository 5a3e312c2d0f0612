# SPDX-License-Identifier: GPL-2.0-only
#
# What arm_vcpu asks of a kernel and of a compiler. Kbuild includes this file, so every way to build the module
# comes by. `make clean` knows no configuration, and asks for nothing.

ifdef CONFIG_MODULES

arm-vcpu-refuse = $(error arm_vcpu: $(1))

ifneq ($(CONFIG_ARM64),y)
$(call arm-vcpu-refuse,this kernel ($(KERNELRELEASE)) is not an arm64 one. Name an arm64 kernel's headers with KDIR=)
endif

kernel-major := $(firstword $(subst ., ,$(KERNELVERSION)))
kernel-minor := $(word 2,$(subst ., ,$(KERNELVERSION)))

ifeq ($(shell [ $(kernel-major) -gt 6 -o $(kernel-major) -eq 6 -a $(kernel-minor) -ge 1 ] && echo y),)
$(call arm-vcpu-refuse,kernel $(KERNELVERSION) is too old: it takes Linux 6.1 or newer)
endif

ifneq ($(CONFIG_MMU_NOTIFIER),y)
$(call arm-vcpu-refuse,this kernel has no CONFIG_MMU_NOTIFIER$(comma) without which the memory of a guest can't \
follow the memory of its process)
endif

ifneq ($(CONFIG_EVENTFD),y)
$(call arm-vcpu-refuse,this kernel has no CONFIG_EVENTFD$(comma) by which devices and interrupts are signalled)
endif

# A kernel that patches calls at function entries needs functions aligned; from 7.0 it relies on gcc 14's
# -fmin-function-alignment for it. A module from an older gcc loads, and oopses in ftrace.
ifeq ($(CONFIG_CC_IS_GCC),y)
ifeq ($(shell [ $(kernel-major) -ge 7 ] && echo y)$(CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT),)
else ifeq ($(shell $(CC) -fmin-function-alignment=8 -x c -c /dev/null -o /dev/null 2>/dev/null && echo y),)
$(call arm-vcpu-refuse,kernel $(KERNELVERSION) needs a module from gcc 14 or newer$(comma) not from \
$(shell $(CC) -dumpfullversion 2>/dev/null || echo '$(CC)'). Name one with CC=)
endif
endif

endif
