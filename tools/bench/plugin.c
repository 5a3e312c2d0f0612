// SPDX-License-Identifier: MIT
/*
 * A QEMU plugin that counts what is executed between marker.h's marks, over all CPUs and
 * exception levels.  Argument: out=FILE.  The file gets, for each sample of bench,
 *
 *	sample <operation> <count>...		one count for each of CLASS_NAMES
 *
 * and, after an operation's last sample, its cheapest one by address:
 *
 *	at <operation> <address> <opcode> <class> <times executed>
 *
 * where operations are numbered as they come.  Until the first mark the machine runs with next
 * to no instrumentation.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "marker.h"
#include "plugin_api.h"
#include "plugin_class.h"

#define BUCKETS		(1U << 16)
#define CPUS_MAX	8
#define VECTOR_ALIGN	0x80

/**
 * struct slot - an instruction at an address
 * @next: in its bucket
 * @address: virtual
 * @opcode: as fetched
 * @class: of the opcode
 * @branch: what follows it may be elsewhere
 * @sample: the last one that executed it
 * @count: times in that
 * @best: times in the operation's cheapest sample
 */
struct slot {
	struct slot *next;
	uint64_t address;
	uint32_t opcode;
	enum insn_class class;
	bool branch;
	uint64_t sample;
	uint64_t count;
	uint64_t best;
};

QEMU_PLUGIN_EXPORT int qemu_plugin_version = 1;

static struct slot *buckets[BUCKETS];
static const struct slot *last[CPUS_MAX];
static qemu_plugin_id_t plugin;
static FILE *out;
static bool armed, active;
static int operation = -1;
static uint64_t sample, best;
static uint64_t counts[CLASSES + 1];

#define for_each_slot(slot)						\
	for (unsigned int b = 0; b < BUCKETS; b++)			\
		for (slot = buckets[b]; slot; slot = slot->next)

/* B, BL, B.cond, CBZ, TBZ, BR, RET, ERET; not SVC, HVC and SMC, which are entries */
static bool is_branch(uint32_t op)
{
	return (op & 0x7c000000) == 0x14000000 || (op & 0xfe000000) == 0x54000000 ||
	       (op & 0x7c000000) == 0x34000000 || (op & 0xfe000000) == 0xd6000000;
}

/* The same address can hold different code at different times, and of different ELs */
static struct slot *slot_find(uint64_t address, uint32_t opcode)
{
	struct slot **bucket = &buckets[(address >> 2 ^ address >> 22) % BUCKETS], *slot;

	for (slot = *bucket; slot; slot = slot->next)
		if (slot->address == address && slot->opcode == opcode)
			return slot;
	slot = calloc(1, sizeof(*slot));
	if (!slot)
		abort();
	slot->next = *bucket;
	slot->address = address;
	slot->opcode = opcode;
	slot->class = insn_classify(opcode);
	slot->branch = is_branch(opcode);
	*bucket = slot;
	return slot;
}

/*
 * An exception was taken if a vector follows what doesn't branch.  An interrupt that comes just
 * after a branch is missed.
 */
static bool is_entry(const struct slot *before, const struct slot *slot)
{
	return before && !before->branch && slot->address != before->address + 4 &&
	       !(slot->address % VECTOR_ALIGN);
}

static void on_insn(unsigned int cpu, void *data)
{
	struct slot *slot = data;

	if (active) {
		if (slot->sample != sample) {
			slot->sample = sample;
			slot->count = 0;
		}
		slot->count++;
		counts[slot->class]++;
		counts[CLASSES] += is_entry(last[cpu % CPUS_MAX], slot);
	}
	last[cpu % CPUS_MAX] = slot;
}

static void on_start(unsigned int cpu, void *data)
{
	(void)cpu;
	(void)data;
	active = true;
	sample++;
	memset(counts, 0, sizeof(counts));
}

static void on_stop(unsigned int cpu, void *data)
{
	struct slot *slot;
	uint64_t total = 0;

	(void)cpu;
	(void)data;
	if (!active)
		return;
	active = false;
	for (int i = 0; i < CLASSES; i++)
		total += counts[i];
	counts[CLASS_OTHER] = total;
	fprintf(out, "sample %d", operation);
	for (int i = 0; i <= CLASSES; i++)
		fprintf(out, " %" PRIu64, counts[i]);
	fputc('\n', out);

	if (best && total >= best)
		return;
	best = total;
	for_each_slot(slot)
		slot->best = slot->sample == sample ? slot->count : 0;
}

static void finish_operation(void)
{
	struct slot *slot;

	if (best)
		for_each_slot(slot)
			if (slot->best)
				fprintf(out, "at %d %016" PRIx64 " %08x %d %" PRIu64 "\n",
					operation, slot->address, slot->opcode, slot->class,
					slot->best);
	fflush(out);
	best = 0;
	for_each_slot(slot)
		slot->best = 0;
}

static void on_quit(qemu_plugin_id_t id, void *data)
{
	(void)id;
	(void)data;
	finish_operation();
	fclose(out);
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);

static void subscribe(qemu_plugin_id_t id)
{
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
	qemu_plugin_register_atexit_cb(id, on_quit, NULL);
}

static void on_operation(unsigned int cpu, void *data)
{
	(void)cpu;
	(void)data;
	finish_operation();
	operation++;
	if (armed)
		return;
	/* From now on each instruction is looked at: what was translated before goes */
	armed = true;
	qemu_plugin_reset(plugin, subscribe);
}

static qemu_plugin_insn_exec_cb mark_handler(uint32_t opcode)
{
	switch (opcode) {
	case MARK_OPCODE(MARK_OPERATION):
		return on_operation;
	case MARK_OPCODE(MARK_START):
		return on_start;
	case MARK_OPCODE(MARK_STOP):
		return on_stop;
	}
	return NULL;
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb);

	(void)id;
	for (size_t i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		qemu_plugin_insn_exec_cb handler;
		void *data = NULL;
		uint32_t opcode;

		memcpy(&opcode, qemu_plugin_insn_data(insn), sizeof(opcode));
		handler = mark_handler(opcode);
		if (!handler && armed) {
			handler = on_insn;
			data = slot_find(qemu_plugin_insn_vaddr(insn), opcode);
		}
		if (handler)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, handler,
							       QEMU_PLUGIN_CB_NO_REGS, data);
	}
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info,
					   int argc, char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++)
		if (!strncmp(argv[i], "out=", 4))
			out = fopen(argv[i] + 4, "w");
	if (!out) {
		fputs("plugin: out=FILE is missing, or can't be written\n", stderr);
		return 1;
	}
	plugin = id;
	subscribe(id);
	return 0;
}
