/* SPDX-License-Identifier: MIT */
/*
 * Classes of instructions: what costs more on hardware than QEMU's count says.
 */
#ifndef BENCH_PLUGIN_CLASS_H
#define BENCH_PLUGIN_CLASS_H

#include <stdint.h>

enum insn_class {
	CLASS_OTHER,
	CLASS_SYSREG_READ,
	CLASS_SYSREG_WRITE,
	CLASS_BARRIER,
	CLASS_TLB,
	CLASS_CACHE,
	CLASS_RETURN,
	CLASSES,
};

/* As the columns are called; the first one is all instructions */
#define CLASS_NAMES	"instructions sysreg-reads sysreg-writes barriers tlb cache returns entries"

enum insn_class insn_classify(uint32_t opcode);

#endif /* BENCH_PLUGIN_CLASS_H */
