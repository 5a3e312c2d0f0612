# SPDX-License-Identifier: MIT
#
# A program for both ends of a socket between a guest and its host.

TEST_GEN_FILES += avm/vsock_pipe

$(OUTPUT)/avm/vsock_pipe: avm/vsock_pipe.c avm/vsock.mk
	$(call msg,CC,,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -O2 -Wall -Wextra -Werror -static -o $@ $<
