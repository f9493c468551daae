"""Pods that become ready and unready at a given rate, whatever becomes of the changes before."""

import itertools
import threading
import time

CONNECTIONS = 4


def changes(pods, away):
    """Endless changes (pod, is ready): each pod in turn becomes unready, and ready again when `away` others have.

    Pods of one deployment are far apart in that turn, so that each deployment keeps most of its replicas.
    """
    for step in itertools.count():
        yield step % pods, False
        if step >= away:
            yield (step - away) % pods, True


class Churn:
    """Changes pods from a few connections until it is left; for a `with` statement. All are ready at the end."""

    def __init__(self, server, pods, count, rate):
        self.server = server
        self.pods = pods
        self.count = count
        self.rate = rate
        self.lock = threading.Lock()
        self.order = changes(count, min(rate // 2, count // 2))
        self.given = 0
        self.done = 0
        self.away = set()
        self.failure = None
        self.stopped = threading.Event()
        self.threads = [threading.Thread(target=self.run, daemon=True) for _ in range(CONNECTIONS)]

    def __enter__(self):
        self.began = time.monotonic()
        for thread in self.threads:
            thread.start()
        return self

    def run(self):
        client = self.server.client()
        try:
            while True:
                with self.lock:
                    due = self.began + self.given / self.rate
                    number, is_ready = next(self.order)
                    self.given += 1
                if self.stopped.wait(max(0.0, due - time.monotonic())):
                    return
                client.write(*self.pods.ready(number, is_ready))
                with self.lock:
                    self.done += 1
                    (self.away.discard if is_ready else self.away.add)(number)
        except (OSError, SystemExit) as e:
            self.failure = e

    def per_second(self):
        """Changes per second so far."""
        return self.done / (time.monotonic() - self.began)

    def __exit__(self, *_):
        self.stopped.set()
        for thread in self.threads:
            thread.join()
        if self.failure:
            raise SystemExit(f"changing pods: {self.failure}")
        client = self.server.client()
        for number in sorted(self.away):
            client.write(*self.pods.ready(number, True))
