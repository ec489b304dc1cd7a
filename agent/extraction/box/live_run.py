"""Runs a test command whose requests go to servers: starts them as they are asked for, hands requests over, and ends with the command.

Arguments: a plan file, then the command. Everything started here ends with this process.
"""

# ruff: noqa
# mypy: ignore-errors
import json
import os
import select
import shutil
import socket
import subprocess
import sys

from . import drive
from .blobs import Blobs

MOST_STAGES = 6
PORTS = ("monolith", "service", "facade")


class Stage(object):
    """The servers of one application behind a facade of their own."""

    def __init__(self, plan, application, number, first):
        self.work = os.path.join(plan["work"], "application-%d" % number)
        self.sides, self.test, self.failure, self.facade = [], None, "", None
        ports = {}
        for side in plan["sides"]:
            setup = {"origin": plan["repository"], "tests": plan["tests"], "tracked": plan["tracked"], "first": first}
            asked = dict(side, port=0, more=setup, script="live_serve")
            made = drive.started(plan, asked, application, os.path.join(self.work, side["name"]))
            ports[side["name"]] = made.port
            if "failure" in made.ready:
                self.failure = self.failure or (made.ready["failure"] if side["name"] == "monolith" else "")
                with open(os.path.join(plan["out"], "live-servers.jsonl"), "a") as file:
                    file.write(
                        json.dumps({"test": "", "server": side["name"], "failure": made.ready["failure"]}) + "\n"
                    )
                made.end()  # nobody listens there any more, as users would see it
            else:
                self.sides.append(made)
        if not self.failure:
            ports = all_ports(ports)
            text = with_ports(plan["facade"], ports)
            self.facade = drive.Facade(text, os.path.join(self.work, "facade"), ports["facade"])
            self.failure = self.facade.failure

    def ask(self, request, blobs):
        if self.failure:
            return {"trouble": self.failure}
        if request["test"] != self.test:
            self.test = request["test"]
            for side in self.sides:
                forked = side.order("fork")
                if "failure" in forked:
                    return {"trouble": forked["failure"]}
        return drive.ask(self.sides, self.facade.port, request, blobs)

    def end(self):
        if self.facade:
            self.facade.end()
        for side in self.sides:
            side.end()
        shutil.rmtree(self.work, ignore_errors=True)


def all_ports(known):
    """A port for each place that a facade's configuration names."""
    return {name: known.get(name) or free_port() for name in PORTS}


def with_ports(text, ports):
    for name in PORTS:
        text = text.replace("{{%s}}" % name, str(ports[name]))
    return text


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Broker(object):
    """Takes requests from the tests' processes, one after the other."""

    def __init__(self, plan):
        self.plan = plan
        self.blobs = Blobs(os.path.join(plan["recording"], "blobs"))
        self.stages, self.number, self.made = {}, 0, 0

    def answer(self, order):
        request, application = order["request"], order["application"]
        self.number += 1
        request["number"] = self.number
        path = os.path.join(self.plan["recording"], "requests", "%d.json" % self.number)
        with open(path, "w") as file:
            json.dump(request, file)
        stage = self.stages.pop(application["id"], None)
        if stage is None:
            while len(self.stages) >= MOST_STAGES:
                self.stages.pop(next(iter(self.stages))).end()
            self.made += 1
            stage = Stage(self.plan, application, self.made, self.number)
        self.stages[application["id"]] = stage  # the one that was asked last comes last
        found = stage.ask(request, self.blobs)
        os.unlink(path)
        return found

    def end(self):
        for stage in self.stages.values():
            stage.end()


def run(plan, command):
    place = plan["work"] + "/broker"
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(place)
    listening.listen(16)
    variables = {
        "FIGWRIGHT_LIVE": place,
        "FIGWRIGHT_LIVE_OUT": plan["out"],
        "FIGWRIGHT_LIVE_FOLDER": plan["recording"],
        "FIGWRIGHT_LIVE_CARRY": "1" if plan["carry"] else "",
        "FIGWRIGHT_BOX": plan["box"],
    }
    tests = subprocess.Popen(command, cwd=plan["tests_folder"], env=dict(os.environ, **variables))
    broker, open_files = Broker(plan), {}
    try:
        while tests.poll() is None:
            for ready in select.select([listening] + list(open_files), [], [], 0.1)[0]:
                if ready is listening:
                    made, _ = listening.accept()
                    open_files[made] = made.makefile("rwb")
                    continue
                line = open_files[ready].readline()
                if not line:
                    open_files.pop(ready).close()
                    ready.close()
                    continue
                open_files[ready].write(json.dumps(broker.answer(json.loads(line))).encode("ascii") + b"\n")
                open_files[ready].flush()
    finally:
        if tests.poll() is None:
            tests.kill()
        broker.end()
    return tests.returncode


def files_below(folder):
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = [one for one in folders if not os.path.islink(os.path.join(place, one))]
        below = os.path.relpath(place, folder)
        found += [os.path.normpath(os.path.join(below, name)) for name in names + folders]
    return found


def main(arguments):
    with open(arguments[0]) as file:
        plan = json.load(file)
    plan["recording"] = os.path.join(plan["work"], "live")
    os.makedirs(os.path.join(plan["recording"], "requests"))
    lay_trees(plan)
    sys.exit(run(plan, arguments[1:]))


def lay_trees(plan):
    """Sides with a folder of their own get a writable copy of it, as the monolith has one, and paths that lead there."""
    plan["tracked"] = os.path.join(plan["work"], "tracked.json")
    with open(plan["tracked"], "w") as file:
        json.dump(files_below(plan["repository"]), file)
    for side in plan["sides"]:
        if "tree" not in side:
            continue
        side["repository"] = os.path.join(plan["work"], "tree-" + side["name"])
        shutil.copytree(side.pop("tree"), side["repository"], symlinks=True)
        below = os.path.relpath(plan["folder"], plan["repository"])
        side["folder"] = os.path.normpath(os.path.join(side["repository"], below))
        os.makedirs(side["folder"], exist_ok=True)
        path = moved(os.environ.get("PYTHONPATH", ""), plan["repository"], side["repository"])
        side["environment"] = {"PYTHONPATH": path}


def moved(path, origin, root):
    parts = path.split(os.pathsep)
    return os.pathsep.join(root + one[len(origin) :] if (one + "/").startswith(origin + "/") else one for one in parts)
