/* SPDX-License-Identifier: MIT */
/*
 * The back ends KVM: what its two files know of each other.
 */
#ifndef BENCH_KVM_H
#define BENCH_KVM_H

struct guest;

/* kvm.c: an ioctl that has to work */
int kvm_command(int fd, unsigned long request, void *argument, const char *what);

/* kvm_gic.c */
void kvm_make_gic(struct guest *guest);
void kvm_irqfd(struct guest *guest, int fd);
void kvm_set_spi(struct guest *guest, bool level);
void kvm_send_msi(struct guest *guest);

#endif /* BENCH_KVM_H */
