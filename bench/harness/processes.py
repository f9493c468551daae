"""Child processes that never outlive the program that measures them."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

GUARD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "guard.py")


class Child:
    """One started process, the leader of its own process group."""

    def __init__(self, name, popen, log, guard):
        self.guard = guard
        guard.write(f"+ {popen.pid}\n")
        self.name = name
        self.popen = popen
        self.log = log

    @property
    def pid(self):
        return self.popen.pid

    def check(self):
        """Ends this program with the child's last words if the child has ended by itself."""
        if self.popen.poll() is not None:
            with open(self.log, encoding="utf-8", errors="replace") as log:
                words = "".join(log.readlines()[-20:])
            raise SystemExit(f"{self.name} ended with {self.popen.returncode}:\n{words}")

    def stop(self, number=signal.SIGTERM, patience=10.0):
        """Asks its whole group to end, then makes it end."""
        if self.popen.poll() is None:
            self._signal_group(number)
            try:
                self.popen.wait(patience)
            except subprocess.TimeoutExpired:
                pass
        self._signal_group(signal.SIGKILL)
        self.popen.wait()
        self.guard.write(f"- {self.pid}\n")

    def _signal_group(self, number):
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            pass  # nobody is left


class Workshop:
    """A temporary folder and the processes started from it; both are gone when it closes.

    Use it in a `with` statement: SIGTERM and SIGHUP leave the block as Ctrl-C does.
    """

    def __init__(self, keep=False):
        self.keep = keep
        self.folder = tempfile.mkdtemp(prefix="fairlead-bench-")
        os.chmod(self.folder, 0o711)  # nginx started by root writes its temporary files as another user
        self.children = []
        self.guard = subprocess.Popen(
            [sys.executable, GUARD], stdin=subprocess.PIPE, start_new_session=True, text=True, bufsize=1
        )

    def __enter__(self):
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda got, _frame: sys.exit(128 + got))
        return self

    def __exit__(self, *_):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for child in reversed(self.children):
            if child.popen.returncode is None:
                child.stop(patience=5.0)
        self.guard.stdin.close()
        self.guard.wait()
        if self.keep:
            print(f"kept {self.folder}", file=sys.stderr)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, name):
        """Where a file of this name is, or would be."""
        return os.path.join(self.folder, name)

    def write(self, name, content):
        """Writes a file and returns its path."""
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return path

    def spawn(self, name, command, cpus=None, env=None, piped=False, shown=False):
        """Starts a process on the given CPUs (default: those of this program).

        `piped`: its standard input and output are pipes; `shown`: what it says on standard error is
        seen by the user. All else it says goes to a log.
        """
        log = self.path(f"{name}-{len(self.children)}.log")
        with open(log, "wb") as out:
            popen = subprocess.Popen(
                command,
                stdin=subprocess.PIPE if piped else subprocess.DEVNULL,
                stdout=subprocess.PIPE if piped else out,
                stderr=None if shown else out,
                cwd=self.folder,
                env={**os.environ, **(env or {})},
                start_new_session=True,  # Ctrl-C reaches this program alone, which then stops the rest
                preexec_fn=(lambda: os.sched_setaffinity(0, cpus)) if cpus else None,
            )
        child = Child(name, popen, log, self.guard.stdin)
        self.children.append(child)
        return child

    def certificate(self):
        """Makes a self-signed certificate for localhost: paths of certificate, key, and both in one."""
        cert, key = self.path("cert.pem"), self.path("key.pem")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "7", "-subj", "/CN=localhost"]
            + ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", cert],
            check=True,
            capture_output=True,
        )
        with open(cert, "rb") as cert_file, open(key, "rb") as key_file:
            return cert, key, self.write("both.pem", cert_file.read() + key_file.read())


class Ports:
    """Free ports of 127.0.0.1, below those the kernel gives to outgoing connections.

    Programs that may run at the same time begin at different numbers.
    """

    def __init__(self, first=18000):
        self.next = first

    def take(self):
        while True:
            port, self.next = self.next, self.next + 1
            if is_free("127.0.0.1", port):
                return port


def is_free(host, port):
    """Whether nobody listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            return True
        except OSError:
            return False


def score(host, port, path, timeout=2.0, fields=()):
    """Whether one POST, with these fields in its head, is answered with 200."""
    request = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Content-Length: 2\r\nConnection: close\r\n" + "".join(f"{field}\r\n" for field in fields) + "\r\n{}"
    )
    with socket.create_connection((host, port), timeout) as connection:
        connection.sendall(request.encode())
        return connection.recv(4096).startswith(b"HTTP/1.1 200")


def wait_until(probe, child, what, seconds=120.0):
    """Calls `probe` until it is true; gives up when the child ends or the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if probe():
                return
        except OSError:
            pass  # not listening yet
        child.check()
        time.sleep(0.001)
    raise SystemExit(f"{child.name}: {what} did not come within {seconds:.0f} s")
