# SPDX-License-Identifier: GPL-2.0-only
#
# The kernel's own stress test of FP, SVE and SME registers, which fp_stress runs beside guests.

FP_SOURCES := $(KSELFTEST_DIR)/arm64/fp
FP_PROGRAMS := fpsimd-test kernel-test sve-test ssve-test za-test zt-test
TEST_GEN_FILES += $(addprefix fp/,fp-stress $(FP_PROGRAMS))

# they are the kernel's: as its own Makefile builds them, but static
FP_BUILD = $(Q)mkdir -p $(@D) && $(CC) -O2 -static $(KHDR_INCLUDES) -I$(FP_SOURCES)

$(OUTPUT)/fp/fp-stress $(OUTPUT)/fp/kernel-test: $(OUTPUT)/fp/%: $(FP_SOURCES)/%.c
	$(call msg,FP,,$@)
	$(FP_BUILD) -D_GNU_SOURCE -DHWCAP2_SME2='(1UL << 37)' -include $(KSELFTEST_DIR)/kselftest.h -w $< -o $@

$(OUTPUT)/fp/ssve-test: $(FP_SOURCES)/sve-test.S $(FP_SOURCES)/asm-utils.S
	$(call msg,FP,,$@)
	$(FP_BUILD) -DSSVE -nostdlib $^ -o $@

$(OUTPUT)/fp/%-test: $(FP_SOURCES)/%-test.S $(FP_SOURCES)/asm-utils.S
	$(call msg,FP,,$@)
	$(FP_BUILD) -nostdlib $^ -o $@
