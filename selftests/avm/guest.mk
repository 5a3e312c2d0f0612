# SPDX-License-Identifier: MIT
#
# The guest of avm's tests, in the three formats that avm loads.

TEST_GEN_FILES += avm/guest.elf avm/guest.bin avm/guest.Image
TEST_FILES += avm/common.inc

AVM_GUEST := $(addprefix avm/,guest_start.S guest.c guest_psci.c guest_devices.c guest_edge.c \
	guest_abort.c guest_gic.c)
AVM_GUEST_CFLAGS = -std=gnu11 -O2 -Wall -Wextra -Werror -ffreestanding $(GUEST_CFLAGS) \
	-nostdlib -static -no-pie -Wl,--build-id=none,--no-warn-rwx-segments,-T,avm/guest.lds
AVM_GUEST_DEPS := $(AVM_GUEST) avm/guest.h avm/guest.lds avm/guest.mk

$(OUTPUT)/avm/guest.elf: $(AVM_GUEST_DEPS)
	$(call msg,GUEST,,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(AVM_GUEST_CFLAGS) -o $@ $(AVM_GUEST)

$(OUTPUT)/avm/image.elf: $(AVM_GUEST_DEPS)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(AVM_GUEST_CFLAGS) -DIMAGE -o $@ $(AVM_GUEST)

$(OUTPUT)/avm/guest.bin: $(OUTPUT)/avm/guest.elf
	$(call msg,GUEST,,$@)
	$(Q)$(CROSS_COMPILE)objcopy -O binary $< $@

$(OUTPUT)/avm/guest.Image: $(OUTPUT)/avm/image.elf
	$(call msg,GUEST,,$@)
	$(Q)$(CROSS_COMPILE)objcopy -O binary $< $@

EXTRA_CLEAN += $(OUTPUT)/avm/image.elf
