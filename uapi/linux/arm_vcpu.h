/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR MIT */
/*
 * /dev/arm_vcpu: virtual machines for AArch64 hosts.
 *
 * An open of /dev/arm_vcpu is a virtual machine; it dies with the last
 * reference to it.  ARM_VCPU_CREATE_VCPU on it returns a file that is a virtual
 * CPU, and mmap() of that file at offset 0 is its run page, struct arm_vcpu_run.
 * The whole of a VMM is: open, SET_MEMORY, CREATE_VCPU, mmap, SET_ENTRY, and RUN
 * in a loop that acts on run->exit_reason.
 *
 * A VM belongs to the address space that first used CONFIGURE, SET_MEMORY, CREATE_VCPU
 * or IOEVENTFD on it with arguments that are valid.  From another one only GET_INFO, KICK
 * and close() work.  A signal may interrupt that first command (EINTR), and a fatal one
 * any of these four, or IRQFD, that waits for another.
 *
 * Every argument struct begins with its size in bytes.  A shorter or longer
 * struct than the kernel's works: what is missing is zero, and what the kernel
 * doesn't know must be zero.  There is no version number: GET_INFO reports
 * features, limits and the accepted flags as bits.
 *
 * What errno means here, whatever the command:
 *
 * ==========  ================================================================
 * EBADF       a descriptor isn't open
 * E2BIG       the struct is larger than the kernel's, and its tail isn't zero
 * EBUSY       it runs already, or it is too late for this command
 * EEXIST      there is one already: the region overlaps, the MPIDR is taken
 * EFAULT      a pointer argument doesn't lead to accessible memory
 * EINTR       a signal is pending; the call can be made again
 * EINVAL      a value that is never valid, or a reserved field that isn't zero
 * EIO         the VM belongs to another address space, or has died
 * EMFILE      no descriptor left for the new file (ENFILE: in the whole system)
 * ENODEV      the host is going down or EL2 was handed back
 * ENOENT      there is no such region, register, vCPU or eventfd
 * ENOEXEC     there was no SET_ENTRY yet, nor a CPU_ON
 * ENOMEM      not enough kernel memory
 * ENOSPC      a limit that GET_INFO reports, or the last VMID, is reached
 * ENOTTY      no such command on this file
 * EOPNOTSUPP  a flag or a feature that this kernel or host doesn't have
 * EPERM       what is asked for is the host's own, see CONFIGURE
 * ERANGE      memory came from where EL2 can't reach, beyond 48 bits
 * ==========  ================================================================
 *
 * Every command that fails has changed nothing, with two exceptions.  A RUN that is
 * interrupted: the guest may have run, and what was pending may have been completed; it can
 * be made again.  And the first of a VM's commands that sets it up: it may have bound the VM.
 */
#ifndef _UAPI_LINUX_ARM_VCPU_H
#define _UAPI_LINUX_ARM_VCPU_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define ARM_VCPU_IOC		0xBF

/* On a VM */
#define ARM_VCPU_GET_INFO	_IO(ARM_VCPU_IOC, 0x00)
#define ARM_VCPU_CONFIGURE	_IO(ARM_VCPU_IOC, 0x01)
#define ARM_VCPU_SET_MEMORY	_IO(ARM_VCPU_IOC, 0x02)
#define ARM_VCPU_CREATE_VCPU	_IO(ARM_VCPU_IOC, 0x03)
#define ARM_VCPU_SET_GIC	_IO(ARM_VCPU_IOC, 0x04)
#define ARM_VCPU_SET_IRQ	_IO(ARM_VCPU_IOC, 0x05)
#define ARM_VCPU_SEND_MSI	_IO(ARM_VCPU_IOC, 0x06)
#define ARM_VCPU_IRQFD		_IO(ARM_VCPU_IOC, 0x07)
#define ARM_VCPU_IOEVENTFD	_IO(ARM_VCPU_IOC, 0x09)
#define ARM_VCPU_GET_GIC_STATE	_IO(ARM_VCPU_IOC, 0x0a)
#define ARM_VCPU_SET_GIC_STATE	_IO(ARM_VCPU_IOC, 0x0b)

/*
 * SAVE_ITS and RESTORE_ITS, on a VM, without an argument: what the ITS of the GIC in the
 * kernel has mapped goes into the guest's tables (GITS_BASER<n>, and those of devices' events)
 * and pending LPIs into theirs (GICR_PENDBASER); and what is mapped comes back, when memory
 * and GITS_BASER<n> are as they were (SET_GIC_STATE). Pending LPIs come back when LPIs are
 * enabled, with GICR_PENDBASER.PTZ 0.  Errors: EBUSY (a vCPU is in RUN), ENODEV (there is no
 * ITS), EFAULT (memory that the guest has mapped something to isn't there any more, or what is
 * mapped has no entry: some of it may have been written), EINTR (a fatal signal, the same); for
 * RESTORE_ITS, after which nothing is mapped, EINVAL (it wasn't saved so), ENOSPC
 * (max_msi_events), ENOMEM.
 */
#define ARM_VCPU_SAVE_ITS	_IO(ARM_VCPU_IOC, 0x0d)
#define ARM_VCPU_RESTORE_ITS	_IO(ARM_VCPU_IOC, 0x0e)

#define ARM_VCPU_SET_SMCCC_FILTER _IO(ARM_VCPU_IOC, 0x0c)

/*
 * ADD_GIC, on a VM, without an argument: from here on it is one with ARM_VCPU_CONFIG_GIC, though
 * it may have memory and vCPUs.  Errors: EOPNOTSUPP (this host's config_flags don't have that),
 * EINVAL (what excludes it, see there), EEXIST (it has one), EBUSY (one of its vCPUs has been in
 * RUN, or another command has it), ENOMEM.
 */
#define ARM_VCPU_ADD_GIC	_IO(ARM_VCPU_IOC, 0x0f)

#define ARM_VCPU_GET_DIRTY	_IO(ARM_VCPU_IOC, 0x20)

/* On a VM (for all of its vCPUs) and on a vCPU */
#define ARM_VCPU_KICK		_IO(ARM_VCPU_IOC, 0x08)

/* On a vCPU */
#define ARM_VCPU_SET_ENTRY	_IO(ARM_VCPU_IOC, 0x10)
#define ARM_VCPU_RUN		_IO(ARM_VCPU_IOC, 0x11)
#define ARM_VCPU_GET_REG	_IO(ARM_VCPU_IOC, 0x12)
#define ARM_VCPU_SET_REG	_IO(ARM_VCPU_IOC, 0x13)
#define ARM_VCPU_LIST_REGS	_IO(ARM_VCPU_IOC, 0x14)
#define ARM_VCPU_INJECT		_IO(ARM_VCPU_IOC, 0x15)
#define ARM_VCPU_SET_DEBUG	_IO(ARM_VCPU_IOC, 0x16)
#define ARM_VCPU_GET_STATS	_IO(ARM_VCPU_IOC, 0x17)
#define ARM_VCPU_GET_POWER	_IO(ARM_VCPU_IOC, 0x18)
#define ARM_VCPU_SET_POWER	_IO(ARM_VCPU_IOC, 0x19)

/* How the host gives us EL2: struct arm_vcpu_info.el2_mode */
#define ARM_VCPU_EL2_NVHE	1 /* the host kernel runs at EL1 */
#define ARM_VCPU_EL2_VHE	2 /* the host kernel runs at EL2 */

/**
 * struct arm_vcpu_info - what this host offers
 * @size: in: bytes of this struct that the program knows; out: that the kernel
 *	knows.  A field beyond the smaller of the two isn't written.
 * @el2_mode: ARM_VCPU_EL2_NVHE or ARM_VCPU_EL2_VHE
 * @config_flags: accepted in &struct arm_vcpu_config.flags
 * @memory_flags: accepted in &struct arm_vcpu_memory.flags
 * @create_flags: accepted in &struct arm_vcpu_create.flags
 * @entry_flags: accepted in &struct arm_vcpu_entry.flags
 * @run_flags: accepted in &struct arm_vcpu_run.flags
 * @lines: accepted in &struct arm_vcpu_run.lines
 * @ipa_bits_min: smallest guest-physical address size
 * @ipa_bits_max: largest guest-physical address size (ID_AA64MMFR0_EL1.PARange, up to 52; with
 *	pages of 4 or 16 KiB up to 48 without FEAT_LPA2, of 16 KiB up to 51)
 * @ipa_bits_default: size of a VM that CONFIGURE doesn't set
 * @max_vcpus: vCPUs that a VM can have
 * @max_regions: memory regions that a VM can have
 * @run_size: bytes to mmap() for a run page
 * @page_size: what regions are aligned to, in bytes
 * @timer_hz: frequency of the guest's counter, CNTFRQ_EL0
 * @inject_flags: accepted in &struct arm_vcpu_inject.flags
 * @debug_flags: accepted in &struct arm_vcpu_debug.flags
 * @breakpoints: how many there are (ID_AA64DFR0_EL1.BRPs)
 * @watchpoints: how many there are (ID_AA64DFR0_EL1.WRPs)
 * @max_smc: how many of &struct arm_vcpu_config.smc can be used
 * @max_smccc_ranges: ranges that SET_SMCCC_FILTER takes
 * @ich_vtr: ICH_VTR_EL2, as &struct arm_vcpu_gic has these registers: ListRegs, TDS, IDbits,
 *	PREbits and PRIbits; 0 without ARM_VCPU_CONFIG_VGIC
 * @irqfd_flags: accepted in &struct arm_vcpu_irqfd.flags
 * @ioeventfd_flags: accepted in &struct arm_vcpu_ioeventfd.flags
 * @max_irqfds: how many IRQFD takes for a VM
 * @max_ioeventfds: how many IOEVENTFD takes for a VM
 * @gic_flags: accepted in &struct arm_vcpu_gic_setup.flags
 * @max_lpis: LPIs that a VM with an ITS has, from INTID 8192 on
 * @max_msi_devices: devices that its ITS tells apart: a DeviceID is less than this
 * @max_msi_events: events that can be mapped at a time, of all devices together
 * @reserved2: zero
 */
struct arm_vcpu_info {
	__u32 size;
	__u32 el2_mode;
	__u64 config_flags;
	__u64 memory_flags;
	__u64 create_flags;
	__u64 entry_flags;
	__u32 run_flags;
	__u32 lines;
	__u32 ipa_bits_min;
	__u32 ipa_bits_max;
	__u32 ipa_bits_default;
	__u32 max_vcpus;
	__u32 max_regions;
	__u32 run_size;
	__u32 page_size;
	__u32 timer_hz;
	__u64 inject_flags;
	__u64 debug_flags;
	__u32 breakpoints;
	__u32 watchpoints;
	__u32 max_smc;
	__u32 max_smccc_ranges;
	__u64 ich_vtr;
	__u64 irqfd_flags;
	__u64 ioeventfd_flags;
	__u32 max_irqfds;
	__u32 max_ioeventfds;
	__u64 gic_flags;
	__u32 max_lpis;
	__u32 max_msi_devices;
	__u32 max_msi_events;
	__u32 reserved2;
};

/*
 * CONFIGURE flags.
 *
 * SYSREG_EXITS: an access to a system register that the kernel doesn't provide is a
 * SYSREG_READ or SYSREG_WRITE exit.  Without it, the guest gets an UNDEF.
 *
 * SMCCC: SMCCC_VERSION, SMCCC_ARCH_FEATURES and SMCCC_ARCH_SOC_ID are answered in the kernel.
 * Without it they are exits.  The SMCCC_ARCH_WORKAROUND calls are always answered in the
 * kernel, and cost the guest nothing but the call: EL2 has the workaround applied on
 * each entry.
 *
 * SGI_EXITS: a write to ICC_SGI1R_EL1, ICC_ASGI1R_EL1 or ICC_SGI0R_EL1, with which a guest
 * of a GICv3 interrupts other CPUs, is a SEND_IPI exit.  Without it, it is as any register
 * that the kernel doesn't provide.  Hosts without a GICv3 don't have these registers, and
 * don't accept this flag.
 *
 * PASSTHROUGH_TIMER: the guest's counters and timers are the CPU's: CNTVCT_EL0 is the host's
 * and can't be set, and the physical timer has no trap on nVHE hosts either.
 *
 * PASSTHROUGH_INTERRUPTS: the CPU's interrupts are the guest's while it runs, the host's
 * included, and so is the GIC's CPU interface (group 1 of a GICv3).  A guest that is interrupted
 * by what isn't its own leaves it pending and makes an HVC, with which the host gets the CPU
 * back; a guest that doesn't keeps it, from KICK and from signals, too.  Lines and SGI_EXITS have
 * no effect, the hardware's timers have no exits TIMER, and WFI waits in the guest.
 *
 * PASSTHROUGH_MEMORY: guest memory may be what a driver has mapped for the process, a device's
 * registers say (VM_IO, VM_PFNMAP), see &struct arm_vcpu_memory.  Without it that isn't usable
 * memory (MEMORY_FAULT, EFAULT).
 *
 * All three take what &struct arm_vcpu_config.smc takes.
 *
 * VGIC: the guest has a GICv3's CPU interface, ICC_*_EL1, which the CPU provides (ICC_SRE_EL1
 * is 7), and interrupts in list registers, &struct arm_vcpu_gic.  The distributor and the
 * redistributors are the VMM's, and with SGI_EXITS so are interrupts between vCPUs.  Not
 * together with PASSTHROUGH_INTERRUPTS (EINVAL); only on hosts with a GICv3 whose maintenance
 * interrupt is to be had, whose virtual interface doesn't raise SErrors (SEIS), and that has
 * the same list registers on all CPUs.
 *
 * GIC: the guest has a GICv3, whole and in the kernel, where SET_GIC puts it; on hosts as with
 * VGIC, and not together with VGIC, PASSTHROUGH_INTERRUPTS or SGI_EXITS (EINVAL).  Timers are
 * its PPIs 27 and 30, and there are no exits TIMER.  Other interrupts come by SET_IRQ; the
 * run page's lines must be 0 (FAIL_ENTRY).
 *
 * PSCI: what SMCCC does, and PSCI (DEN 0022, version 1.1, or what
 * ARM_VCPU_REG_PSCI_VERSION is set to) and TRNG (DEN 0098, version 1.0, from
 * the host's random numbers) are answered in the kernel, as far as SET_SMCCC_FILTER leaves them
 * to it.  SYSTEM_OFF, SYSTEM_RESET and SYSTEM_RESET2 are exits SYSTEM_DOWN all the same, and to
 * stop the other vCPUs is the VMM's.  A new vCPU is off, and waits in RUN until another one
 * switches it on by CPU_ON, or the VMM by SET_ENTRY: see &struct arm_vcpu_power.
 *
 * NO_PAUTH: the guest has no pointer authentication, on any host.
 */
#define ARM_VCPU_CONFIG_SYSREG_EXITS	(1ULL << 0)
#define ARM_VCPU_CONFIG_SMCCC		(1ULL << 1)
#define ARM_VCPU_CONFIG_SGI_EXITS	(1ULL << 2)
#define ARM_VCPU_CONFIG_PASSTHROUGH_TIMER	(1ULL << 3)
#define ARM_VCPU_CONFIG_PASSTHROUGH_INTERRUPTS	(1ULL << 4)
#define ARM_VCPU_CONFIG_VGIC		(1ULL << 5)
#define ARM_VCPU_CONFIG_GIC		(1ULL << 6)
#define ARM_VCPU_CONFIG_PSCI		(1ULL << 7)
#define ARM_VCPU_CONFIG_NO_PAUTH	(1ULL << 8)
#define ARM_VCPU_CONFIG_PASSTHROUGH_MEMORY	(1ULL << 9)

/* What a guest calls in PSCI 0.1, which leaves ids to whoever has it: KVM's */
#define ARM_VCPU_PSCI_0_1_CPU_SUSPEND	0x95c1ba5e
#define ARM_VCPU_PSCI_0_1_CPU_OFF	0x95c1ba5f
#define ARM_VCPU_PSCI_0_1_CPU_ON	0x95c1ba60
#define ARM_VCPU_PSCI_0_1_MIGRATE	0x95c1ba61

#define ARM_VCPU_MAX_SMC	16

/**
 * struct arm_vcpu_config - what kind of VM this is
 * @size: of this struct, in bytes
 * @ipa_bits: guest-physical address size, in bits; 0 for the default
 * @flags: ARM_VCPU_CONFIG_*
 * @smc: ids of functions that the guest may call in the host's firmware, by SMC; 0 is none
 *
 * CONFIGURE can be called while the VM has neither a region nor a vCPU (else EBUSY); each call
 * replaces the one before.
 *
 * @smc and the flags PASSTHROUGH_* give the guest what is the host's.  They are accepted if the
 * module was loaded with the parameter passthrough, from who has CAP_SYS_RAWIO, while the
 * kernel isn't locked down.
 *
 * Ids are of fast calls (DEN 0028, 2.5) to the silicon provider, the OEM and trusted
 * applications and systems; of the standard services, of TRNG and of PSCI_VERSION,
 * PSCI_FEATURES and MIGRATE_INFO_TYPE.  Arguments are x1 to x7, results x0 to x3.  What a
 * function does to the host, the one who lists it has to know.
 *
 * Errors: EINVAL (ipa_bits out of range; flags that exclude each other; an id that isn't
 * forwarded), EOPNOTSUPP (flags; smc without the parameter, or firmware), EPERM (no right to
 * what is the host's).
 */
struct arm_vcpu_config {
	__u32 size;
	__u32 ipa_bits;
	__u64 flags;
	__u32 smc[ARM_VCPU_MAX_SMC];
};

/* SET_MEMORY: the guest can read and execute, and its writes are exits */
#define ARM_VCPU_MEMORY_READONLY	(1ULL << 0)
/* SET_MEMORY: there is a log of the pages that are written to, see GET_DIRTY */
#define ARM_VCPU_MEMORY_LOG_DIRTY	(1ULL << 1)

/**
 * struct arm_vcpu_memory - a region of guest-physical memory
 * @size: of this struct, in bytes
 * @reserved: zero
 * @flags: ARM_VCPU_MEMORY_*
 * @guest_addr: guest-physical address where it begins
 * @length: in bytes; 0 takes away the region that begins at @guest_addr
 * @user_addr: address in the calling process of the memory behind it
 *
 * Addresses and length are multiples of &struct arm_vcpu_info.page_size.  The
 * memory isn't pinned: what the process maps at @user_addr is what the guest sees,
 * at any time, and where nothing is mapped the guest's access is a MEMORY_FAULT
 * exit.  vCPUs may be running.  A removed region isn't reachable by any vCPU when
 * the call returns.
 *
 * Where a region has all three of @guest_addr, @length and @user_addr, its flags become
 * @flags, if those are others, and nothing else changes.  A log is empty when it begins, and
 * what it has is lost when it ends.
 *
 * Memory that the process has in large pages (transparent ones, hugetlbfs) is a guest's in
 * large pages, too, where @guest_addr and @user_addr are equal modulo their size, and no
 * log is kept.
 *
 * With PASSTHROUGH_MEMORY what a driver has mapped, MAP_SHARED, is the guest's with the type that
 * it has for the process, or a stronger one: Device-nGnRnE where that is Device, Normal
 * Non-cacheable, or, on CPUs with FEAT_S2FWB, Normal Write-Back.  It can't be executed, and tables
 * of the guest's can't be in Device memory: those are MEMORY_FAULT exits with EFAULT.
 *
 * Errors: EINVAL (alignment, overflow, beyond the IPA size, not a user address), EEXIST
 * (overlaps a region), ENOENT (nothing to take away), ENOSPC (max_regions), ENOMEM (also a
 * log of 2^31 pages or more), EOPNOTSUPP (flags).
 */
struct arm_vcpu_memory {
	__u32 size;
	__u32 reserved;
	__u64 flags;
	__u64 guest_addr;
	__u64 length;
	__u64 user_addr;
};

/* GET_DIRTY: don't clear what is given out */
#define ARM_VCPU_DIRTY_KEEP	(1ULL << 0)
/* GET_DIRTY: give nothing out, and clear what is set in the bitmap */
#define ARM_VCPU_DIRTY_CLEAR	(1ULL << 1)

/**
 * struct arm_vcpu_dirty - the pages of a range that were written to
 * @size: of this struct, in bytes
 * @reserved: zero
 * @flags: ARM_VCPU_DIRTY_*, at most one
 * @guest_addr: guest-physical address where the range begins
 * @length: in bytes
 * @bitmap: address in the calling process of words of 64 bits: bit n % 64 of word n / 64
 *	is page n of the range
 *
 * For GET_DIRTY, on a VM.  The range is in one region with LOG_DIRTY; it begins a multiple of
 * 64 pages behind the region's beginning, and ends so, or where the region does.  Bits behind
 * it aren't looked at, and are given out as 0.
 *
 * Without flags, pages are given out and cleared at the same time, and each write, by a guest or
 * by the kernel for it, is in what is given out next, at the latest: memory that is read when the
 * call has returned has all writes to the pages that no later call gives out.  vCPUs may be
 * running.  What threads of the process write isn't in the log.
 *
 * Errors: EINVAL (alignment to pages, @reserved, both flags), EOPNOTSUPP (flags), ENOENT (no
 * region has the range, with a log; or not any more), EFAULT (@bitmap: what couldn't be given out
 * isn't cleared; what comes before it was), EINTR (a fatal signal).
 */
struct arm_vcpu_dirty {
	__u32 size;
	__u32 reserved;
	__u64 flags;
	__u64 guest_addr;
	__u64 length;
	__u64 bitmap;
};

#define ARM_VCPU_GIC_REDISTRIBUTORS	8

/**
 * struct arm_vcpu_gic_region - redistributors side by side
 * @addr: guest-physical address, a multiple of 64 KiB
 * @count: how many, of 128 KiB each
 * @reserved: zero
 */
struct arm_vcpu_gic_region {
	__u64 addr;
	__u32 count;
	__u32 reserved;
};

/* SET_GIC: it has an ITS, and LPIs */
#define ARM_VCPU_GIC_ITS	(1ULL << 0)
/* SET_GIC: it is the one that there is: its frames move, and nothing is reset */
#define ARM_VCPU_GIC_KEEP	(1ULL << 1)

/* A frame that the guest doesn't find (yet) */
#define ARM_VCPU_GIC_NOWHERE	(~0ULL)

/**
 * struct arm_vcpu_gic_setup - where a VM's GICv3 is, with ARM_VCPU_CONFIG_GIC
 * @size: of this struct, in bytes
 * @spis: SPIs that it has, from INTID 32 on: a multiple of 32, or 988
 * @flags: ARM_VCPU_GIC_*
 * @distributor: guest-physical address of its 64 KiB, a multiple of 64 KiB, or
 *	ARM_VCPU_GIC_NOWHERE
 * @redistributors: regions of them, in the order in which vCPUs are created; a @count of 0 is
 *	the end
 * @its: with ARM_VCPU_GIC_ITS: guest-physical address of its 128 KiB, a multiple of 64 KiB, or
 *	ARM_VCPU_GIC_NOWHERE; else zero
 *
 * SET_GIC can be called before and after vCPUs are created, but not while one is in RUN (EBUSY);
 * each call replaces the one before, and resets distributor, redistributors and ITS.  With KEEP
 * only the frames are where it says; an ITS may come, but not go.  A vCPU beyond the last
 * redistributor has none.  Without SET_GIC there are no frames, and no interrupts.
 * Errors: EINVAL (alignment, beyond the IPA size, spis, frames that overlap each other; with KEEP:
 * other @spis, an ITS that goes, no SET_GIC before), EEXIST (they overlap a region), EOPNOTSUPP
 * (flags), ENODEV (no ARM_VCPU_CONFIG_GIC), ENOMEM.
 */
struct arm_vcpu_gic_setup {
	__u32 size;
	__u32 spis;
	__u64 flags;
	__u64 distributor;
	struct arm_vcpu_gic_region redistributors[ARM_VCPU_GIC_REDISTRIBUTORS];
	__u64 its;
};

/**
 * struct arm_vcpu_irq - the line of a device into the GIC
 * @size: of this struct, in bytes
 * @intid: 16 to 31, a PPI, or 32 and on, an SPI
 * @level: 0 or 1.  An interrupt that is edge-triggered, as the guest has set it up, is pending
 *	when its line rises.
 * @reserved: zero
 * @mpidr: of the vCPU whose PPI it is, as in &struct arm_vcpu_create; zero for an SPI
 *
 * From any thread, and while vCPUs run.  Errors: EINVAL (no such interrupt, or a timer's;
 * level; mpidr), ENOENT (no such vCPU), ENODEV (no SET_GIC).
 */
struct arm_vcpu_irq {
	__u32 size;
	__u32 intid;
	__u32 level;
	__u32 reserved;
	__u64 mpidr;
};

/* Groups of a GIC's state */
#define ARM_VCPU_GIC_DISTRIBUTOR	0
#define ARM_VCPU_GIC_REDISTRIBUTOR	1
#define ARM_VCPU_GIC_CPU_INTERFACE	2
#define ARM_VCPU_GIC_LINES		3
#define ARM_VCPU_GIC_ITS_REGISTERS	4
#define ARM_VCPU_GIC_HELD		5

/**
 * struct arm_vcpu_gic_state - a piece of the state of a VM's GIC
 * @size: of this struct, in bytes
 * @group: ARM_VCPU_GIC_*
 * @mpidr: of the vCPU whose it is, as in &struct arm_vcpu_create; zero if it is nobody's: in
 *	the groups DISTRIBUTOR and ITS_REGISTERS, and of LINES those of SPIs
 * @offset: which
 * @value: SET: what it is to be.  GET: what it is
 *
 * DISTRIBUTOR, REDISTRIBUTOR: registers of 32 bits, by their offset in the 64 KiB of the one or
 * the 128 KiB of the other; those of 64 bits are two.  They read and write as the guest's do,
 * but ISPENDR<n> is what is pending by an edge or by a write, whatever the lines are: its value is
 * read and written as it is.  ICPENDR<n> is zero.  Who has an SPI that is made active,
 * GICD_IROUTER<n> says when that is written.
 *
 * CPU_INTERFACE: @offset is the low half of ARM_VCPU_REG_SYSREG() of the register: ICC_PMR_EL1,
 * ICC_BPR0_EL1, ICC_BPR1_EL1 (its own value, also with CBPR), ICC_AP0R<n>_EL1, ICC_AP1R<n>_EL1,
 * ICC_CTLR_EL1, ICC_SRE_EL1, ICC_IGRPEN0_EL1, ICC_IGRPEN1_EL1.  SET_ENTRY resets them.  What
 * ICC_CTLR_EL1 says of the CPU has to be so.
 *
 * ITS_REGISTERS: those in the first 64 KiB of the ITS, in the same way, but GITS_CREADR can be
 * written, too.  Commands that there are then are worked off by whichever vCPU is in RUN first.
 *
 * LINES: the levels of 32 lines; @offset is the INTID of the first.  They are set as they are, and
 * a rise is no edge.  Timers' lines are as their timers are, zero here and not written.
 *
 * HELD: which of 32 SPIs a vCPU has acknowledged, and not ended; @offset is the INTID of the first.
 * They may have been routed elsewhere since.  SET takes active ones from who has them; those that
 * aren't active are EINVAL.
 *
 * Errors: EBUSY (a vCPU runs, or another command has it), EINVAL (@group, @offset, @mpidr, or
 * @value that it can't have), ENOENT (no such vCPU, or no such register of its CPU interface),
 * ENODEV (no SET_GIC; no ITS).
 */
struct arm_vcpu_gic_state {
	__u32 size;
	__u32 group;
	__u64 mpidr;
	__u64 offset;
	__u64 value;
};

/* IRQFD: take away what was added with the same fd, intid and mpidr, or the same MSI */
#define ARM_VCPU_IRQFD_REMOVE		(1ULL << 0)
/* IRQFD: the line has a level, and resample_fd tells when it has fallen */
#define ARM_VCPU_IRQFD_RESAMPLE		(1ULL << 1)
/* IRQFD: it is an MSI */
#define ARM_VCPU_IRQFD_MSI		(1ULL << 2)

/**
 * struct arm_vcpu_irqfd - an eventfd that signals an interrupt
 * @size: of this struct, in bytes
 * @intid: of the interrupt, as in &struct arm_vcpu_irq; with MSI zero
 * @flags: ARM_VCPU_IRQFD_*
 * @fd: the eventfd, which the kernel reads at each signal
 * @resample_fd: with RESAMPLE: another eventfd; else zero
 * @mpidr: as in &struct arm_vcpu_irq; with MSI zero
 * @addr: with MSI: as in &struct arm_vcpu_msi, and the next two; else zero
 * @device: the same
 * @data: the same
 *
 * A signal of @fd, whoever makes it, and also one from before this call, is an edge on the line:
 * for interrupts that the guest has set up as edge-triggered.
 *
 * With RESAMPLE, for SPIs, it raises the line.  When the guest has ended the interrupt the line
 * falls, and @resample_fd is signalled: a device that still wants the interrupt signals @fd again.
 * Several on one line share its end, and are all told.  The line falls at the end of the interrupt
 * also if SET_IRQ has raised it, and when SET_GIC resets it, and when the last of these is taken
 * away.
 *
 * With MSI it is what SEND_MSI does: what the guest hasn't mapped is lost.  A device whose message
 * changes is taken away and added anew; what it signals in between counts once, then.
 *
 * It ends with REMOVE (once that returns, a signal of @fd is no interrupt any more), when the last
 * descriptor of @fd is closed, or with the VM.  Errors: EOPNOTSUPP (flags), EINVAL (not an
 * eventfd; no such interrupt, or a timer's; RESAMPLE of a PPI or an MSI, or with REMOVE;
 * resample_fd; mpidr; device isn't below max_msi_devices; what is to be zero), EBADF, ENODEV (no
 * SET_GIC), ENOENT (no such vCPU; nothing takes MSIs at @addr; nothing to take away), EEXIST (the
 * VM has this @fd), ENOSPC (max_irqfds).
 */
struct arm_vcpu_irqfd {
	__u32 size;
	__u32 intid;
	__u64 flags;
	__s32 fd;
	__s32 resample_fd;
	__u64 mpidr;
	__u64 addr;
	__u32 device;
	__u32 data;
};

/* IOEVENTFD: take away what was added with the same values of all that follows */
#define ARM_VCPU_IOEVENTFD_REMOVE	(1ULL << 0)
/* IOEVENTFD: only stores of this data */
#define ARM_VCPU_IOEVENTFD_DATAMATCH	(1ULL << 1)

/**
 * struct arm_vcpu_ioeventfd - an eventfd that a store of the guest's signals
 * @size: of this struct, in bytes
 * @length: of the store: 1, 2, 4 or 8 bytes; 0 for any of them
 * @flags: ARM_VCPU_IOEVENTFD_*
 * @guest_addr: guest-physical address of the store, a multiple of @length
 * @fd: the eventfd
 * @reserved: zero
 * @data: with DATAMATCH, which needs a @length: what is stored, as exit MMIO_WRITE has it; else
 *	zero
 *
 * A store that would be an exit MMIO_WRITE at this address, of this length and data, signals @fd
 * instead, and the guest goes on behind it.  Nothing else changes: other stores, loads, and stores
 * that are exits MEMORY_FAULT (pairs, SIMD registers, write-back).  Where a region or the GIC comes
 * later, stores reach that.
 *
 * It ends with REMOVE (once that returns, such stores are exits again), when the last descriptor of
 * @fd is closed, or with the VM.  Errors: EOPNOTSUPP (flags), EINVAL (not an eventfd; length;
 * alignment; beyond the IPA size; DATAMATCH without a length; data that can't be), EBADF, EEXIST (a
 * region or the GIC is there; there is one for some of these stores), ENOENT (nothing to take
 * away), ENOSPC (max_ioeventfds).
 */
struct arm_vcpu_ioeventfd {
	__u32 size;
	__u32 length;
	__u64 flags;
	__u64 guest_addr;
	__s32 fd;
	__u32 reserved;
	__u64 data;
};

/**
 * struct arm_vcpu_msi - a message-signalled interrupt, as a device writes it
 * @size: of this struct, in bytes
 * @device: DeviceID of the device: for PCI, what the device tree's msi-map makes of its
 *	requester ID
 * @flags: zero
 * @addr: guest-physical address that it is written to: GITS_TRANSLATER, 0x10040 behind
 *	&struct arm_vcpu_gic_setup.its
 * @data: that it writes: the EventID
 * @reserved: zero
 *
 * From any thread, and while vCPUs run.  What the guest hasn't mapped, or for a vCPU without
 * LPIs, is lost, as on a bus.  Errors: EINVAL (device isn't below max_msi_devices; reserved),
 * EOPNOTSUPP (flags), ENOENT (nothing takes MSIs at @addr), ENODEV (no SET_GIC).
 */
struct arm_vcpu_msi {
	__u32 size;
	__u32 device;
	__u64 flags;
	__u64 addr;
	__u32 data;
	__u32 reserved;
};

/* What becomes of a call: struct arm_vcpu_smccc_filter.action */
#define ARM_VCPU_SMCCC_HANDLE		0 /* as without a filter */
#define ARM_VCPU_SMCCC_DENY		1 /* x0 is NOT_SUPPORTED, -1 */
#define ARM_VCPU_SMCCC_EXIT		2 /* as without ARM_VCPU_CONFIG_PSCI */

/**
 * struct arm_vcpu_smccc_filter - who answers calls, with ARM_VCPU_CONFIG_PSCI
 * @size: of this struct, in bytes
 * @reserved: zero
 * @first: lowest function id
 * @count: how many
 * @action: ARM_VCPU_SMCCC_*
 *
 * Each call of SET_SMCCC_FILTER adds a range of ids; CONFIGURE begins anew.  The kernel handles
 * PSCI and TRNG, and makes exits of all others.  Arm's own calls, 0x80000000 to 0x8000ffff and
 * 0xc0000000 to 0xc000ffff, can't be in a range, and functions that CONFIGURE has listed in smc
 * are firmware's whatever the range says.  PSCI_FEATURES and TRNG_FEATURES say that what is
 * denied isn't there, and that what is an exit is.
 * Errors: EINVAL (no ids, or beyond 32 bits; Arm's; action), EEXIST (some are in a range), EBUSY
 * (a vCPU has been in RUN), ENOSPC (max_smccc_ranges), ENODEV (no ARM_VCPU_CONFIG_PSCI).
 */
struct arm_vcpu_smccc_filter {
	__u32 size;
	__u32 reserved;
	__u32 first;
	__u32 count;
	__u64 action;
};

/**
 * struct arm_vcpu_create - a virtual CPU
 * @size: of this struct, in bytes
 * @reserved: zero
 * @flags: zero
 * @mpidr: MPIDR_EL1 as the guest reads it: the affinity fields (bits 7:0, 15:8, 23:16
 *	and 39:32); all other bits zero, the kernel adds RES1 (bit 31).
 *
 * Returns a new descriptor, close-on-exec.  Errors: EINVAL (mpidr), EEXIST (a vCPU
 * of the VM has this mpidr), ENOSPC (max_vcpus), EMFILE, ENOMEM.
 */
struct arm_vcpu_create {
	__u32 size;
	__u32 reserved;
	__u64 flags;
	__u64 mpidr;
};

/**
 * struct arm_vcpu_entry - where a vCPU begins
 * @size: of this struct, in bytes
 * @reserved: zero
 * @flags: zero
 * @pc: first instruction, guest-physical (the MMU is off)
 * @x: x0 to x3; for Linux and U-Boot x0 is the device tree's address
 *
 * Resets the vCPU as a power-on does (DDI 0487, D1.10): EL1h, interrupts masked,
 * MMU and caches off, all other registers in the run page zero, nothing pending.
 * One that had an entry before sees what the VMM has written to memory since.
 * It is on afterwards.  Errors: EBUSY (it runs).
 */
struct arm_vcpu_entry {
	__u32 size;
	__u32 reserved;
	__u64 flags;
	__u64 pc;
	__u64 x[4];
};

/* A vCPU's power, as PSCI's AFFINITY_INFO has it: struct arm_vcpu_power.state */
#define ARM_VCPU_POWER_ON		0
#define ARM_VCPU_POWER_OFF		1
#define ARM_VCPU_POWER_ON_PENDING	2 /* switched on, and RUN hasn't begun with it */

/**
 * struct arm_vcpu_power - whether a vCPU is on, with ARM_VCPU_CONFIG_PSCI
 * @size: of this struct, in bytes
 * @reserved: zero
 * @state: ARM_VCPU_POWER_*
 *
 * RUN of a vCPU that is off waits, whatever its flags: a CPU_ON for it, KICK, a signal and the
 * VM's end come through to it, and no interrupt and no timer.  CPU_OFF ends RUN with NONE, and the
 * next one waits.  One that is switched on begins with the registers of SET_ENTRY, CPU_ON's
 * context in x0, and its caller's SCTLR_EL1.EE.  A RUN with NO_ENTER doesn't wait, and does
 * that if it is ON_PENDING.
 *
 * GET_POWER may be called while the vCPU is in RUN.  SET_POWER leaves the registers as they are,
 * and takes ON and OFF.  Errors: EINVAL (state), EBUSY (SET_POWER while it runs), ENOEXEC (ON,
 * and it never was), ENODEV (no ARM_VCPU_CONFIG_PSCI).
 */
struct arm_vcpu_power {
	__u32 size;
	__u32 reserved;
	__u64 state;
};

/*
 * Register ids, as KVM/arm64 encodes them: a system register of 64 bits by its
 * encoding in MRS and MSR, and some others by their place in a struct of KVM's.
 */
#define ARM_VCPU_REG_SYSREG(op0, op1, crn, crm, op2)		\
	(0x6030000000130000ULL | ((__u64)(op0) << 14) |		\
	 ((__u64)(op1) << 11) | ((__u64)(crn) << 7) |		\
	 ((__u64)(crm) << 3) | (__u64)(op2))
#define ARM_VCPU_REG_SP_EL0	0x603000000010003eULL
#define ARM_VCPU_REG_SP_EL1	0x6030000000100044ULL
#define ARM_VCPU_REG_ELR_EL1	0x6030000000100046ULL
#define ARM_VCPU_REG_SPSR_EL1	0x6030000000100048ULL
#define ARM_VCPU_REG_V(n)	(0x6040000000100054ULL + 4 * (__u64)(n))
#define ARM_VCPU_REG_FPSR	0x60200000001000d4ULL
#define ARM_VCPU_REG_FPCR	0x60200000001000d5ULL
/* Of the VM, with ARM_VCPU_CONFIG_PSCI: major << 16 | minor, from 0.1 to 1.1 */
#define ARM_VCPU_REG_PSCI_VERSION	0x6030000000140000ULL
/* In bytes: 4, 8 or 16 */
#define ARM_VCPU_REG_SIZE(id)	(1U << ((id) >> 52 & 0xf))

/**
 * struct arm_vcpu_reg - a register, for GET_REG and SET_REG
 * @size: of this struct, in bytes
 * @reserved: zero
 * @id: which one.  x0 to x30, pc and pstate have none: they are in the run page.
 * @value: its bytes, the lowest first; what is beyond its size is zero
 *
 * Registers are those of a vCPU that isn't in RUN, with the effects of a write by the
 * guest: bits that it can't write are ignored.  What is pending is in none of them:
 * a RUN with NO_ENTER finishes it.  MPIDR_EL1 and the ID registers can be set to what
 * they are.  To set CNTVCT_EL0 sets it for all vCPUs of the VM; one that is in RUN
 * takes it over at its next.  Errors: ENOENT (no such id), EINVAL (the register can't
 * have this value, or is smaller), EBUSY (it runs), ENOEXEC.
 */
struct arm_vcpu_reg {
	__u32 size;
	__u32 reserved;
	__u64 id;
	__u64 value[2];
};

/**
 * struct arm_vcpu_reg_list - ids of all registers, for LIST_REGS
 * @size: of this struct, in bytes
 * @count: in: ids that there is room for; out: how many registers there are
 * @ids: address of an array, of which the smaller of the two is written
 *
 * The list is the same for all vCPUs of a host.  Errors: EBUSY (it runs), ENOEXEC.
 */
struct arm_vcpu_reg_list {
	__u32 size;
	__u32 count;
	__u64 ids;
};

/* INJECT: a virtual SError, which the guest takes when PSTATE.A allows it */
#define ARM_VCPU_INJECT_SERROR		(1ULL << 0)

/**
 * struct arm_vcpu_inject - an exception for the guest's EL1
 * @size: of this struct, in bytes
 * @reserved: zero
 * @flags: ARM_VCPU_INJECT_*
 * @esr: ESR_EL1: its class too; an abort's says whether it comes from EL0 or EL1.  For an
 *	SError, IDS and ISS (bits 24 to 0) of it; hosts without FEAT_RAS take 0 alone.
 * @far: FAR_EL1, for the classes that have one, else it doesn't count.  For an SError, zero.
 *
 * A synchronous exception is taken at once: pc, pstate, ELR_EL1, SPSR_EL1, ESR_EL1 and
 * FAR_EL1 become what they are in its handler, as the architecture has it, from pc and
 * pstate in the run page.  An access that is pending is dropped: pc is at it, and it
 * hasn't happened.  An SError leaves all that as it is; one that the guest hasn't taken
 * yet is replaced.  Errors: EINVAL (esr, or a pstate that RUN doesn't take), EOPNOTSUPP
 * (flags; a syndrome of an SError without FEAT_RAS), EBUSY (it runs), ENOEXEC.
 */
struct arm_vcpu_inject {
	__u32 size;
	__u32 reserved;
	__u64 flags;
	__u64 esr;
	__u64 far;
};

/*
 * SET_DEBUG flags.
 *
 * BRK: a BRK instruction is an exit.  Without it, it is the guest's exception as ever.
 * STEP: after one instruction, RUN returns.
 * POINTS: break- and watchpoints of the VMM are exits.
 */
#define ARM_VCPU_DEBUG_BRK		(1ULL << 0)
#define ARM_VCPU_DEBUG_STEP		(1ULL << 1)
#define ARM_VCPU_DEBUG_POINTS		(1ULL << 2)

/**
 * struct arm_vcpu_debug_point - a breakpoint or a watchpoint
 * @value: DBGBVR<n>_EL1 or DBGWVR<n>_EL1: a virtual address of the guest, or a context
 * @control: DBGBCR<n>_EL1 or DBGWCR<n>_EL1.  HMC, SSC and the types that concern EL2 must be
 *	zero: the point can match at EL1 and EL0 of the guest.
 */
struct arm_vcpu_debug_point {
	__u64 value;
	__u64 control;
};

/**
 * struct arm_vcpu_debug - what of a guest the VMM wants to see
 * @size: of this struct, in bytes
 * @reserved: zero
 * @flags: ARM_VCPU_DEBUG_*; 0 lets go of the guest
 * @breakpoints: with POINTS, the first &struct arm_vcpu_info.breakpoints; the rest is zero
 * @watchpoints: with POINTS, the first &struct arm_vcpu_info.watchpoints; the rest is zero
 *
 * Each call replaces the one before, and holds until the next, over SET_ENTRY too.  With any
 * flag set, the guest's own break- and watchpoints and its own single step are held back:
 * it reads and writes its debug registers as ever, and they work again when the VMM lets go.
 *
 * A step is one instruction, or an exception that the guest takes instead.  If it is an exit
 * itself (MMIO, HVC, ...), or another exit comes in between, that exit comes first and a
 * RUN after it returns with DEBUG when the instruction is complete.  So it does when the VMM
 * has done an access in its own way: nothing is pending, and pc isn't where the exit left
 * it.  An exception from INJECT is a step.  WFI doesn't sleep.  A step clears the exclusive
 * monitor: a loop of LDXR and STXR that is stepped through doesn't end.
 *
 * To go on from a breakpoint, a watchpoint or a BRK that has an instruction beneath it, step
 * with that point off.  A BRK that is the guest's own goes to it by INJECT.
 * Errors: EINVAL (a point that can't be or isn't there), EOPNOTSUPP (flags), EBUSY (it runs).
 */
struct arm_vcpu_debug {
	__u32 size;
	__u32 reserved;
	__u64 flags;
	struct arm_vcpu_debug_point breakpoints[16];
	struct arm_vcpu_debug_point watchpoints[16];
};

/*
 * What is counted of a vCPU: indices of the array that GET_STATS writes, and names in
 * debugfs (mmio_read and so on).  More may be appended.
 *
 * EXITS is how often the guest was left, and the sum of those that follow, by what ended
 * its stay and who acted: _USER, MMIO, SYSREG_READ and _WRITE, SEND_IPI and MEMORY_FAULT are
 * exits to the VMM, all others have sent the guest back.  An SError that came with another
 * exit counts as one of its own.
 */
#define ARM_VCPU_STAT_EXITS		0
#define ARM_VCPU_STAT_INTERRUPT		1 /* of the host's; kicks, timers and the like, too */
#define ARM_VCPU_STAT_INTERRUPT_USER	2 /* EXTERNAL_INTERRUPT */
#define ARM_VCPU_STAT_SERROR		3 /* a physical SError while the guest ran */
#define ARM_VCPU_STAT_MMIO_READ		4
#define ARM_VCPU_STAT_MMIO_WRITE	5
#define ARM_VCPU_STAT_FAULT		6 /* memory that was missing was mapped */
#define ARM_VCPU_STAT_MEMORY_FAULT	7
#define ARM_VCPU_STAT_ABORT		8 /* given to the guest */
#define ARM_VCPU_STAT_SYSREG		9 /* trapped registers, answered by the kernel */
#define ARM_VCPU_STAT_SYSREG_READ	10
#define ARM_VCPU_STAT_SYSREG_WRITE	11
#define ARM_VCPU_STAT_SEND_IPI		12
#define ARM_VCPU_STAT_HVC		13 /* answered by the kernel */
#define ARM_VCPU_STAT_HVC_USER		14 /* PSCI's exits, and CPU_OFF, too */
#define ARM_VCPU_STAT_SMC		15
#define ARM_VCPU_STAT_SMC_USER		16
#define ARM_VCPU_STAT_WFX		17 /* WFI, WFE, WFIT and WFET */
#define ARM_VCPU_STAT_WFX_USER		18 /* HALT */
#define ARM_VCPU_STAT_FP		19 /* the guest was given its FP registers */
#define ARM_VCPU_STAT_UNDEF		20 /* an instruction or register that isn't there */
#define ARM_VCPU_STAT_DEBUG		21 /* a BRK of the guest's own */
#define ARM_VCPU_STAT_DEBUG_USER	22 /* DEBUG */
#define ARM_VCPU_STAT_REFUSED		23 /* pstate, by the CPU: FAIL_ENTRY */
#define ARM_VCPU_STAT_ERROR		24 /* INTERNAL_ERROR */
#define ARM_VCPU_STAT_GIC		31 /* accesses to the GIC, answered by the kernel */
#define ARM_VCPU_STAT_IOEVENTFD		32 /* stores that have signalled an eventfd */
/* These are none of EXITS */
#define ARM_VCPU_STAT_TIMER		25 /* RUN returned TIMER */
#define ARM_VCPU_STAT_KICKED		26 /* RUN returned KICKED */
#define ARM_VCPU_STAT_SIGNAL		27 /* RUN returned -EINTR */
#define ARM_VCPU_STAT_SLEEP		28 /* the vCPU's thread went to sleep, in WFI or off */
#define ARM_VCPU_STAT_INJECTED		29 /* exceptions given to EL1, INJECT's and UNDEFs, too */
#define ARM_VCPU_STAT_MAINTENANCE	30 /* RUN returned MAINTENANCE */

/**
 * struct arm_vcpu_stats - counters of a vCPU, for GET_STATS
 * @size: of this struct, in bytes
 * @count: in: counters that there is room for; out: how many there are
 * @values: address of an array of __u64, of which the smaller of the two is written
 *
 * They count from CREATE_VCPU on, and only up.  The vCPU may be in RUN: each value is one
 * that the counter had, not all at the same time.
 */
struct arm_vcpu_stats {
	__u32 size;
	__u32 count;
	__u64 values;
};

/* Why RUN returned: struct arm_vcpu_run.exit_reason */
#define ARM_VCPU_EXIT_NONE		0
#define ARM_VCPU_EXIT_MMIO_READ		1
#define ARM_VCPU_EXIT_MMIO_WRITE	2
#define ARM_VCPU_EXIT_SYSREG_READ	3
#define ARM_VCPU_EXIT_SYSREG_WRITE	4
#define ARM_VCPU_EXIT_HYPERCALL		5
#define ARM_VCPU_EXIT_SMC		6
#define ARM_VCPU_EXIT_CPU_UP		7
#define ARM_VCPU_EXIT_CPU_DOWN		8
#define ARM_VCPU_EXIT_SYSTEM_DOWN	9
#define ARM_VCPU_EXIT_HALT		10
#define ARM_VCPU_EXIT_TIMER		11
#define ARM_VCPU_EXIT_KICKED		12
#define ARM_VCPU_EXIT_MEMORY_FAULT	13
#define ARM_VCPU_EXIT_FAIL_ENTRY	14
#define ARM_VCPU_EXIT_INTERNAL_ERROR	15
#define ARM_VCPU_EXIT_EXTERNAL_INTERRUPT 16
#define ARM_VCPU_EXIT_SEND_IPI		17
#define ARM_VCPU_EXIT_DEBUG		18
#define ARM_VCPU_EXIT_MAINTENANCE	19

/*
 * RUN flags, read at each RUN.
 *
 * NO_ENTER: finish what is pending, don't enter the guest, return with NONE.
 * HALT: WFI and WFE are HALT exits.  Without it WFI sleeps in the kernel until an
 * interrupt line is up, a timer's output rises, a kick or a signal comes; WFE isn't
 * trapped.
 * EXTERNAL_INTERRUPT: an interrupt of the host that takes the vCPU out of the guest is an
 * exit.  Without it the guest goes on.
 */
#define ARM_VCPU_RUN_NO_ENTER		(1U << 0)
#define ARM_VCPU_RUN_HALT		(1U << 1)
#define ARM_VCPU_RUN_EXTERNAL_INTERRUPT	(1U << 2)

/* Interrupt lines into the vCPU: struct arm_vcpu_run.lines */
#define ARM_VCPU_LINE_IRQ		(1U << 0)
#define ARM_VCPU_LINE_FIQ		(1U << 1)

/* Outputs of the vCPU's timers: struct arm_vcpu_run.timers */
#define ARM_VCPU_TIMER_VIRTUAL		(1U << 0) /* PPI 27 of a usual machine */
#define ARM_VCPU_TIMER_PHYSICAL		(1U << 1) /* PPI 30 */

/* How the guest called: .conduit */
#define ARM_VCPU_CONDUIT_HVC		0
#define ARM_VCPU_CONDUIT_SMC		1

/* SYSTEM_DOWN: .type */
#define ARM_VCPU_SYSTEM_OFF		0 /* PSCI SYSTEM_OFF */
#define ARM_VCPU_SYSTEM_RESET		1 /* PSCI SYSTEM_RESET, SYSTEM_RESET2 of no reserved type */
#define ARM_VCPU_SYSTEM_SUSPEND		2 /* PSCI SYSTEM_SUSPEND */

/* HALT: .kind, ISS.TI of a trapped WFx */
#define ARM_VCPU_HALT_WFI		0
#define ARM_VCPU_HALT_WFE		1
#define ARM_VCPU_HALT_WFIT		2
#define ARM_VCPU_HALT_WFET		3

/* MEMORY_FAULT: .access */
#define ARM_VCPU_ACCESS_READ		(1U << 0)
#define ARM_VCPU_ACCESS_WRITE		(1U << 1)
#define ARM_VCPU_ACCESS_EXEC		(1U << 2)
#define ARM_VCPU_ACCESS_TABLE_WALK	(1U << 3) /* S1PTW: by the guest's table walk */
#define ARM_VCPU_ACCESS_CACHE		(1U << 4) /* CM: by a cache maintenance instruction */

/* SEND_IPI: .group, by the register */
#define ARM_VCPU_SGI_GROUP0		0 /* ICC_SGI0R_EL1: group 0 */
#define ARM_VCPU_SGI_GROUP1		1 /* ICC_SGI1R_EL1: group 1 of the guest's security state */
#define ARM_VCPU_SGI_GROUP1_OTHER	2 /* ICC_ASGI1R_EL1: group 1 of the other one */

/* DEBUG: .event */
#define ARM_VCPU_EVENT_BRK		0 /* pc at the BRK */
#define ARM_VCPU_EVENT_STEP		1 /* pc at the next instruction */
#define ARM_VCPU_EVENT_BREAKPOINT	2 /* pc at the instruction */
#define ARM_VCPU_EVENT_WATCHPOINT	3 /* pc at the access, which hasn't happened */

/* FAIL_ENTRY: .reason */
#define ARM_VCPU_FAIL_PSTATE		1 /* pstate isn't EL0t, EL1t or EL1h of AArch64 */
#define ARM_VCPU_FAIL_ILLEGAL_STATE	2 /* the CPU refused it: illegal exception return */
#define ARM_VCPU_FAIL_FLAGS		3 /* an unknown bit in flags or lines */
#define ARM_VCPU_FAIL_CPU		4 /* this physical CPU isn't fit to run vCPUs */
#define ARM_VCPU_FAIL_GIC		5 /* gic holds what it must not */

/**
 * struct arm_vcpu_gic - a vCPU's part of a virtual GICv3, with ARM_VCPU_CONFIG_VGIC
 * @hcr: ICH_HCR_EL2: what is to be an exit MAINTENANCE (UIE, LRENPIE, NPIE, VGrp0EIE, VGrp0DIE,
 *	VGrp1EIE, VGrp1DIE); EOIcount; and, where ICH_VTR_EL2 has TDS, TDIR, with which
 *	ICC_DIR_EL1 is as a register that the kernel doesn't provide.  En is the kernel's.
 * @vmcr: ICH_VMCR_EL2: what the guest has in ICC_PMR_EL1, ICC_CTLR_EL1, ICC_BPR<n>_EL1 and
 *	ICC_IGRPEN<n>_EL1.  Other bits don't count, and VFIQEn is 1.
 * @misr: ICH_MISR_EL2 when the guest was left last: why an exit MAINTENANCE is due; 0 if this
 *	RUN didn't enter it
 * @ap0r: ICH_AP0R<n>_EL2: active priorities of group 0
 * @ap1r: ICH_AP1R<n>_EL2: of group 1
 * @lr: ICH_LR<n>_EL2, as many as ICH_VTR_EL2 has: interrupts that are pending or active
 *
 * The layouts are the architecture's (IHI 0069, 12.4).  This is all of the state, and lives
 * in the run page as x[] does: each RUN takes it from there and puts back what has become of
 * it, SET_ENTRY makes it zero.  To give an interrupt to a vCPU that runs, KICK it.
 * A list register holds no level: for one, as a timer's, set its EOI bit and look at the level
 * again at the exit MAINTENANCE, for between two exits it may have gone down and up.
 *
 * FAIL_ENTRY with FAIL_GIC: any other bit in @hcr; a register that the CPU doesn't have and that
 * isn't zero; and in a list register, HW, a bit that is reserved without HW, a vINTID that is
 * longer than IDbits says, and, unless its State is invalid, one from 1020 to 1023, or that of
 * another one whose State isn't invalid.
 */
struct arm_vcpu_gic {
	__u64 hcr;
	__u64 vmcr;
	__u64 misr;
	__u32 ap0r[4];
	__u32 ap1r[4];
	__u64 lr[16];
};

/**
 * struct arm_vcpu_run - the run page, shared by the VMM and the kernel
 * @x: general registers x0 to x30.  They live here: the guest's are these.
 * @pc: program counter.  Every exit says below where it points.
 * @pstate: SPSR_EL2 as for an exception return (DDI 0487, C5.2.19).  The kernel
 *	accepts EL0t, EL1t and EL1h of AArch64 (else FAIL_ENTRY).
 * @flags: VMM: ARM_VCPU_RUN_*
 * @lines: VMM: levels of the interrupt lines, ARM_VCPU_LINE_*.  Read at each entry to
 *	the guest; to have a change noticed by a vCPU that runs, KICK it.
 * @exit_reason: ARM_VCPU_EXIT_*
 * @pending: not zero: the next RUN completes the access or steps over the
 *	instruction, as the exit says.  A VMM that writes zero here takes over.
 * @timers: levels of the timers' outputs (ARM_VCPU_TIMER_*) at this exit.  A rise is
 *	always an exit TIMER; a fall is one unless another exit has shown it.  A level stays
 *	up until the guest reprograms its timer.
 * @reserved: zero
 * @esr: ESR_EL2 of the last trap, raw
 * @far: FAR_EL2 of the last abort or watchpoint: the guest's virtual address
 * @ipa: guest-physical address of the last abort
 * @mmio: MMIO_READ and MMIO_WRITE.  pc at the access, pending.  For a read, the VMM
 *	puts the value into .data, and the next RUN writes x[.reg], with width and sign.
 * @mmio.addr: guest-physical address
 * @mmio.data: value, in the low .width bytes; the rest is zero
 * @mmio.width: of the access: 1, 2, 4 or 8 bytes
 * @mmio.reg: register that the instruction names; 31 is XZR
 * @mmio.reg_width: of that register: 4 or 8 bytes
 * @mmio.sign_extend: not zero: the value read is sign-extended to reg_width
 * @sysreg: SYSREG_READ and SYSREG_WRITE.  pc at the access, pending.  For a read, the
 *	VMM puts the value into .value.
 * @sysreg.id: register id, see ARM_VCPU_REG_SYSREG
 * @sysreg.value: value
 * @sysreg.reg: register that the instruction names; 31 is XZR
 * @call: HYPERCALL and SMC: a call that isn't one of the PSCI functions below.
 *	Function and arguments are in x[]; results go there.  pc past an HVC, and
 *	nothing is pending; at an SMC, pending.
 * @call.nr: x0 at the call
 * @call.immediate: of the instruction
 * @cpu_up: CPU_UP: PSCI CPU_ON.  pc as for a call; x[0] is the result.
 * @cpu_up.target: MPIDR affinity of the CPU to start
 * @cpu_up.entry: guest-physical address where it begins
 * @cpu_up.arg: its x0
 * @cpu_up.conduit: ARM_VCPU_CONDUIT_*
 * @cpu_down: CPU_DOWN: PSCI CPU_OFF.  pc as for a call.
 * @cpu_down.conduit: ARM_VCPU_CONDUIT_*
 * @system: SYSTEM_DOWN: pc as for a call; x[] has the arguments.
 * @system.type: ARM_VCPU_SYSTEM_*
 * @system.conduit: ARM_VCPU_CONDUIT_*
 * @halt: HALT, only with ARM_VCPU_RUN_HALT.  pc past the instruction.
 * @halt.deadline: CLOCK_MONOTONIC time in ns when a timer, or a WFIT or WFET, ends the
 *	wait; all ones for never
 * @halt.kind: ARM_VCPU_HALT_*
 * @fault: MEMORY_FAULT: an access outside all regions, or a write to a read-only one,
 *	without a valid syndrome; a fetch from outside; or an access to a region that has no
 *	memory behind it.  pc at the instruction; RUN tries it again.
 * @fault.addr: guest-physical address
 * @fault.access: ARM_VCPU_ACCESS_*
 * @fault.error: errno of the host (positive) where a region has no usable memory,
 *	else 0
 * @fail: FAIL_ENTRY: what the page holds can't be entered; the guest didn't run.
 * @fail.reason: ARM_VCPU_FAIL_*
 * @send_ipi: SEND_IPI, only with ARM_VCPU_CONFIG_SGI_EXITS: pc at the access, pending.
 * @send_ipi.target: Aff3, Aff2 and Aff1 of the CPUs meant, where MPIDR_EL1 has them
 * @send_ipi.target_list: bit n: the CPU whose Aff0 is 16 * .range_selector + n
 * @send_ipi.range_selector: which 16 CPUs .target_list is about
 * @send_ipi.to_all: not zero: to all CPUs but the sender; the fields above don't count
 * @send_ipi.vector: INTID of the interrupt, 0 to 15
 * @send_ipi.group: ARM_VCPU_SGI_*
 * @debug: DEBUG, only with SET_DEBUG.  @esr has the immediate of a BRK, and WnR for a
 *	watchpoint, whose address is @far.
 * @debug.event: ARM_VCPU_EVENT_*
 * @internal: INTERNAL_ERROR: EL2 met what it can't explain.  The VM has died; the
 *	kernel log says where.
 * @internal.esr: ESR_EL2 of it
 * @internal.pc: where it was
 * @padding: keeps the size of the union
 * @gic: VMM: its part of the virtual GIC, with ARM_VCPU_CONFIG_VGIC; else it isn't looked at
 *
 * x[], pc and pstate may be changed while the vCPU isn't in RUN.  What a thread
 * writes during RUN may or may not be used, and hurts nobody but its own guest.
 *
 * The other exits have no payload.  NONE: look at the other fields and RUN again; with
 * ARM_VCPU_CONFIG_PSCI, the vCPU may have switched itself off.
 * TIMER: @timers changed.  KICKED: somebody used KICK.  EXTERNAL_INTERRUPT: only with
 * ARM_VCPU_RUN_EXTERNAL_INTERRUPT; the host has served the interrupt, and pc is where the
 * guest was.  An interrupt that comes for the sake of KICKED, TIMER, MAINTENANCE or -EINTR is
 * that.
 * MAINTENANCE: only with ARM_VCPU_CONFIG_VGIC: the virtual GIC wants something, @gic.misr says
 * what.  It comes again until that is done, or no longer asked for in @gic.hcr.
 */
struct arm_vcpu_run {
	__u64 x[31];
	__u64 pc;
	__u64 pstate;
	__u32 flags;
	__u32 lines;
	__u32 exit_reason;
	__u32 pending;
	__u32 timers;
	__u32 reserved;
	__u64 esr;
	__u64 far;
	__u64 ipa;
	union {
		struct {
			__u64 addr;
			__u64 data;
			__u8 width;
			__u8 reg;
			__u8 reg_width;
			__u8 sign_extend;
		} mmio;
		struct {
			__u64 id;
			__u64 value;
			__u8 reg;
		} sysreg;
		struct {
			__u64 nr;
			__u16 immediate;
		} call;
		struct {
			__u64 target;
			__u64 entry;
			__u64 arg;
			__u32 conduit;
		} cpu_up;
		struct {
			__u32 conduit;
		} cpu_down;
		struct {
			__u32 type;
			__u32 conduit;
		} system;
		struct {
			__u64 deadline;
			__u32 kind;
		} halt;
		struct {
			__u64 addr;
			__u32 access;
			__u32 error;
		} fault;
		struct {
			__u32 reason;
		} fail;
		struct {
			__u64 target;
			__u16 target_list;
			__u8 range_selector;
			__u8 to_all;
			__u8 vector;
			__u8 group;
		} send_ipi;
		struct {
			__u32 event;
		} debug;
		struct {
			__u64 esr;
			__u64 pc;
		} internal;
		__u64 padding[16];
	};
	struct arm_vcpu_gic gic;
};

#endif /* _UAPI_LINUX_ARM_VCPU_H */
