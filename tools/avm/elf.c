// SPDX-License-Identifier: MIT
#include <string.h>
#include <linux/elf.h>

#include "load.h"
#include "say.h"

bool elf_is(const struct blob *file)
{
	return file->size >= SELFMAG && !memcmp(file->data, ELFMAG, SELFMAG);
}

static bool elf_header(const struct blob *file, struct elf64_hdr *header)
{
	if (file->size < sizeof(*header))
		return false;
	memcpy(header, file->data, sizeof(*header));

	return header->e_ident[EI_CLASS] == ELFCLASS64 &&
	       header->e_ident[EI_DATA] == ELFDATA2LSB &&
	       header->e_machine == EM_AARCH64 &&
	       (header->e_type == ET_EXEC || header->e_type == ET_DYN) &&
	       header->e_phentsize == sizeof(struct elf64_phdr) &&
	       header->e_phoff <= file->size &&
	       (file->size - header->e_phoff) / sizeof(struct elf64_phdr) >= header->e_phnum;
}

static int load_segment(const struct blob *file, const struct elf64_phdr *segment,
			const struct ram *ram)
{
	void *to = ram_at(ram, segment->p_paddr, segment->p_memsz);

	if (segment->p_filesz > segment->p_memsz || segment->p_offset > file->size ||
	    segment->p_filesz > file->size - segment->p_offset) {
		say("%s is cut short: get it anew", file->path);
		return -1;
	}
	if (!to) {
		say("%s wants memory at %#llx to %#llx, and RAM is %#llx to %#llx",
		    file->path, (unsigned long long)segment->p_paddr,
		    (unsigned long long)(segment->p_paddr + segment->p_memsz),
		    (unsigned long long)ram->base, (unsigned long long)(ram->base + ram->size));
		return -1;
	}
	memcpy(to, file->data + segment->p_offset, segment->p_filesz);
	return 0;
}

int elf_load(const struct blob *file, const struct ram *ram, struct boot *boot)
{
	struct elf64_hdr header;
	struct elf64_phdr segment;

	if (!elf_header(file, &header)) {
		say("%s isn't an ELF program for AArch64, little-endian", file->path);
		return -1;
	}

	boot->entry = header.e_entry;
	for (unsigned int i = 0; i < header.e_phnum; i++) {
		memcpy(&segment, file->data + header.e_phoff + i * sizeof(segment),
		       sizeof(segment));
		if (segment.p_type != PT_LOAD || !segment.p_memsz)
			continue;
		if (load_segment(file, &segment, ram))
			return -1;
		/* the entry is a virtual address, and the MMU is off */
		if (header.e_entry - segment.p_vaddr < segment.p_memsz)
			boot->entry = header.e_entry - segment.p_vaddr + segment.p_paddr;
		if (boot->end < segment.p_paddr + segment.p_memsz)
			boot->end = segment.p_paddr + segment.p_memsz;
	}
	if (!boot->end) {
		say("%s has nothing to load", file->path);
		return -1;
	}
	return 0;
}
