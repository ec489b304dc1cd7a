"""Serves the recorded application over HTTP: makes it once, then a fork for each test answers that test's requests in turn.

Arguments: a setup file. Orders come on standard input, one JSON line each, and are answered on the descriptor that the setup
names. For each request a result file holds what HTTP does not show: changed cells, mail, files, errors.
"""

# ruff: noqa
# mypy: ignore-errors
import gc
import json
import os
import signal
import socket
import sys
import traceback

from .django_program import DjangoProgram
from .flask_program import FlaskProgram


def child(program, listening, number, reply):
    """Serves one test's requests until it is ended; says so once it is ready."""
    program.move_databases(os.path.join(program.work, "test-%d" % number))
    from figwright_waitress.server import create_server

    server = create_server(
        program,
        sockets=[listening],
        threads=1,
        ident=None,
        clear_untrusted_proxy_headers=False,
        channel_timeout=600,
        max_request_body_size=1 << 30,
    )
    program.outside.refuse_calls()
    reply({"forked": number})
    server.run()


KINDS = {"flask": FlaskProgram, "django": DjangoProgram}


def main(path, kinds=KINDS):
    with open(path) as file:
        setup = json.load(file)
    orders, answers = os.fdopen(os.dup(0), "r"), os.fdopen(setup["answers"], "w")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    listening = socket.socket(fileno=setup["socket"])

    def reply(value):
        answers.write(json.dumps(value) + "\n")
        answers.flush()

    try:
        kind = kinds[setup["application"]["framework"]]
        program = kind(setup)
        program.load()
        program.move_databases(os.path.join(program.work, "start"))
        program.make()
        program.warm()
        sys.path.append(program.setup["server"])
        import figwright_waitress.server  # before the forks, so that not every one of them has to

        program.let_go()
        gc.collect()
        if hasattr(gc, "freeze"):
            gc.freeze()
        reply({"ready": True, "routes": program.routes() if setup.get("routes") else []})
    except BaseException:
        reply({"failure": traceback.format_exc()[-8000:]})
        return
    running, number = 0, 0
    for line in orders:
        order = json.loads(line)["do"]
        if running:
            os.kill(running, signal.SIGKILL)
            os.waitpid(running, 0)
            running = 0
        if order == "end":
            return
        number += 1
        running = os.fork()
        if not running:
            try:
                os.dup2(os.open(os.devnull, os.O_RDONLY), orders.fileno())
                child(program, listening, number, reply)
            except BaseException:
                reply({"failure": traceback.format_exc()[-4000:]})
            os._exit(1)
