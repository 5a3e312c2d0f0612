# SPDX-License-Identifier: GPL-2.0-only
#
# make install, make uninstall: by hand what the packages do (make deb). make install-dkms: the module's sources alone, to
# where dkms looks for them.
#
#   PREFIX=/usr/local       where programs, library and manual pages go
#   LIBDIR=                 where the library goes, if not into lib of PREFIX
#   DESTDIR=                a folder that stands for /; nothing there is told to the system
#   INSTALL_MOD_PATH=       the same for the module alone, as the kernel has it: with its lists for modprobe
#   UDEVDIR=                where udev's rule goes
#
# The module is signed if the kernel's own key is in KDIR, and else isn't: dkms has a key, where one is needed.

PREFIX	?= /usr/local
LIBDIR	?= $(PREFIX)/lib
UDEVDIR	?= $(if $(filter /usr,$(PREFIX)),/usr/lib/udev,/etc/udev)
INSTALL	?= install

RELEASE = $(shell cat $(KDIR)/include/config/kernel.release)
MODROOT	= $(or $(INSTALL_MOD_PATH),$(DESTDIR))
MODULES	= $(addprefix $(MODROOT)/lib/modules/$(RELEASE)/updates/,$(foreach m,arm_vcpu arm_vcpu_kvm,$(addprefix $m.ko,.xz .gz .zst) $m.ko))
UNSIGNED = $(if $(wildcard $(KDIR)/certs/signing_key.pem),,CONFIG_MODULE_SIG_ALL=)
DEPMOD	?= PATH=$$PATH:/usr/sbin:/sbin depmod

# source:folder:mode of what isn't the module
FILES	= $(O)/tools/avm:$(PREFIX)/bin:755 \
	$(O)/tools/hello:$(PREFIX)/lib/arm_vcpu:755 \
	$(O)/tools/libarmvcpu.a:$(LIBDIR):644 \
	$(O)/tools/libarmvcpu.pc:$(LIBDIR)/pkgconfig:644 \
	tools/lib/armvcpu.h:$(PREFIX)/include:644 \
	uapi/linux/arm_vcpu.h:$(PREFIX)/include/linux:644 \
	tools/package/60-arm-vcpu.rules:$(UDEVDIR)/rules.d:644 \
	tools/package/completion/avm:$(PREFIX)/share/bash-completion/completions:644 \
	tools/package/completion/_avm:$(PREFIX)/share/zsh/site-functions:644 \
	$(foreach page,$(MAN_PAGES),$(O)/man/$(page):$(PREFIX)/share/man/man$(subst .,,$(suffix $(page))):644)

field = $(word $(2),$(subst :, ,$(1)))
target = $(DESTDIR)$(call field,$(1),2)/$(notdir $(call field,$(1),1))

define install-file
	$(INSTALL) -D -m $(call field,$(1),3) $(call field,$(1),1) $(call target,$(1))

endef

.PHONY: install install-module install-files install-dkms uninstall
install: install-module install-files

install-module: module
	+$(KBUILD) INSTALL_MOD_PATH=$(MODROOT) INSTALL_MOD_DIR=updates $(UNSIGNED) modules_install
	$(if $(DESTDIR),,$(DEPMOD) $(if $(MODROOT),-b $(MODROOT)) $(RELEASE))

install-files: tools man $(O)/tools/libarmvcpu.pc
	$(foreach file,$(FILES),$(call install-file,$(file)))

$(O)/tools/libarmvcpu.pc: tools/package/libarmvcpu.pc.in dkms.conf
	@mkdir -p $(@D)
	sed 's,@PREFIX@,$(PREFIX),; s,@LIBDIR@,$(LIBDIR),; s,@VERSION@,$(VERSION),' $< >$@

uninstall:
	rm -f $(MODULES) $(foreach file,$(FILES),$(call target,$(file)))
	-rmdir $(DESTDIR)$(PREFIX)/lib/arm_vcpu $(MODROOT)/lib/modules/$(RELEASE)/updates 2>/dev/null
	$(if $(DESTDIR),,$(DEPMOD) $(if $(MODROOT),-b $(MODROOT)) $(RELEASE))

SOURCES	= $(shell find Kbuild dkms.conf module uapi LICENSES -type f \( -name '*.[chS]' -o -name '*.sh' -o -name '*.mk' \
	-o -name '*.txt' -o -name Kbuild -o -name dkms.conf \) ! -name '*.mod.c' ! -name '.*')

install-dkms:
	$(INSTALL) -d $(DESTDIR)/usr/src/arm_vcpu-$(VERSION)
	cp --parents $(SOURCES) $(DESTDIR)/usr/src/arm_vcpu-$(VERSION)/
