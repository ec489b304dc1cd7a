"""Starts the servers, sends every recorded request over HTTP, and writes what came back: one JSON line an answer.

Argument: a plan file. The sides are (name, folder with code, which paths' handlers it may serve); with a facade configuration
nginx stands before them. Everything started here ends with this process.
"""

# ruff: noqa
# mypy: ignore-errors
import http.client
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import time

from .blobs import Blobs

ANSWER_SECONDS = 30
PATIENCE = [0.0]  # seconds for an answer of a slice with defects; 0: as long as any other, and a second try
START_SECONDS = 240
START = "import sys; from figwright_box import %s; %s.main(sys.argv[1])"


class Side(object):
    """One server: the process that has made the application, and the port that its forks answer on."""

    def __init__(self, plan, side, application, work, start):
        self.name = side["name"]
        os.makedirs(work, exist_ok=True)
        self.work = work
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", side.get("port", 0)))
        listening.listen(64)
        self.port = listening.getsockname()[1]
        self.listening = listening
        reading, writing = os.pipe()
        setup = {
            "repository": side.get("repository", plan["repository"]),
            "recording": plan["recording"],
            "server": plan["server"],
            "work": work,
            "application": application,
            "upstream": self.name,
            "answers": writing,
            "socket": listening.fileno(),
            "serves": side.get("serves"),
            "routes": plan.get("routes", False),
            "start": start,
        }
        setup.update(side.get("more", {}))
        path = os.path.join(work, "setup.json")
        with open(path, "w") as file:
            json.dump(setup, file)
        self.log = open(os.path.join(work, "log"), "wb")
        self.process = subprocess.Popen(
            [sys.executable, "-c", START % ((side.get("script", "serve"),) * 2), path],
            stdin=subprocess.PIPE,
            stdout=self.log,
            stderr=self.log,
            pass_fds=(writing, listening.fileno()),
            cwd=side.get("folder", plan["folder"]),
            env=dict(os.environ, **side.get("environment", {})),
        )
        os.close(writing)
        self.replies = os.fdopen(reading, "r")
        self.ready = self.reply()

    def reply(self):
        if not select.select([self.replies], [], [], START_SECONDS)[0]:
            return {"failure": "the server said nothing for %d seconds\n%s" % (START_SECONDS, self.said())}
        line = self.replies.readline()
        if not line:
            return {"failure": "the server ended at its start\n" + self.said()}
        return json.loads(line)

    def said(self):
        with open(os.path.join(self.work, "log"), "rb") as file:
            return file.read()[-4000:].decode("utf-8", "replace")

    def order(self, what):
        try:
            self.process.stdin.write(json.dumps({"do": what}).encode("ascii") + b"\n")
            self.process.stdin.flush()
        except (BrokenPipeError, ValueError):
            return {"failure": "the server has ended\n" + self.said()}
        return self.reply() if what == "fork" else {}

    def end(self):
        self.order("end")
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.replies.close()
        self.listening.close()
        self.log.close()


def started(plan, side, application, work):
    """The side, made on an empty database; when that fails, on the one that the first request met."""
    made = Side(plan, side, application, work, "empty")
    if "failure" in made.ready:
        made.end()
        again = Side(plan, side, application, work + "-filled", "filled")
        if "failure" in again.ready:
            again.ready = made.ready
        return again
    return made


def send(port, request, blobs):
    body = blobs.get(request["body"])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE[0] or ANSWER_SECONDS)
    try:
        connection.putrequest(request["method"], request["target"], skip_host=True, skip_accept_encoding=True)
        names = {name.lower() for name, _ in request["headers"]}
        variables = dict(request["variables"])
        if "host" not in names:
            connection.putheader("Host", variables.get("SERVER_NAME", "localhost"))
        for name, value in request["headers"]:
            if name.lower() not in ("content-length", "connection", "transfer-encoding", "expect"):
                connection.putheader(name, value.encode("latin-1", "replace"))
        if body or request["method"] in ("POST", "PUT", "PATCH"):
            connection.putheader("Content-Length", str(len(body)))
        connection.putheader("X-Figwright-Request", str(request["number"]))
        connection.putheader("Connection", "close")
        connection.endheaders(body or None)
        response = connection.getresponse()
        return response.status, [list(one) for one in response.getheaders()], response.read()
    finally:
        connection.close()


def ask(sides, port, request, blobs):
    """One answer; what HTTP does not show comes from the result file of the side that answered."""
    number = str(request["number"])
    for side in sides:
        path = os.path.join(side.work, "result-%s.json" % number)
        if os.path.exists(path):
            os.unlink(path)
    begun = time.time()
    try:
        status, headers, body = send(port, request, blobs)
    except Exception as error:
        answer = {"request": request["number"], "trouble": "no answer: %s: %s" % (type(error).__name__, error)}
        if PATIENCE[0] and isinstance(error, socket.timeout):
            answer["hangs"] = True
        return answer
    took = time.time() - begun
    upstream = next((value for name, value in headers if name.lower() == "x-figwright-upstream"), "")
    refused = any(name.lower() == "x-figwright-refused" for name, _ in headers)
    found = {}
    for side in sides:
        path = os.path.join(side.work, "result-%s.json" % number)
        if side.name == upstream and os.path.exists(path):
            with open(path) as file:
                found = json.load(file)
    if refused or "failure" in found:
        return {
            "request": request["number"],
            "trouble": found.get("failure") or body.decode("utf-8", "replace"),
            "upstream": upstream,
        }
    kept = [one for one in headers if not one[0].lower().startswith("x-figwright-")]
    answer = {"request": request["number"], "status": status, "headers": kept, "upstream": upstream}
    answer["body"], answer["seconds"] = body.decode("latin-1"), round(took, 3)
    answer.update(found)
    return answer


def grouped(requests):
    """(application, requests of one test), in their order: what a program remembers within a test, it shall remember again."""
    found = []
    for request in requests:
        key = (request["application"], request["test"])
        if not found or found[-1][0] != key:
            found.append((key, []))
        found[-1][1].append(request)
    order = {}
    for (application, _), _ in found:
        order.setdefault(application, len(order))
    return sorted(found, key=lambda one: order[one[0][0]])  # stable: one application after the other


def answers_of(sides, port, requests, blobs):
    for side in sides:
        forked = side.order("fork")
        if "failure" in forked:
            return [{"request": one["number"], "trouble": forked["failure"]} for one in requests]
    found, again = [], False
    for request in requests:
        answer = ask(sides, port, request, blobs)
        if "trouble" in answer and not again:
            # A fork that died or holds a lock: a new one for the rest, and this request once more
            again = not answer.get("hangs")
            forked = [side.order("fork") for side in sides]
            if again and not any("failure" in one for one in forked):
                answer = ask(sides, port, request, blobs)
        found.append(answer)
    return found


class Facade(object):
    """nginx before the sides."""

    def __init__(self, text, work, port):
        self.port = port
        for name in ("logs", "body", "proxy", "fastcgi", "uwsgi", "scgi"):
            os.makedirs(os.path.join(work, name), exist_ok=True)
        path = os.path.join(work, "nginx.conf")
        with open(path, "w") as file:
            file.write(text.replace("{{work}}", work))
        self.said = os.path.join(work, "said")
        with open(self.said, "wb") as said:
            program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/local/sbin")
            if program is None:
                self.process, self.failure = None, "nginx is not installed: install it to run a facade"
                return
            self.process = subprocess.Popen([program, "-p", work, "-c", path, "-e", "stderr"], stdout=said, stderr=said)
        self.failure = ""
        for _ in range(200):
            if self.process.poll() is not None:
                with open(self.said, "rb") as file:
                    self.failure = "nginx ended: " + file.read().decode("utf-8", "replace")[-2000:]
                return
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        self.failure = "nginx does not listen"

    def end(self):
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


def run(plan, application, groups, blobs, number):
    work = os.path.join(plan["work"], "application-%d" % number)
    sides = [started(plan, side, application, os.path.join(work, side["name"])) for side in plan["sides"]]
    facade = None
    try:
        failures = [side.ready["failure"] for side in sides if "failure" in side.ready]
        if not failures and plan.get("facade"):
            facade = Facade(plan["facade"], os.path.join(work, "facade"), plan["facade_port"])
            failures = [facade.failure] if facade.failure else []
        if failures:
            for _, requests in groups:
                for request in requests:
                    yield {
                        "request": request["number"],
                        "trouble": "the program cannot be started",
                        "start": failures[0],
                    }
            return
        if plan.get("routes"):
            yield {"routes": sides[0].ready["routes"], "application": application["id"]}
        port = facade.port if facade else sides[0].port
        for _, requests in groups:
            for answer in answers_of(sides, port, requests, blobs):
                yield answer
    finally:
        if facade:
            facade.end()
        for side in sides:
            side.end()


def main(path):
    with open(path) as file:
        plan = json.load(file)
    PATIENCE[0] = plan.get("patience") or 0.0
    blobs = Blobs(os.path.join(plan["recording"], "blobs"))
    with open(os.path.join(plan["recording"], "applications.json")) as file:
        applications = {one["id"]: one for one in json.load(file)}
    only = None if plan["only"] is None else set(plan["only"])
    with open(os.path.join(plan["recording"], "requests.jsonl")) as file:
        requests = [json.loads(line) for line in file]
    requests = [one for one in requests if (only is None or one["number"] in only) and not one["cannot"]]
    found = {}
    for (application, _), group in grouped(requests):
        found.setdefault(application, []).append((application, group))
    with open(plan["out"], "w") as out:
        for number, (application, groups) in enumerate(
            sorted(found.items(), key=lambda one: one[1][0][1][0]["number"])
        ):
            for answer in run(plan, applications[application], groups, blobs, number):
                out.write(json.dumps(answer, sort_keys=True) + "\n")
                out.flush()
