"""A PostgreSQL server within the box: the folder of its programs in, addresses out. It listens on a Unix socket and ends with the box."""

# ruff: noqa
# mypy: ignore-errors
import os
import subprocess
import time

from pg8000.exceptions import DatabaseError, InterfaceError

SETTINGS = {
    "listen_addresses": "", "fsync": "off", "full_page_writes": "off", "jit": "off", "max_connections": "40",
    "shared_buffers": "64MB", "timezone": "UTC", "log_min_messages": "error", "deadlock_timeout": "200ms",
}  # fmt: skip


class Server(object):
    def __init__(self, programs, work):
        self.data, self.socket = os.path.join(work, "data"), os.path.join(work, "socket")
        self.log = os.path.join(work, "log")
        os.makedirs(self.socket)
        made = [
            os.path.join(programs, "initdb"),
            "-D",
            self.data,
            "-U",
            "figwright",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "-N",
        ]
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
        words = [word for name, value in sorted(SETTINGS.items()) for word in ("-c", "%s=%s" % (name, value))]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [os.path.join(programs, "postgres"), "-D", self.data, "-k", self.socket] + words, stdout=log, stderr=log
            )

    def address(self, database):
        return "postgresql://figwright@/%s?host=%s" % (database, self.socket)

    def wait(self, connect, seconds=30):
        end = time.monotonic() + seconds
        while True:
            try:
                return connect(self.address("postgres"))
            except (InterfaceError, DatabaseError, OSError):
                if time.monotonic() > end or self.process.poll() is not None:
                    with open(self.log, "rb") as file:
                        raise RuntimeError(
                            "PostgreSQL does not start: " + file.read()[-2000:].decode("utf-8", "replace")
                        )
                time.sleep(0.05)

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
