"""A simulated operating system's scheduler (after Martin Richards' benchmark): idle, worker, handlers and devices exchange packets."""

IDLE, WORKER, HANDLER_A, HANDLER_B, DEVICE_A, DEVICE_B = range(6)
KIND_DEVICE, KIND_WORK = 0, 1
BUFFER = 4

class Packet:
    def __init__(self, link, ident, kind):
        self.link = link
        self.ident = ident
        self.kind = kind
        self.datum = 0
        self.data = [0] * BUFFER

    def append_to(self, queue):
        self.link = None
        if queue is None:
            return self
        last = queue
        while last.link is not None:
            last = last.link
        last.link = self
        return queue

class Task:
    def __init__(self, scheduler, ident, priority, queue, waiting):
        self.scheduler = scheduler
        self.ident = ident
        self.priority = priority
        self.input = queue
        self.packet_pending = queue is not None
        self.waiting = waiting
        self.holding = False
        self.next = scheduler.tasks
        scheduler.tasks = self
        scheduler.table[ident] = self

    def is_held_or_waiting(self):
        return self.holding or (not self.packet_pending and self.waiting)

    def add_packet(self, packet, old):
        if self.input is None:
            self.input = packet
            self.packet_pending = True
            if self.priority > old.priority:
                return self
        else:
            packet.append_to(self.input)
        return old

    def wait(self):
        self.waiting = True
        return self

    def run(self):
        if self.waiting and self.packet_pending:
            message = self.input
            self.input = message.link
            self.waiting = False
            self.packet_pending = self.input is not None
        else:
            message = None
        return self.step(message)

class IdleTask(Task):
    def __init__(self, scheduler, rounds):
        Task.__init__(self, scheduler, IDLE, 0, None, False)
        self.control = 1
        self.rounds = rounds

    def step(self, packet):
        self.rounds -= 1
        if self.rounds == 0:
            return self.scheduler.hold(self)
        if self.control & 1 == 0:
            self.control //= 2
            return self.scheduler.release(DEVICE_A)
        self.control = (self.control // 2) ^ 0xD008
        return self.scheduler.release(DEVICE_B)

class WorkerTask(Task):
    def __init__(self, scheduler, queue):
        Task.__init__(self, scheduler, WORKER, 1000, queue, True)
        self.destination = HANDLER_A
        self.letter = 0

    def step(self, packet):
        if packet is None:
            return self.wait()
        self.destination = HANDLER_B if self.destination == HANDLER_A else HANDLER_A
        packet.ident = self.destination
        packet.datum = 0
        for i in range(BUFFER):
            self.letter += 1
            if self.letter > 26:
                self.letter = 1
            packet.data[i] = 64 + self.letter
        return self.scheduler.queue(packet, self)

class HandlerTask(Task):
    def __init__(self, scheduler, ident, priority, queue):
        Task.__init__(self, scheduler, ident, priority, queue, True)
        self.work = None
        self.device = None

    def step(self, packet):
        if packet is not None:
            if packet.kind == KIND_WORK:
                self.work = packet.append_to(self.work)
            else:
                self.device = packet.append_to(self.device)
        work = self.work
        if work is not None:
            at = work.datum
            if at >= BUFFER:
                self.work = work.link
                return self.scheduler.queue(work, self)
            device = self.device
            if device is not None:
                self.device = device.link
                device.datum = work.data[at]
                work.datum = at + 1
                return self.scheduler.queue(device, self)
        return self.wait()

class DeviceTask(Task):
    def __init__(self, scheduler, ident, priority):
        Task.__init__(self, scheduler, ident, priority, None, True)
        self.pending = None

    def step(self, packet):
        if packet is None:
            packet = self.pending
            if packet is None:
                return self.wait()
            self.pending = None
            return self.scheduler.queue(packet, self)
        self.pending = packet
        return self.scheduler.hold(self)

class Scheduler:
    def __init__(self):
        self.tasks = None
        self.table = [None] * 6
        self.queued = 0
        self.held = 0

    def hold(self, task):
        self.held += 1
        task.holding = True
        return task.next

    def release(self, ident):
        task = self.table[ident]
        task.holding = False
        return task if task.priority > self.current.priority else self.current

    def queue(self, packet, sender):
        task = self.table[packet.ident]
        self.queued += 1
        packet.link = None
        packet.ident = sender.ident
        return task.add_packet(packet, sender)

    def run(self):
        task = self.tasks
        while task is not None:
            self.current = task
            if task.is_held_or_waiting():
                task = task.next
            else:
                task = task.run()

def simulate():
    scheduler = Scheduler()
    IdleTask(scheduler, 5000)
    queue = Packet(None, 0, KIND_WORK)
    WorkerTask(scheduler, Packet(queue, 0, KIND_WORK))
    for handler, device, priority in ((HANDLER_A, DEVICE_A, 2000), (HANDLER_B, DEVICE_B, 3000)):
        queue = None
        for _ in range(3):
            queue = Packet(queue, device, KIND_DEVICE)
        HandlerTask(scheduler, handler, priority, queue)
    DeviceTask(scheduler, DEVICE_A, 4000)
    DeviceTask(scheduler, DEVICE_B, 5000)
    scheduler.run()
    return scheduler.queued, scheduler.held

for _ in range(12):
    print(simulate())
