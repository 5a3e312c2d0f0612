# SPDX-License-Identifier: GPL-2.0-only
#
#   make            the module, for the running kernel (or KDIR=<headers>), and the tools
#   make run        an emulated arm64 host with an unmodified U-Boot in a VM of ours
#   make test       the selftests on the whole matrix of emulated hosts
#   make mutants    defects that the selftests have to find
#   make fuzz       commands, guests or a GIC at random, for as long as you like
#   make install    module, programs, manual pages (PREFIX=, DESTDIR=); make uninstall
#   make bench      what an exit costs, beside KVM
#   make check      everything that can be checked without running it
#   make proof      what a model checker proves of it
#   make help       all of it
#
# The rules of the module are in Kbuild: make -C /lib/modules/$(uname -r)/build M=$PWD modules works as well.

O ?= $(CURDIR)/build
# Ours alone: to kbuild, which any make below us would hand it on to, it is something else.
MAKEOVERRIDES := $(filter-out O=%,$(MAKEOVERRIDES))
CACHE := $(or $(ARM_VCPU_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/arm_vcpu)

# Elsewhere than on arm64, the headers that `make run` has unpacked will do, and so will its libraries.
ifeq ($(shell uname -m),aarch64)
KDIR ?= /lib/modules/$(shell uname -r)/build
else
KDIR ?= $(lastword $(wildcard $(CACHE)/trees/linux-image-rt-arm64-bookworm/usr/src/linux-headers-*-rt-arm64))
CROSS_COMPILE ?= aarch64-linux-gnu-
endif
SYSROOT ?= $(wildcard $(CACHE)/trees/sysroot)

# What the user types reaches the scripts as it is, its dollar signs too.
override export ARGS := $(value ARGS)
override export GUEST := $(value GUEST)
override export APPEND := $(value APPEND)
override export QEMU_EXTRA := $(value QEMU_EXTRA)

# What takes long ends with make, whatever ends that.
TIED = setpriv --pdeathsig TERM

KBUILD = $(MAKE) -C $(KDIR) M=$(CURDIR) ARCH=arm64 CROSS_COMPILE=$(CROSS_COMPILE) CONFIG_DEBUG_INFO_BTF_MODULES=

VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"$$/\1/p' dkms.conf)
DATE := $(shell sed -n 's/^\#\# .*(\(.*\))$$/\1/p' CHANGELOG.md | head -n 1)

.PHONY: all module tools deb run test mutants fuzz bench bench-profile check lint proof clean help
all: module tools

module:
	@test -e "$(KDIR)/Makefile" || { echo "arm_vcpu: there are no arm64 kernel headers in '$(KDIR)':" \
		"name some with KDIR= (make run and make test bring their own)" >&2; exit 1; }
	+$(KBUILD) modules

tools:
	@mkdir -p $(O)/tools
	$(MAKE) -C tools O=$(O)/tools SYSROOT=$(SYSROOT) CROSS_COMPILE=$(CROSS_COMPILE)

include tools/package/man.mk
include tools/package/install.mk

deb:
	@$(TIED) tools/package/deb

run:
	@$(TIED) tools/host/run

test:
	@$(TIED) tools/host/test

mutants:
	@$(TIED) tools/host/mutants

fuzz:
	@$(TIED) tools/host/fuzz

bench:
	@$(TIED) tools/bench/run

bench-profile:
	@$(TIED) tools/bench/profile

check lint:
	@tools/check/all

proof:
	@$(TIED) tools/check/proof

clean:
	rm -rf $(O)
	+@test ! -e "$(KDIR)/Makefile" || $(KBUILD) clean

help:
	@sed -n 's/^# \{0,2\}//; 3,/make help/p' Makefile
	@echo
	@sed -n 's/^#  //p' tools/package/deb tools/host/run tools/host/test tools/host/mutants tools/host/fuzz tools/bench/run tools/bench/profile tools/check/proof
