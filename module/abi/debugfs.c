// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters in debugfs: a line "name value" for each.
 *
 *   arm_vcpu/stats                    since the module was loaded
 *   arm_vcpu/<pid>-<number>/stats     a VM's, those of vCPUs that are gone included
 *   arm_vcpu/<pid>-<number>/vcpu<id>/stats
 *
 * To remove a file waits for its readers, so none finds what is freed; and readers take
 * locks, so files are removed with none of these held.  Without debugfs all of
 * this does nothing, and nobody looks whether it does.
 */
#include <linux/debugfs.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/seq_file.h>

#include "guest/stat.h"
#include "debugfs.h"

static struct dentry *root;

/* For these three; outside a VM's lock */
static DEFINE_MUTEX(vms_lock);
static LIST_HEAD(vms);
static unsigned int next_number;
static u64 stats_gone[VCPU_STATS];

static void add(u64 *values, const u64 *more)
{
	unsigned int i;

	for (i = 0; i < VCPU_STATS; i++)
		values[i] += more[i];
}

static void add_vm(u64 *values, struct vm *vm)
{
	struct vcpu *vcpu;

	mutex_lock(&vm->lock);
	add(values, vm->stats_gone);
	list_for_each_entry(vcpu, &vm->vcpus, node)
		stat_add(vcpu, values);
	mutex_unlock(&vm->lock);
}

static int print(struct seq_file *file, const u64 *values)
{
	unsigned int i;

	for (i = 0; i < VCPU_STATS; i++)
		seq_printf(file, "%s %llu\n", stat_name(i), values[i]);
	return 0;
}

static int vcpu_stats_show(struct seq_file *file, void *unused)
{
	u64 values[VCPU_STATS];

	stat_read(file->private, values);
	return print(file, values);
}
DEFINE_SHOW_ATTRIBUTE(vcpu_stats);

static int vm_stats_show(struct seq_file *file, void *unused)
{
	u64 values[VCPU_STATS] = { };

	add_vm(values, file->private);
	return print(file, values);
}
DEFINE_SHOW_ATTRIBUTE(vm_stats);

static int all_stats_show(struct seq_file *file, void *unused)
{
	u64 values[VCPU_STATS] = { };
	struct vm *vm;

	mutex_lock(&vms_lock);
	add(values, stats_gone);
	list_for_each_entry(vm, &vms, all)
		add_vm(values, vm);
	mutex_unlock(&vms_lock);
	return print(file, values);
}
DEFINE_SHOW_ATTRIBUTE(all_stats);

void debugfs_init(void)
{
	root = debugfs_create_dir("arm_vcpu", NULL);
	debugfs_create_file("stats", 0444, root, NULL, &all_stats_fops);
}

void debugfs_exit(void)
{
	debugfs_remove(root);
}

/**
 * debugfs_add_vm() - count in a VM
 * @vm: new.  It gets its folder with its first vCPU, when it is known whose it is.
 */
void debugfs_add_vm(struct vm *vm)
{
	mutex_lock(&vms_lock);
	vm->number = ++next_number;
	list_add_tail(&vm->all, &vms);
	mutex_unlock(&vms_lock);
}

/**
 * debugfs_remove_vm() - count out a VM
 * @vm: has no vCPU any more
 */
void debugfs_remove_vm(struct vm *vm)
{
	debugfs_remove(vm->debugfs);
	mutex_lock(&vms_lock);
	list_del(&vm->all);
	add(stats_gone, vm->stats_gone);
	mutex_unlock(&vms_lock);
}

/**
 * debugfs_add_vcpu() - show a vCPU
 * @vcpu: in its VM's list; vm->setup is held
 */
void debugfs_add_vcpu(struct vcpu *vcpu)
{
	struct vm *vm = vcpu->vm;
	char name[32];

	lockdep_assert_held(&vm->setup);
	if (!vm->debugfs) {
		snprintf(name, sizeof(name), "%d-%u", task_tgid_nr(current), vm->number);
		vm->debugfs = debugfs_create_dir(name, root);
		debugfs_create_file("stats", 0444, vm->debugfs, vm, &vm_stats_fops);
	}
	snprintf(name, sizeof(name), "vcpu%u", vcpu->id);
	vcpu->debugfs = debugfs_create_dir(name, vm->debugfs);
	debugfs_create_file("stats", 0444, vcpu->debugfs, vcpu, &vcpu_stats_fops);
}

/**
 * debugfs_remove_vcpu() - take a vCPU's files away
 * @vcpu: its VM's lock isn't held
 */
void debugfs_remove_vcpu(struct vcpu *vcpu)
{
	debugfs_remove(vcpu->debugfs);
}
