"""Sends recorded requests to a monolith with a seam and to the service behind it, which may be there, dead, slow or broken.

Argument: a plan file. Out: one JSON line an answer, as `drive` writes them, and one for each request that crossed the seam.
"""

# ruff: noqa
# mypy: ignore-errors
import http.client
import json
import os
import shutil
import socket
import sys
import threading
import time

from .blobs import Blobs
from .branch_serve import DONE, PREPARE
from .drive import ask, grouped, started

OUTAGES = ("killed", "slow", "broken")


class Stand(object):
    """Stands where the service would: nobody listens, nothing answers in time, or every answer is 500."""

    def __init__(self, outage, slow_seconds):
        self.outage, self.slow_seconds, self.asked = outage, slow_seconds, []
        self.listening = socket.socket()
        self.listening.bind(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        if outage == "killed":
            return  # bound, so that nobody else gets the port, and refusing every connection
        self.listening.listen(64)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection):
        with connection:
            try:
                connection.settimeout(5)
                connection.recv(65536)
                if self.outage == "slow":
                    time.sleep(self.slow_seconds)
                connection.sendall(
                    b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                )
            except OSError:
                pass

    def end(self):
        self.listening.close()


def tell(port, path, number):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"X-Figwright-Request": str(number), "Connection": "close"})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def search_path(away, here):
    """Where the service's modules come from: its own folder in the place of the monolith's."""
    found = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return os.pathsep.join(
        here + one[len(away) :] if one == away or one.startswith(away + "/") else one for one in found
    )


class Pair(object):
    """The monolith, and the service or what stands for it. ``service`` None: there is none."""

    def __init__(self, plan, application, work):
        self.stand = self.service = None
        shared = os.path.join(work, "shared")
        os.makedirs(shared, exist_ok=True)
        self.own = set(plan.get("own", ()))
        port, monolith = 0, dict(plan["monolith"])
        if plan.get("service"):
            side = dict(plan["service"])
            side["more"] = dict(side.get("more", {}), databases=shared)
            side["environment"] = {"PYTHONPATH": search_path(plan["repository"], side["repository"])}
            self.service = started(plan, side, application, os.path.join(work, side["name"]))
            port = self.service.port
        elif plan.get("outage"):
            self.stand = Stand(plan["outage"], plan.get("slow_seconds", 5))
            port = self.stand.port
        variables = {name: value.replace("{{port}}", str(port)) for name, value in plan.get("variables", {}).items()}
        monolith["more"] = dict(monolith.get("more", {}), databases=shared, variables=variables, allow=[port])
        self.monolith = started(plan, monolith, application, os.path.join(work, monolith["name"]))
        self.sides = [one for one in (self.monolith, self.service) if one is not None]

    def failure(self):
        return next(("%s: %s" % (one.name, one.ready["failure"]) for one in self.sides if "failure" in one.ready), "")

    def fork(self):
        return next((made["failure"] for made in [one.order("fork") for one in self.sides] if "failure" in made), "")

    def answer(self, request, blobs):
        """(the answer, what the service says that it was asked)."""
        number = request["number"]
        if number in self.own and self.stand is not None:
            return {"request": number, "trouble": "the service is down"}, {}
        if number in self.own and self.service is not None:
            return ask(self.sides, self.service.port, request, blobs), {}
        if self.service is None:
            return ask(self.sides, self.monolith.port, request, blobs), {}
        try:
            status, said = tell(self.service.port, PREPARE, number)
            if status != 204:
                return {"request": number, "trouble": "the service: %s" % said.decode("utf-8", "replace")}, {}
        except (OSError, http.client.HTTPException) as error:
            return {"request": number, "trouble": "the service cannot be told: %s" % error}, {}
        answer = ask(self.sides, self.monolith.port, request, blobs)
        try:
            done = json.loads(tell(self.service.port, DONE, number)[1].decode("ascii"))
        except (OSError, ValueError, http.client.HTTPException) as error:
            return {"request": number, "trouble": "the service cannot say what it did: %s" % error}, {}
        if "status" in answer:
            answer["mail"] = answer.get("mail", []) + done["mail"]
            answer["calls"] = answer.get("calls", []) + done["calls"]
            answer["traceback"] = "\n".join(one for one in (done["traceback"], answer.get("traceback", "")) if one)
        return answer, done

    def end(self):
        for side in self.sides:
            side.end()
        if self.stand is not None:
            self.stand.end()


def run(plan, application, groups, blobs, number):
    pair = Pair(plan, application, os.path.join(plan["work"], "application-%d" % number))
    try:
        failure = pair.failure()
        for _, requests in groups:
            trouble = failure or pair.fork()
            again = False
            for request in requests:
                if trouble:
                    answer = {"request": request["number"], "trouble": "the program cannot be started"}
                    yield dict(answer, start=trouble) if failure else dict(answer, trouble=trouble)
                    continue
                answer, done = pair.answer(request, blobs)
                if "trouble" in answer and not again and pair.stand is None:
                    again = True
                    if not pair.fork():
                        answer, done = pair.answer(request, blobs)
                yield answer
                if done.get("called"):
                    yield {"crossed": request["number"], "called": done["called"]}
    finally:
        pair.end()


def main(path):
    with open(path) as file:
        plan = json.load(file)
    blobs = Blobs(os.path.join(plan["recording"], "blobs"))
    if plan.get("service"):
        # Its own copy: what is shown to the box cannot be written to
        shutil.copytree(plan["service"]["from"], plan["service"]["repository"])
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
        ordered = sorted(found.items(), key=lambda one: one[1][0][1][0]["number"])
        for number, (application, groups) in enumerate(ordered):
            for answer in run(plan, applications[application], groups, blobs, number):
                out.write(json.dumps(answer, sort_keys=True) + "\n")
                out.flush()
