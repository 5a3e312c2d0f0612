# SPDX-License-Identifier: GPL-2.0-only
#
# The kernel's own tests of timers, those that judge no latency and ask for nothing new. A Linux guest runs them, and
# its host beside it.

TIMERS_SOURCES := $(KSELFTEST_DIR)/timers
TEST_GEN_FILES += $(addprefix timers/,nanosleep inconsistency-check threadtest)

# they are the kernel's: as its own Makefile builds them, but static
$(OUTPUT)/timers/%: $(TIMERS_SOURCES)/%.c
	$(call msg,TIMERS,,$@)
	$(Q)mkdir -p $(@D) && $(CC) -O3 -static -w $< -o $@ -lrt -lpthread -lm
