/* SPDX-License-Identifier: MIT */
/*
 * QEMU's plugin interface, version 1, as far as plugin.c needs it: distributions package QEMU
 * without its header.  Described in QEMU's documentation, "QEMU TCG Plugins".
 */
#ifndef BENCH_PLUGIN_API_H
#define BENCH_PLUGIN_API_H

#include <stddef.h>
#include <stdint.h>

#define QEMU_PLUGIN_EXPORT	__attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;

struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_info_t;

enum qemu_plugin_cb_flags {
	QEMU_PLUGIN_CB_NO_REGS,
	QEMU_PLUGIN_CB_R_REGS,
	QEMU_PLUGIN_CB_RW_REGS,
};

typedef void (*qemu_plugin_tb_trans_cb)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
typedef void (*qemu_plugin_insn_exec_cb)(unsigned int cpu, void *data);
typedef void (*qemu_plugin_simple_cb)(qemu_plugin_id_t id);
typedef void (*qemu_plugin_atexit_cb)(qemu_plugin_id_t id, void *data);

/* Of a block of instructions that has been translated */
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, qemu_plugin_tb_trans_cb cb);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);

/* Before each execution of the instruction */
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    qemu_plugin_insn_exec_cb cb,
					    enum qemu_plugin_cb_flags flags, void *data);

/* Forget all callbacks and translations, then call back, and begin again */
void qemu_plugin_reset(qemu_plugin_id_t id, qemu_plugin_simple_cb cb);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, qemu_plugin_atexit_cb cb, void *data);

#endif /* BENCH_PLUGIN_API_H */
