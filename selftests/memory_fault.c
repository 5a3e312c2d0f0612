// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows MEMORY_FAULT: an access outside all regions without a valid syndrome (LDP, STP,
 * writeback, SIMD, exclusives, DC ZVA), a fetch from nowhere, a fault of the guest's table
 * walk, and a region with no memory behind it.  pc doesn't move, and RUN tries again.
 */
#include <asm/hwcap.h>
#include <errno.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include "kselftest_harness.h"
#include "vm.h"

#define ADDRESS	(GUEST_MMIO + 0x340)

#define ACCESS(name, text) GUEST_ASM(guest_##name, text "\n hvc #1\n b .")
#define FP	"mov x9, #(3 << 20)\n msr cpacr_el1, x9\n isb\n"

ACCESS(ldp, "nop\n nop\n nop\n ldp x2, x3, [x1]");
ACCESS(ldpsw, "nop\n nop\n nop\n ldpsw x2, x3, [x1]");
ACCESS(stp, "nop\n nop\n nop\n stp x2, x3, [x1]");
ACCESS(ldr_post, "nop\n nop\n nop\n ldr x2, [x1], #8");
ACCESS(ldr_pre, "sub x1, x1, #8\n nop\n nop\n ldr x2, [x1, #8]!");
ACCESS(str_post, "nop\n nop\n nop\n str w2, [x1], #4");
ACCESS(ldrb_post, "nop\n nop\n nop\n ldrb w2, [x1], #1");
ACCESS(ldr_q, FP "ldr q0, [x1]");
ACCESS(str_d, FP "str d0, [x1]");
ACCESS(ld1, FP "ld1 {v0.16b}, [x1]");
ACCESS(st1, FP "st1 {v0.8b}, [x1]");
ACCESS(ldxr, "nop\n nop\n nop\n ldxr x2, [x1]");
ACCESS(ldaxr, "nop\n nop\n nop\n ldaxr w2, [x1]");
ACCESS(ldxp, "nop\n nop\n nop\n ldxp x2, x3, [x1]");
ACCESS(ldadd, ".arch_extension lse\n nop\n nop\n nop\n ldadd x2, x3, [x1]");
ACCESS(swp, ".arch_extension lse\n nop\n nop\n nop\n swpal w2, w3, [x1]");
ACCESS(cas, ".arch_extension lse\n nop\n nop\n nop\n cas x3, x2, [x1]");
ACCESS(dc_cvap, "nop\n nop\n nop\n sys #3, c7, c12, #1, x1");
ACCESS(dc_zva, "nop\n nop\n nop\n dc zva, x1");

FIXTURE(fault) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
};

FIXTURE_SETUP(fault)
{
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
}

FIXTURE_TEARDOWN(fault)
{
	vm_destroy(&self->vm);
}

/* The instruction that faults is each piece's fourth */
static const struct {
	const char *name;
	const void *code;
	u32 access;
} accesses[] = {
	{ "ldp", guest_ldp, ARM_VCPU_ACCESS_READ },
	{ "ldpsw", guest_ldpsw, ARM_VCPU_ACCESS_READ },
	{ "stp", guest_stp, ARM_VCPU_ACCESS_WRITE },
	{ "ldr post-index", guest_ldr_post, ARM_VCPU_ACCESS_READ },
	{ "ldr pre-index", guest_ldr_pre, ARM_VCPU_ACCESS_READ },
	{ "str post-index", guest_str_post, ARM_VCPU_ACCESS_WRITE },
	{ "ldrb post-index", guest_ldrb_post, ARM_VCPU_ACCESS_READ },
	{ "ldr q", guest_ldr_q, ARM_VCPU_ACCESS_READ },
	{ "str d", guest_str_d, ARM_VCPU_ACCESS_WRITE },
	{ "ld1", guest_ld1, ARM_VCPU_ACCESS_READ },
	{ "st1", guest_st1, ARM_VCPU_ACCESS_WRITE },
	{ "ldxr", guest_ldxr, ARM_VCPU_ACCESS_READ },
	{ "ldaxr", guest_ldaxr, ARM_VCPU_ACCESS_READ },
	{ "ldxp", guest_ldxp, ARM_VCPU_ACCESS_READ },
	{ "ldadd", guest_ldadd, ARM_VCPU_ACCESS_WRITE },
	{ "swp", guest_swp, ARM_VCPU_ACCESS_WRITE },
	{ "cas", guest_cas, ARM_VCPU_ACCESS_WRITE },
	{ "dc cvap", guest_dc_cvap, ARM_VCPU_ACCESS_READ },
	{ "dc zva", guest_dc_zva, ARM_VCPU_ACCESS_WRITE },
};

/* Does the CPU have this instruction? */
static bool has(const void *code)
{
	unsigned long hwcap = getauxval(AT_HWCAP);

	if (code == guest_dc_cvap)
		return hwcap & HWCAP_DCPOP;
	if (code == guest_ldadd || code == guest_swp || code == guest_cas)
		return hwcap & HWCAP_ATOMICS;
	return true;
}

/* Until the vCPU has got to the access: the FP trap may be an exit NONE on the way */
static void reaches(struct __test_metadata *_metadata, FIXTURE_DATA(fault) *self, u32 i)
{
	struct arm_vcpu_run *run = self->run;

	ASSERT_EQ(ARM_VCPU_EXIT_MEMORY_FAULT, vcpu_next(self->vcpu)) {
		TH_LOG("%s: %s", accesses[i].name, exit_name(run->exit_reason));
	}
	EXPECT_EQ(vm_gpa(accesses[i].code) + 12, run->pc) TH_LOG("%s", accesses[i].name);
	EXPECT_EQ(0, run->pending);
	EXPECT_EQ(EC_DABT_LOWER, ESR_EC(run->esr));
	EXPECT_EQ(0, run->esr & 1 << 24);		/* ISV */
	EXPECT_EQ(ADDRESS, run->far);
	EXPECT_EQ(ADDRESS, run->ipa);
	EXPECT_EQ(ADDRESS, run->fault.addr);
	/* QEMU doesn't tell maintenance (CM) from a load */
	EXPECT_EQ(accesses[i].access, run->fault.access & ~ARM_VCPU_ACCESS_CACHE) {
		TH_LOG("%s", accesses[i].name);
	}
	EXPECT_EQ(0, run->fault.error);
}

TEST_F(fault, accesses_without_a_syndrome_are_faults_and_pc_stays)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(accesses); i++) {
		if (!has(accesses[i].code))
			continue;
		vcpu_enter(self->vcpu, accesses[i].code, 0, ADDRESS);
		self->run->x[2] = 0x22;
		reaches(_metadata, self, i);
		EXPECT_EQ(0x22, self->run->x[2]);
		reaches(_metadata, self, i);	/* it's tried again */
	}
}

TEST_F(fault, with_memory_put_there_run_goes_on)
{
	u64 *page = map_pages(page_size());
	u64 base = ADDRESS & ~(page_size() - 1);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(accesses); i++) {
		if (!has(accesses[i].code))
			continue;
		vcpu_enter(self->vcpu, accesses[i].code, 0, ADDRESS);
		reaches(_metadata, self, i);
		ASSERT_EQ(0, vm_memory(self->vm.fd, 0, base, page_size(), page));
		page[(ADDRESS - base) / 8] = 0x1122334455667788;
		vcpu_expect_call(self->vcpu, 1);
		if (accesses[i].code == guest_ldr_post) {
			EXPECT_EQ(0x1122334455667788, self->run->x[2]);
			EXPECT_EQ(ADDRESS + 8, self->run->x[1]);
		}
		ASSERT_EQ(0, vm_memory(self->vm.fd, 0, base, 0, NULL));
	}
}

TEST_F(fault, the_vmm_can_emulate_and_step_over)
{
	vcpu_enter(self->vcpu, guest_ldp, 0, ADDRESS);
	vcpu_expect(self->vcpu, MEMORY_FAULT);
	self->run->x[2] = 7;
	self->run->x[3] = 8;
	self->run->pc += 4;
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(7, self->run->x[2]);
	EXPECT_EQ(8, self->run->x[3]);
}

TEST_F(fault, a_fetch_from_nowhere_is_a_fault)
{
	int i;

	ASSERT_EQ(0, vcpu_set_entry(self->vcpu, ADDRESS, 0, 0, 0, 0));
	for (i = 0; i < 2; i++) {
		vcpu_expect(self->vcpu, MEMORY_FAULT);
		EXPECT_EQ(ARM_VCPU_ACCESS_EXEC, self->run->fault.access);
		EXPECT_EQ(ADDRESS, self->run->fault.addr);
		EXPECT_EQ(ADDRESS, self->run->pc);
		EXPECT_EQ(EC_IABT_LOWER, ESR_EC(self->run->esr));
		EXPECT_EQ(0, self->run->fault.error);
	}
	self->run->pc = vm_gpa(guest_hvc);
	vcpu_expect_call(self->vcpu, CALL_SYNC);
}

/* Addresses that stage 2 can't translate at all, however it is filled */
TEST_F(fault, beyond_the_ipa_size_pairs_and_fetches_are_faults)
{
	struct arm_vcpu_info info;
	u64 beyond;

	ASSERT_EQ(0, vm_info(self->vm.fd, &info));
	beyond = 1UL << info.ipa_bits_default;
	if (info.ipa_bits_default == info.ipa_bits_max)
		SKIP(return, "hardware: its addresses end there");
	vcpu_enter(self->vcpu, guest_ldp, 0, beyond + 0x40);
	vcpu_expect(self->vcpu, MEMORY_FAULT);
	EXPECT_EQ(ARM_VCPU_ACCESS_READ, self->run->fault.access);
	EXPECT_EQ(beyond + 0x40, self->run->fault.addr);
	EXPECT_EQ(vm_gpa(guest_ldp) + 12, self->run->pc);
	ASSERT_EQ(0, vcpu_set_entry(self->vcpu, beyond + 0x40, 0, 0, 0, 0));
	vcpu_expect(self->vcpu, MEMORY_FAULT);
	EXPECT_EQ(ARM_VCPU_ACCESS_EXEC, self->run->fault.access);
	EXPECT_EQ(beyond + 0x40, self->run->fault.addr);
	EXPECT_EQ(beyond + 0x40, self->run->pc);
}

static u64 __guest guest_walks_nowhere(void)
{
	guest_mmu_on(GUEST_TABLES);
	return guest_read32(GUEST_NOTABLE + 0x123450);
}

static u64 __guest guest_jumps_nowhere(void)
{
	guest_mmu_on(GUEST_TABLES);
	asm volatile("br %0" : : "r" (GUEST_NOTABLE + 0x123450));
	return 0;
}

TEST_F(fault, a_table_walk_to_nowhere_is_a_fault)
{
	static const void * const code[] = { guest_walks_nowhere, guest_jumps_nowhere };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(code); i++) {
		vm_tables(&self->vm);
		vcpu_call(self->vcpu, code[i], 0, 0);
		vcpu_expect(self->vcpu, MEMORY_FAULT);
		EXPECT_NE(0, self->run->fault.access & ARM_VCPU_ACCESS_TABLE_WALK);
		EXPECT_EQ(GUEST_NOWHERE, self->run->fault.addr & ~0xfffUL);
		EXPECT_EQ(GUEST_NOWHERE, self->run->ipa & ~0xfffUL);
		EXPECT_EQ(GUEST_NOTABLE + 0x123450, self->run->far);
		EXPECT_EQ(0, self->run->fault.error);
		EXPECT_EQ(i == 1 ? EC_IABT_LOWER : EC_DABT_LOWER, ESR_EC(self->run->esr));
		vcpu_expect(self->vcpu, MEMORY_FAULT);	/* again */
	}
}

/* The guest's own table lies where stage 2 can't translate: 33 bits, and PARange says 36 */
static u64 __guest guest_walks_beyond(void)
{
	guest_mmu_on(1UL << 34);
	return 0;
}

TEST_F(fault, a_table_walk_beyond_the_ipa_size_is_a_fault)
{
	vm_replace(&self->vm, 33, 0);
	self->vcpu = vcpu_create(&self->vm);
	vcpu_call(self->vcpu, guest_walks_beyond, 0, 0);
	vcpu_expect(self->vcpu, MEMORY_FAULT);
	EXPECT_NE(0, self->vcpu->run->fault.access & ARM_VCPU_ACCESS_TABLE_WALK);
	EXPECT_EQ(1UL << 34, self->vcpu->run->fault.addr & ~0xfffUL);
	EXPECT_EQ(self->vcpu->run->pc, self->vcpu->run->far);
	EXPECT_EQ(0, self->vcpu->run->fault.error);
}

/* A region of one page behind which there is what the test says */
#define HOLE	(GUEST_RAM + 0x10000000UL)

static void holds(struct __test_metadata *_metadata, FIXTURE_DATA(fault) *self,
		  const void *code, u32 access)
{
	int i;

	vcpu_enter(self->vcpu, code, 0, HOLE + 0x48);
	for (i = 0; i < 2; i++) {
		vcpu_expect(self->vcpu, MEMORY_FAULT);
		EXPECT_EQ(access, self->run->fault.access);
		EXPECT_EQ(HOLE + 0x48, self->run->fault.addr);
		EXPECT_EQ(HOLE + 0x48, self->run->far);
		EXPECT_NE(0, self->run->fault.error);
		EXPECT_EQ(vm_gpa(code), self->run->pc);
		EXPECT_EQ(0, self->run->pending);
	}
}

ACCESS(load, "ldr x2, [x1]");
ACCESS(store, "str x1, [x1]");

TEST_F(fault, a_region_without_memory_faults_with_efault_until_there_is_some)
{
	u64 *page = map_pages(page_size());

	munmap(page, page_size());
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, HOLE, page_size(), page));
	holds(_metadata, self, guest_load, ARM_VCPU_ACCESS_READ);
	EXPECT_EQ(EFAULT, self->run->fault.error);
	holds(_metadata, self, guest_store, ARM_VCPU_ACCESS_WRITE);
	EXPECT_EQ(EFAULT, self->run->fault.error);
	ASSERT_EQ(page, mmap(page, page_size(), PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(HOLE + 0x48, page[0x48 / 8]);
}

TEST_F(fault, memory_that_the_process_cannot_touch_faults)
{
	u64 *page = map_pages(page_size());

	page[0x48 / 8] = 99;
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, HOLE, page_size(), page));
	mprotect(page, page_size(), PROT_NONE);
	holds(_metadata, self, guest_load, ARM_VCPU_ACCESS_READ);
	mprotect(page, page_size(), PROT_READ);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(99, self->run->x[2]);
}

TEST_F(fault, memory_that_the_process_cannot_write_faults_on_writes)
{
	u64 *page = map_pages(page_size());

	page[0x48 / 8] = 99;
	mprotect(page, page_size(), PROT_READ);
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, HOLE, page_size(), page));
	vcpu_enter(self->vcpu, guest_load, 0, HOLE + 0x48);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(99, self->run->x[2]);
	holds(_metadata, self, guest_store, ARM_VCPU_ACCESS_WRITE);
	EXPECT_EQ(99, page[0x48 / 8]);
}

TEST_F(fault, a_file_that_is_too_short_faults)
{
	int fd = (int)syscall(SYS_memfd_create, "short", 0);
	u64 *page;

	ASSERT_LE(0, fd);
	page = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, page);
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, HOLE, page_size(), page));
	holds(_metadata, self, guest_store, ARM_VCPU_ACCESS_WRITE);
	ASSERT_EQ(0, ftruncate(fd, (off_t)page_size()));
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(HOLE + 0x48, page[0x48 / 8]);
}

TEST_F(fault, a_fetch_from_a_region_without_memory_faults)
{
	void *page = map_pages(page_size());

	munmap(page, page_size());
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, HOLE, page_size(), page));
	ASSERT_EQ(0, vcpu_set_entry(self->vcpu, HOLE + 8, 0, 0, 0, 0));
	vcpu_expect(self->vcpu, MEMORY_FAULT);
	EXPECT_EQ(ARM_VCPU_ACCESS_EXEC, self->run->fault.access);
	EXPECT_EQ(EFAULT, self->run->fault.error);
	EXPECT_EQ(HOLE + 8, self->run->fault.addr);
}

TEST_HARNESS_MAIN
