// SPDX-License-Identifier: MIT
/*
 * hello: a whole virtual machine monitor.
 *
 * Its guest prints "Hello" by storing to an address where there is no memory, and
 * powers the machine off.  Each store comes back here as an MMIO_WRITE exit: this
 * program is the UART.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "armvcpu.h"

#define RAM	0x40000000
#define UART	0x09000000

/* The guest: AArch64 instructions that run at EL1 with the MMU off, and a string */
static const struct {
	__u32 code[10];
	char message[8];
} guest = {
	{
		0x10000141,	/*	adr	x1, message		*/
		0xd2a12002,	/*	mov	x2, #0x09000000		*/
		0x39400020,	/* next:	ldrb	w0, [x1]		*/
		0x34000080,	/*	cbz	w0, off			*/
		0x39000040,	/*	strb	w0, [x2]		an MMIO_WRITE exit */
		0x91000421,	/*	add	x1, x1, #1		*/
		0x17fffffc,	/*	b	next			*/
		0x52b08000,	/* off:	mov	w0, #0x84000000		*/
		0x72800100,	/*	movk	w0, #0x0008		PSCI SYSTEM_OFF */
		0xd4000002,	/*	hvc	#0			a SYSTEM_DOWN exit */
	},
	"Hello\n"
};

/* Answer one exit.  Returns 0 when the guest has powered off. */
static int handle(struct arm_vcpu_run *run)
{
	switch (run->exit_reason) {
	case ARM_VCPU_EXIT_MMIO_WRITE:
		if (run->mmio.addr == UART)
			putchar((int)run->mmio.data);
		return 1;
	case ARM_VCPU_EXIT_SYSTEM_DOWN:
		return 0;
	case ARM_VCPU_EXIT_NONE:
	case ARM_VCPU_EXIT_TIMER:
		return 1;
	default:
		errx(1, "%s at pc %#llx", armvcpu_exit_name(run->exit_reason), run->pc);
	}
}

/* All that can go wrong here is the host, so all is said in one way */
static void check(int rc, const char *what)
{
	if (rc) {
		errno = -rc;
		err(1, "%s", what);
	}
}

int main(void)
{
	struct armvcpu_vm vm;
	struct armvcpu_cpu cpu;
	void *memory;

	check(armvcpu_open(&vm), ARMVCPU_DEVICE);

	/* one page of RAM, with the guest's code in it */
	memory = mmap(NULL, vm.info.page_size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		err(1, "memory for the guest");
	memcpy(memory, &guest, sizeof(guest));
	check(armvcpu_set_memory(&vm, RAM, memory, vm.info.page_size, 0), "SET_MEMORY");

	check(armvcpu_create(&vm, 0, &cpu), "CREATE_VCPU");
	check(armvcpu_set_entry(&cpu, RAM, 0), "SET_ENTRY");
	do
		check(armvcpu_run(&cpu), "RUN");
	while (handle(cpu.run));

	return 0;
}
