// SPDX-License-Identifier: GPL-2.0-only
/*
 * LPIs that are pending.
 *
 * For each vCPU they are a bitmap, and a bit for each of its words that isn't zero, so that a look
 * for the few that there are is short.  An LPI is edge-triggered, in group 1, and never active:
 * one that has been taken is gone.
 *
 * With gic->lock held.
 */
#include <linux/bitops.h>

#include "its.h"

static unsigned int bit_of(unsigned int intid)
{
	return intid - GIC_FIRST_LPI;
}

/**
 * lpi_set() - an LPI is pending
 * @cpu: whose
 * @intid: which
 */
void lpi_set(struct gic_cpu *cpu, unsigned int intid)
{
	unsigned int bit = bit_of(intid);

	if (!cpu->lpis_on)
		return;
	__set_bit(bit, cpu->lpis->pending);
	__set_bit(BIT_WORD(bit), cpu->lpis->words);
}

/**
 * lpi_clear() - an LPI isn't pending any more
 * @cpu: whose
 * @intid: which; in no list register
 *
 * Return: whether it was.
 */
bool lpi_clear(struct gic_cpu *cpu, unsigned int intid)
{
	unsigned int bit = bit_of(intid);

	if (!cpu->lpis_on || !__test_and_clear_bit(bit, cpu->lpis->pending))
		return false;
	if (!cpu->lpis->pending[BIT_WORD(bit)])
		__clear_bit(BIT_WORD(bit), cpu->lpis->words);
	return true;
}

/**
 * lpi_send() - an LPI comes
 * @cpu: who is to take it; has to look then, if it may
 * @intid: which
 */
void lpi_send(struct gic_cpu *cpu, unsigned int intid)
{
	lpi_set(cpu, intid);
	if (lpi_comes(cpu, intid))
		gic_arrived(cpu, intid);
}

/**
 * lpis_move() - what is pending for one vCPU is so for another
 * @from: with none in a list register
 * @to: the other
 *
 * If that hasn't enabled LPIs, they are lost.
 */
void lpis_move(struct gic_cpu *from, struct gic_cpu *to)
{
	unsigned int word;

	if (!from->lpis_on)
		return;
	for_each_set_bit(word, from->lpis->words, GIC_LPI_WORDS) {
		if (to->lpis_on) {
			to->lpis->pending[word] |= from->lpis->pending[word];
			__set_bit(word, to->lpis->words);
		}
		from->lpis->pending[word] = 0;
	}
	bitmap_zero(from->lpis->words, GIC_LPI_WORDS);
	lpis_changed(to, GIC_FIRST_LPI, GIC_MAX_LPIS);
}

/**
 * lpis_next() - the next LPIs that may go into list registers
 * @cpu: whose
 * @word: of their bitmaps, look from this one on; theirs then
 * @end: look at none from this one on
 *
 * Return: a bit each; 0: there are none.
 */
unsigned long lpis_next(const struct gic_cpu *cpu, unsigned int *word, unsigned int end)
{
	const struct gic_its *its = cpu->gic->its;
	unsigned long which;

	if (!cpu->lpis_on || !(cpu->gic->ctlr & GICD_CTLR_GROUP1))
		return 0;
	for (; (*word = find_next_bit(cpu->lpis->words, end, *word)) < end; ++*word) {
		which = cpu->lpis->pending[*word] & its->lpi_enabled[*word];
		if (which)
			return which;
	}
	return 0;
}

/**
 * lpi_comes() - is one of those that may go into list registers
 * @cpu: whose
 * @intid: of the LPI
 */
bool lpi_comes(const struct gic_cpu *cpu, unsigned int intid)
{
	unsigned int bit = bit_of(intid);

	return cpu->lpis_on && cpu->gic->ctlr & GICD_CTLR_GROUP1 &&
	       test_bit(bit, cpu->lpis->pending) && test_bit(bit, cpu->gic->its->lpi_enabled);
}

/**
 * lpi_priority() - of an LPI, as its configuration has it
 * @cpu: of its GIC
 * @intid: which
 *
 * Return: its priority.
 */
u8 lpi_priority(const struct gic_cpu *cpu, unsigned int intid)
{
	return cpu->gic->its->lpi_priority[bit_of(intid)];
}

/**
 * lpis_changed() - LPIs may be pending, and enabled, that weren't
 * @cpu: whose
 * @first: of them
 * @count: how many: 1, or those of whole words
 */
void lpis_changed(struct gic_cpu *cpu, unsigned int first, unsigned int count)
{
	unsigned int bit = bit_of(first), word = BIT_WORD(bit);
	unsigned long which = lpis_next(cpu, &word, BIT_WORD(bit + count - 1) + 1);

	if (count == 1)
		which &= BIT_MASK(bit);
	if (which)
		gic_poke(cpu);
}
