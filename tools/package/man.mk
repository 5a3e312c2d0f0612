# SPDX-License-Identifier: GPL-2.0-only
#
# Manual pages, by rst2man from Documentation/man. Without it there are none.

MAN_PAGES := $(patsubst Documentation/man/%.rst,%,$(wildcard Documentation/man/*.rst))
RST2MAN	:= $(firstword $(shell command -v rst2man) $(shell command -v rst2man.py))
ifeq ($(RST2MAN),)
MAN_PAGES :=
endif

# rst2man has a paragraph before the first one, and a font of another name than mandoc
MAN_SED	:= s/@VERSION@/$(VERSION)/; s/@DATE@/$(DATE)/; s/^\.ft C$$/.ft CR/; /^\.SH /{n; /^\.sp$$/d}

.PHONY: man
man: $(addprefix $(O)/man/,$(MAN_PAGES))

$(O)/man/%: Documentation/man/%.rst Documentation/avm.rst Documentation/abi.rst tools/lib/armvcpu.h dkms.conf
	@mkdir -p $(@D)
	$(RST2MAN) --strip-comments --halt=warning $< >$@.raw
	@sed '$(MAN_SED)' $@.raw >$@
	@rm $@.raw
