// SPDX-License-Identifier: MIT
#include "driver.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "armvcpu.h"

/* What the device has asked the kernel for; one device at a time */
static int irq_fd = -1;

int armvcpu_irqfd(struct armvcpu_vm *vm, __u64 flags, int fd, __u32 intid, int resample_fd)
{
	(void)vm;
	(void)flags;
	(void)intid;
	(void)resample_fd;
	irq_fd = fd;
	return 0;
}

int armvcpu_ioeventfd(struct armvcpu_vm *vm, __u64 flags, __u64 guest_addr, __u32 length, int fd,
		      __u64 data)
{
	(void)vm;
	(void)flags;
	(void)guest_addr;
	(void)length;
	(void)fd;
	(void)data;
	return 0;
}

/* Not for virtio */
int armvcpu_set_spi(struct armvcpu_vm *vm, __u32 intid, __u32 level)
{
	(void)vm;
	(void)intid;
	(void)level;
	return 0;
}

int armvcpu_set_memory(struct armvcpu_vm *vm, __u64 guest_addr, void *memory, size_t length,
		       __u64 flags)
{
	(void)vm;
	(void)guest_addr;
	(void)memory;
	(void)length;
	(void)flags;
	return 0;
}

int armvcpu_remove_memory(struct armvcpu_vm *vm, __u64 guest_addr)
{
	(void)vm;
	(void)guest_addr;
	return 0;
}

/* avm's terminal, without one */
static int terminal = -1;
static bool has_keys;

int console_connect(struct machine *machine)
{
	int ends[2];

	(void)machine;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends))
		return -1;
	terminal = ends[0];
	return ends[1];
}

void console_give(struct machine *machine, bool port)
{
	(void)machine;
	__atomic_store_n(&has_keys, port, __ATOMIC_SEQ_CST);
}

int driver_terminal(void)
{
	return terminal;
}

bool driver_terminal_has_keys(void)
{
	return __atomic_load_n(&has_keys, __ATOMIC_SEQ_CST);
}

void driver_machine(struct driver *driver)
{
	static const struct options options;
	struct machine *machine = &driver->machine;

	memset(driver, 0, sizeof(*driver));
	machine->options = &options;
	machine->vcpu_count = 2;
	pthread_mutex_init(&machine->lock, NULL);
	pthread_cond_init(&machine->changed, NULL);
	ram_allocate(&machine->ram, RAM_SIZE);
}

void driver_plug(struct driver *driver, struct device *device)
{
	driver->device = device;
	bus_add(&driver->machine.bus, device);
	bus_connect(&driver->machine.bus, &driver->machine.vm, true);
	driver->irq = irq_fd;
}

__u32 driver_read(struct driver *driver, __u64 offset)
{
	struct device *dev = driver->device;
	__u32 value;

	pthread_mutex_lock(&driver->machine.lock);
	value = bus_read(&driver->machine.bus, dev->map->base + offset, sizeof(value));
	pthread_mutex_unlock(&driver->machine.lock);
	return value;
}

void driver_write(struct driver *driver, __u64 offset, __u32 value)
{
	pthread_mutex_lock(&driver->machine.lock);
	bus_write(&driver->machine.bus, driver->device->map->base + offset, value, sizeof(value));
	pthread_mutex_unlock(&driver->machine.lock);
}

static __u64 offered(struct driver *driver)
{
	__u64 features;

	driver_write(driver, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 1);
	features = (__u64)driver_read(driver, VIRTIO_MMIO_DEVICE_FEATURES) << 32;
	driver_write(driver, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 0);
	return features | driver_read(driver, VIRTIO_MMIO_DEVICE_FEATURES);
}

static void add_status(struct driver *driver, __u32 bit)
{
	driver_write(driver, VIRTIO_MMIO_STATUS, driver_read(driver, VIRTIO_MMIO_STATUS) | bit);
}

void driver_negotiate(struct driver *driver, __u64 features)
{
	driver_write(driver, VIRTIO_MMIO_STATUS, 0);
	memset(driver->next, 0, sizeof(driver->next));
	memset(driver->seen, 0, sizeof(driver->seen));
	memset(driver_at(driver, RINGS), 0, VIRTIO_QUEUES * RINGS_EACH);
	while (driver_interrupted(driver, 0))
		;
	add_status(driver, VIRTIO_CONFIG_S_ACKNOWLEDGE);
	add_status(driver, VIRTIO_CONFIG_S_DRIVER);
	driver->features = offered(driver) & features;
	for (unsigned int half = 0; half < 2; half++) {
		driver_write(driver, VIRTIO_MMIO_DRIVER_FEATURES_SEL, half);
		driver_write(driver, VIRTIO_MMIO_DRIVER_FEATURES, driver->features >> half * 32);
	}
	add_status(driver, VIRTIO_CONFIG_S_FEATURES_OK);
}

static __u64 rings(unsigned int queue)
{
	return RINGS + queue * RINGS_EACH;
}

struct vring_desc *driver_desc(struct driver *driver, unsigned int queue)
{
	return driver_at(driver, rings(queue));
}

struct vring_avail *driver_avail(struct driver *driver, unsigned int queue)
{
	return driver_at(driver, rings(queue) + 0x2000);
}

struct vring_used *driver_used(struct driver *driver, unsigned int queue)
{
	return driver_at(driver, rings(queue) + 0x4000);
}

void driver_set_queue(struct driver *driver, unsigned int queue)
{
	driver_write(driver, VIRTIO_MMIO_QUEUE_SEL, queue);
	driver_write(driver, VIRTIO_MMIO_QUEUE_NUM, ENTRIES);
	driver_write(driver, VIRTIO_MMIO_QUEUE_DESC_LOW, rings(queue));
	driver_write(driver, VIRTIO_MMIO_QUEUE_AVAIL_LOW, rings(queue) + 0x2000);
	driver_write(driver, VIRTIO_MMIO_QUEUE_USED_LOW, rings(queue) + 0x4000);
	driver_write(driver, VIRTIO_MMIO_QUEUE_READY, 1);
}

void driver_go(struct driver *driver)
{
	add_status(driver, VIRTIO_CONFIG_S_DRIVER_OK);
}

void driver_start(struct driver *driver, __u64 features, unsigned int queues)
{
	driver_negotiate(driver, features);
	for (unsigned int i = 0; i < queues; i++)
		driver_set_queue(driver, i);
	driver_go(driver);
}

void *driver_at(struct driver *driver, __u64 addr)
{
	return ram_at(&driver->machine.ram, addr, 1);
}

void driver_describe(struct driver *driver, unsigned int queue, unsigned int index, __u64 addr,
		     __u32 len, __u16 flags)
{
	driver_desc(driver, queue)[index] = (struct vring_desc){
		.addr = addr,
		.len = len,
		.flags = flags,
		.next = index + 1,
	};
}

void driver_notify(struct driver *driver, unsigned int queue)
{
	driver_write(driver, VIRTIO_MMIO_QUEUE_NOTIFY, queue);
}

void driver_offer(struct driver *driver, unsigned int queue, __u16 head)
{
	struct vring_avail *avail = driver_avail(driver, queue);

	avail->ring[driver->next[queue]++ % ENTRIES] = head;
	__atomic_store_n(&avail->idx, driver->next[queue], __ATOMIC_RELEASE);
	driver_notify(driver, queue);
}

long driver_take(struct driver *driver, unsigned int queue)
{
	struct vring_used *used = driver_used(driver, queue);

	for (unsigned int tries = 0; tries < 10000; tries++) {
		if (__atomic_load_n(&used->idx, __ATOMIC_ACQUIRE) != driver->seen[queue])
			return used->ring[driver->seen[queue]++ % ENTRIES].len;
		usleep(100);
	}
	return -1;
}

bool driver_interrupted(struct driver *driver, int ms)
{
	struct pollfd irq = { .fd = driver->irq, .events = POLLIN };
	uint64_t count;

	return poll(&irq, 1, ms) > 0 && read(driver->irq, &count, sizeof(count)) > 0;
}

bool driver_is_broken(struct driver *driver)
{
	const __u32 config = VIRTIO_MMIO_INT_CONFIG;

	return driver_interrupted(driver, 1000) &&
	       driver_read(driver, VIRTIO_MMIO_INTERRUPT_STATUS) & config &&
	       driver_read(driver, VIRTIO_MMIO_STATUS) & VIRTIO_CONFIG_S_NEEDS_RESET;
}
