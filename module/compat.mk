# SPDX-License-Identifier: GPL-2.0-only
#
# Makes compat.defines, which tells compat.h what this kernel offers: again if the kernel's headers, the compiler or
# its flags are others than they were.

compat-defines := $(obj)/module/compat.defines

# The headers are included from where the objects are made
ccflags-y += -I$(obj)/module

quiet_cmd_compat = COMPAT  $@
      cmd_compat = COMPILER='$(compat-compiler)' $(CONFIG_SHELL) $(src)/module/compat.sh $< $(CC) $(c_flags) >$@

ifdef CONFIG_MODULES
compat-compiler := $(shell $(CC) --version | head -n 1)
endif

$(compat-defines): $(src)/module/compat.h $(src)/module/compat.sh FORCE
	$(call if_changed_dep,compat)

targets += module/compat.defines
