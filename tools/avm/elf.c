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

/* The next segment from @i on that is to be loaded; false: there is none */
static bool next_segment(const struct blob *file, const struct elf64_hdr *header,
			 unsigned int *i, struct elf64_phdr *segment)
{
	while (*i < header->e_phnum) {
		memcpy(segment, file->data + header->e_phoff + (*i)++ * sizeof(*segment),
		       sizeof(*segment));
		if (segment->p_type == PT_LOAD && segment->p_memsz)
			return true;
	}
	return false;
}

static bool is_whole(const struct blob *file, const struct elf64_phdr *segment)
{
	return segment->p_filesz <= segment->p_memsz && segment->p_offset <= file->size &&
	       segment->p_filesz <= file->size - segment->p_offset;
}

int elf_take(const struct blob *file, struct ram *ram, __u64 *entry)
{
	struct elf64_hdr header;
	struct elf64_phdr segment;
	unsigned int i = 0;

	if (!elf_header(file, &header)) {
		say("%s isn't an ELF program for AArch64, little-endian", file->path);
		return -1;
	}

	*entry = header.e_entry;
	while (next_segment(file, &header, &i, &segment)) {
		if (!is_whole(file, &segment)) {
			say("%s is cut short: get it anew", file->path);
			return -1;
		}
		if (load_take(file, ram, segment.p_paddr, segment.p_memsz))
			return -1;
		/* the entry is a virtual address, and the MMU is off */
		if (header.e_entry - segment.p_vaddr < segment.p_memsz)
			*entry = header.e_entry - segment.p_vaddr + segment.p_paddr;
	}
	if (!ram->count) {
		say("%s has nothing to load", file->path);
		return -1;
	}
	return 0;
}

void elf_put(const struct blob *file, const struct ram *ram)
{
	struct elf64_hdr header;
	struct elf64_phdr segment;
	unsigned int i = 0;

	memcpy(&header, file->data, sizeof(header));
	while (next_segment(file, &header, &i, &segment))
		memcpy(ram_at(ram, segment.p_paddr, segment.p_memsz),
		       file->data + segment.p_offset, segment.p_filesz);
}
