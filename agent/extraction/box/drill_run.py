"""Drills of operation: clients ask while routes are moved, or while the service is killed; start-up migrations run by two at once.

Argument: a plan file. Out: one JSON object, what was seen. Everything started here ends with this process.
"""

# ruff: noqa
# mypy: ignore-errors
import json
import os
import signal
import subprocess
import sys
import threading
import time

from . import drive
from .blobs import Blobs
from .live_run import all_ports, lay_trees, with_ports

CLIENTS = 4
PAUSE = 0.03  # of a client between two requests: a machine without any time left would show its own slowness
MOST_SECONDS = 40


class Load(object):
    """Clients that ask one request after the other, each by a connection of its own, until they are stopped."""

    def __init__(self, port, requests, blobs):
        self.port, self.requests, self.blobs = port, requests, blobs
        self.seen, self.running, self.threads = [], True, []

    def start(self):
        for number in range(CLIENTS):
            thread = threading.Thread(target=self.ask, args=(number,))
            thread.daemon = True
            thread.start()
            self.threads.append(thread)

    def ask(self, number):
        at = number * max(1, len(self.requests) // CLIENTS)
        while self.running:
            request = self.requests[at % len(self.requests)]
            at += 1
            begun = time.monotonic()
            try:
                status, headers, _ = drive.send(self.port, request, self.blobs)
                named = {name.lower(): value for name, value in headers}
                by = named.get("x-figwright-upstream", "")
                # Such an answer says that the side could not even try
                status = 0 if "x-figwright-refused" in named else status
            except Exception as error:
                status, by = "no answer: %s" % type(error).__name__, ""
            self.seen.append([begun, time.monotonic(), request["number"], status, by])
            time.sleep(PAUSE)

    def stop(self):
        self.running = False
        for thread in self.threads:
            thread.join(drive.ANSWER_SECONDS + 5)
        return self.seen

    def until(self, enough, least):
        """Wait so many seconds, and longer until ``enough`` answers are there."""
        begun, before = time.monotonic(), len(self.seen)
        while time.monotonic() - begun < MOST_SECONDS:
            if time.monotonic() - begun >= least and len(self.seen) - before >= enough:
                return
            time.sleep(0.02)


class Scene(object):
    """Both sides behind a facade that can be switched."""

    def __init__(self, plan):
        self.work = plan["work"]
        self.sides, self.failure, self.facade = {}, "", None
        application = plan["application"]
        for side in plan["sides"]:
            more = {"origin": plan["repository"], "tracked": plan["tracked"]}
            asked = dict(side, port=0, more=more, script="drill_serve")
            made = drive.started(plan, asked, application, os.path.join(self.work, side["name"]))
            self.sides[side["name"]] = made
            ready = made.ready if "failure" in made.ready else made.order("fork")
            self.failure = self.failure or ready.get("failure", "")
        self.ports = all_ports({name: side.port for name, side in self.sides.items()})
        self.plan = plan
        if not self.failure:
            text = with_ports(plan["to_service"], self.ports)
            self.facade = drive.Facade(text, os.path.join(self.work, "facade"), self.ports["facade"])
            self.failure = self.facade.failure

    def switch(self, to):
        """As an operator does it: the file rewritten, the signal that `nginx -s reload` sends. The time at which it was sent."""
        path = os.path.join(self.facade_folder, "nginx.conf")
        with open(path + ".new", "w") as file:
            file.write(with_ports(self.plan[to], self.ports).replace("{{work}}", self.facade_folder))
        os.rename(path + ".new", path)
        at = time.monotonic()
        self.facade.process.send_signal(signal.SIGHUP)
        return at

    @property
    def facade_folder(self):
        return os.path.join(self.work, "facade")

    def kill(self, name):
        """Every process of that side, and nobody listens any more. The time at which its end began: what fails from
        then on, while processes are still being ended, is its death's doing."""
        side, at = self.sides[name], time.monotonic()
        side.listening.close()
        for process in children(side.process.pid) + [side.process.pid]:
            os.kill(process, signal.SIGKILL)
        side.process.wait()
        return at

    def steady(self, requests, blobs):
        """Those requests to which each side, asked alone, gives the recorded status."""
        found = []
        for request in requests:
            sides = self.sides.values() if request["own"] else [self.sides["monolith"]]
            try:
                if all(drive.send(side.port, request, blobs)[0] == request["status"] for side in sides):
                    found.append(request)
            except Exception:
                continue
        return found

    def end(self):
        if self.facade:
            self.facade.end()
        for side in self.sides.values():
            try:
                side.end()
            except Exception:
                side.process.kill()


def children(pid):
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name) as file:
                    parent = int(file.read().rpartition(")")[2].split()[1])
            except (OSError, ValueError, IndexError):
                continue
            if parent == pid:
                found += children(int(name)) + [int(name)]
    return found


def rollback(scene, requests, blobs):
    load = Load(scene.ports["facade"], requests, blobs)
    load.start()
    load.until(40, 1.0)
    back = scene.switch("to_monolith")
    load.until(40, 1.5)
    forth = scene.switch("to_service")
    load.until(40, 1.5)
    return {"seen": load.stop(), "switches": [["monolith", back], ["service", forth]]}


def killed(scene, requests, blobs):
    load = Load(scene.ports["facade"], requests, blobs)
    load.start()
    load.until(20, 1.0)
    at = scene.kill("service")
    load.until(len(requests) * 2, 1.0)
    back = scene.switch("to_monolith")
    load.until(40, 1.5)
    return {"seen": load.stop(), "killed": at, "switches": [["monolith", back]]}


# -- start-up


def starting(plan, names, shared, tag):
    """Sides made on one database, all at once; what each of them says."""
    running, go = [], os.path.join(plan["work"], "go-" + tag)
    os.makedirs(shared, exist_ok=True)
    for side in plan["sides"]:
        if side["name"] not in names:
            continue
        path = os.path.join(plan["work"], "start-%s-%s" % (tag, side["name"]))
        setup = {
            "repository": side.get("repository", plan["repository"]),
            "recording": plan["recording"],
            "work": path + "-work",
            "server": plan["server"],
            "application": plan["application"],
            "upstream": side["name"],
            "start": "empty",
            "origin": plan["repository"],
            "tracked": plan["tracked"],
            "shared": shared,
            "go": go,
        }
        os.makedirs(setup["work"])
        with open(path, "w") as file:
            json.dump(setup, file)
        words = "import sys; from figwright_box import drill_start; drill_start.main(sys.argv[1])"
        with open(path + ".log", "wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", words, path],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=side.get("folder", plan["folder"]),
                env=dict(os.environ, **side.get("environment", {})),
            )
        running.append((side["name"], path, process))
    until = time.monotonic() + 60
    while time.monotonic() < until and not all(
        os.path.exists(path + ".ready") or process.poll() is not None for _, path, process in running
    ):
        time.sleep(0.01)
    with open(go, "w"):
        pass
    return {name: told(path, process) for name, path, process in running}


def told(path, process):
    try:
        process.wait(120)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return {"error": "it did not end within 120 seconds", "tables": {}}
    if not os.path.exists(path + ".result"):
        with open(path + ".log", "rb") as file:
            return {"error": file.read()[-4000:].decode("utf-8", "replace") or "it ended without a word", "tables": {}}
    with open(path + ".result") as file:
        return json.load(file)


def migrations(plan):
    shared = os.path.join(plan["work"], "shared-%s")
    alone = starting(plan, ["monolith"], shared % "one", "alone")
    found = {"alone": alone["monolith"], "rounds": []}
    if not alone["monolith"]["tables"]:
        return found
    found["after"] = starting(plan, ["service"], shared % "one", "after")["service"]
    names = [side["name"] for side in plan["sides"]]
    for number in range(plan["rounds"]):
        found["rounds"].append(starting(plan, names, shared % ("both%d" % number), "both%d" % number))
    return found


def on_stage(plan, play):
    blobs = Blobs(os.path.join(plan["recording"], "blobs"))
    numbers = {int(one): own for one, own in plan["requests"]}
    with open(os.path.join(plan["recording"], "requests.jsonl")) as file:
        requests = [json.loads(line) for line in file]
    requests = [dict(one, own=numbers[one["number"]]) for one in requests if one["number"] in numbers]
    scene = Scene(plan)
    try:
        if scene.failure:
            return {"failure": scene.failure}
        steady = scene.steady(requests, blobs)
        if not any(one["own"] for one in steady):
            return {"failure": "no request of the service could be asked out of its order", "tried": len(requests)}
        return dict(play(scene, steady, blobs), tried=len(requests), steady=[one["number"] for one in steady])
    finally:
        scene.end()


def main(path):
    with open(path) as file:
        plan = json.load(file)
    os.makedirs(plan["work"], exist_ok=True)
    lay_trees(plan)
    with open(os.path.join(plan["recording"], "applications.json")) as file:
        plan["application"] = {one["id"]: one for one in json.load(file)}[plan["application"]]
    if plan["drill"] == "migrations":
        found = migrations(plan)
    else:
        found = on_stage(plan, {"rollback": rollback, "killed": killed}[plan["drill"]])
    with open(plan["seen"], "w") as file:
        json.dump(found, file)
