// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows SPIs of the kernel's GIC that are sent by messages, stores to registers of the distributor:
 * by edge, and by a level that another message ends.
 */
#include "kselftest_harness.h"
#include "gic_vm.h"

#define SPI		40U
#define SETSPI		(GIC_DIST + 0x40)
#define CLRSPI		(GIC_DIST + 0x48)
#define SETSPI_SECURE	(GIC_DIST + 0x50)
#define TYPER_MBIS	(1U << 16)
#define NR		2

FIXTURE(message) {
	struct vm vm;
	struct vcpu *vcpu[NR];
};

FIXTURE_SETUP(message)
{
	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	gic_vm(&self->vm);
	gic_add_vcpus(&self->vm, self->vcpu, NR);
	gic_write32(self->vcpu[0], GIC_DIST + GICD_CTLR, 3);
	gic_route(self->vcpu[0], SPI, 1);
	gic_enable(self->vcpu[0], SPI, 0x80);
}

FIXTURE_TEARDOWN(message)
{
	if (self->vcpu[0])
		vm_destroy(&self->vm);
}

TEST_F(message, is_told_of)
{
	EXPECT_NE(0, gic_read32(self->vcpu[0], GIC_DIST + GICD_TYPER) & TYPER_MBIS);
	/* To write */
	gic_write32(self->vcpu[0], SETSPI, SPI + 1);
	EXPECT_EQ(0, gic_read32(self->vcpu[0], SETSPI));
	EXPECT_EQ(0, gic_read32(self->vcpu[0], CLRSPI));
}

TEST_F(message, is_an_edge)
{
	gic_make_edge(self->vcpu[0], SPI);
	gic_write32(self->vcpu[0], SETSPI, SPI);
	gic_comes(self->vcpu[1], SPI, 0x80);
	gic_idle(self->vcpu[1]);
	/* And another one, by 16 bits, which has been taken away */
	gic_write(self->vcpu[0], SETSPI, 2, SPI);
	EXPECT_EQ(1, gic_get(self->vcpu[0], GIC_ISPENDR, SPI));
	gic_write(self->vcpu[0], CLRSPI, 2, SPI);
	EXPECT_EQ(0, gic_get(self->vcpu[0], GIC_ISPENDR, SPI));
	gic_idle(self->vcpu[1]);
}

TEST_F(message, is_a_level)
{
	gic_write32(self->vcpu[0], SETSPI, SPI);
	gic_comes(self->vcpu[1], SPI, 0x80);
	gic_taken(self->vcpu[1], SPI, 0x80);
	gic_write32(self->vcpu[0], CLRSPI, SPI);
	gic_ended(self->vcpu[1], SPI, RPR_IDLE);
	gic_idle(self->vcpu[1]);
	gic_idle(self->vcpu[1]);
}

TEST_F(message, is_nothing)
{
	static const u32 intids[] = {
		0, 15, 31, GIC_SPI + GIC_SPIS, 1019, 1020, 1023, 1024, 0x1fff,
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(intids); i++) {
		gic_write32(self->vcpu[0], SETSPI, intids[i]);
		gic_write32(self->vcpu[0], CLRSPI, intids[i]);
	}
	/* By 8 bits, in the upper half, and of the other security state */
	gic_write(self->vcpu[0], SETSPI, 1, SPI);
	gic_write(self->vcpu[0], SETSPI + 2, 2, SPI);
	gic_write32(self->vcpu[0], SETSPI_SECURE, SPI);
	for (i = 0; i < 1 + GIC_SPIS / 32; i++)
		EXPECT_EQ(0, gic_read32(self->vcpu[0],
					gic_word(self->vcpu[0], GIC_ISPENDR, i * 32)));
	gic_idle(self->vcpu[1]);
}

TEST_HARNESS_MAIN
