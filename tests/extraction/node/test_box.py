"""The scripts of the box, on a program without a library: what is recorded, put back, held still and noted."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from agent.extraction import compare
from agent.extraction.node import top_names
from tests.extraction.node.benches import NODE, Bench, record_tests

pytestmark = [pytest.mark.skipif(not NODE, reason="Node.js is not installed"), pytest.mark.timeout(240)]

APP = """\
'use strict';
const crypto = require('crypto');
const http = require('http');
const rates = require('./rates');
const shelf = require('./shelf');
let visits = 0;
const seen = new Map();

function answer(req, res) {
  let body = '';
  req.on('data', function (chunk) { body += chunk; });
  req.on('end', function () {
    const pages = {
      '/visit': function () { visits += 1; seen.set(body, visits); return { visits: visits, seen: Array.from(seen) }; },
      '/when': function () { return { at: new Date().toISOString(), now: Date.now(), token: crypto.randomBytes(8).toString('hex'), luck: Math.random() }; },
      '/shelf': function () { shelf.put(body); return shelf.items; },
      '/headers': function () { return Object.keys(req.headers).sort(); },
      '/note': function () { const fs = require('fs'); const there = fs.readFileSync(__dirname + '/notes.json', 'utf8'); fs.writeFileSync(__dirname + '/notes.json', there + body); return there; },
      '/mode': function () { return process.env.SHOP_MODE; },
    };
    if (req.url === '/rate') { rates.fetch(body, function (error, rate) { send(res, { error: error && error.message, rate: rate }); }); return; }
    if (req.url === '/far') { http.get('http://far.example/x').on('error', function (error) { send(res, error.code); }); return; }
    if (req.url === '/fails') { res.statusCode = 500; console.error(new TypeError('shelf.lift is not a function')); }
    if (req.url === '/never') {
      send(res, 'nobody asks this');
    }
    send(res, pages[req.url] ? pages[req.url]() : null);
  });
}

function send(res, value) { res.setHeader('Content-Type', 'application/json'); res.end(JSON.stringify(value)); }

module.exports = http.createServer(answer);
"""
RATES = "exports.fetch = function (of, cb) { cb(new Error('no network')); };\n"
SHELF = """\
class Shelf {
  constructor() { this.items = []; this.log = function () {}; }
  put(item) { this.items.push({ item: item, since: new Date(0) }); }
}
module.exports = new Shelf();
"""
TEST = """\
process.env.SHOP_MODE = 'test';
const http = require('http');
const app = require('./app');
const rates = require('./rates');
const shelf = require('./shelf');
require('fs').writeFileSync(__dirname + '/notes.json', 'a');
const asked = [];
rates.fetch = function (of, cb) { asked.push(of); setImmediate(function () { cb(null, { of: of, rate: 1.5 }); }); };
shelf.put('found by the test');
app.listen(0, function () {
  const steps = [['/visit', 'ann'], ['/visit', 'bob'], ['/when', ''], ['/shelf', 'jam'], ['/rate', 'EUR'], ['/note', 'b'], ['/note', 'c'], ['/headers', ''], ['/mode', ''], ['/fails', ''], ['/far', '']];
  (function next() {
    const step = steps.shift();
    if (!step) { if (asked.join() !== 'EUR') throw new Error('the stand-in was not asked: ' + asked); app.close(); return; }
    const req = http.request({ port: app.address().port, path: step[0], method: 'POST', agent: false }, function (res) { res.resume(); res.on('end', next); });
    req.end(step[1]);
  })();
});
"""
FILES = {"notes.json": "0", "app.js": APP, "rates.js": RATES, "shelf.js": SHELF, "test.js": TEST}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return record_tests(tmp_path_factory.mktemp("node"), FILES, "test.js")


def bodies(bench: Bench, **changed: str) -> dict[str, object]:
    answers = bench.replay({**FILES, **changed})
    return {
        one.target: json.loads(answer.body)
        for one, answer in zip(bench.recording.requests, answers, strict=True)
        if answer.status
    }


def test_each_request_is_recorded_with_what_it_met(bench: Bench) -> None:
    assert [one.target for one in bench.recording.requests][:2] == ["/visit", "/visit"]
    assert {one.application for one in bench.recording.requests} == {"app.js"}
    assert bench.recording.applications[0].makers == (("app.js", "", ""),)
    assert bench.request("/rate").replaced == ("rates.js fetch",)
    assert {one.status for one in bench.recording.requests} == {200, 500}


def test_a_replay_agrees_with_itself_and_with_what_was_recorded(bench: Bench) -> None:
    first, second = bench.replay(FILES), bench.replay(FILES)
    compared = compare(bench.recording.requests, first, second)
    assert {one.verdict for one in compared} == {"identical"}, compared


def test_what_modules_remember_is_put_back_before_each_request(bench: Bench) -> None:
    # Asked alone, the second visit is still the second
    answers = bench.replay(FILES, only=[2])
    assert json.loads(answers[0].body) == {"visits": 2, "seen": [["ann", 1], ["bob", 2]]}


def test_an_object_of_a_class_of_the_repository_is_put_back_in_its_place(bench: Bench) -> None:
    found = bodies(bench)["/shelf"]
    assert found == [{"item": item, "since": "1970-01-01T00:00:00.000Z"} for item in ("found by the test", "jam")]


def test_files_are_put_back_and_changes_of_them_compared(bench: Bench) -> None:
    numbers = [one.number for one in bench.recording.requests if one.target == "/note"]
    for number, text in zip(numbers, ("a", "ab"), strict=True):
        answer = bench.replay(FILES, only=[number])[0]
        assert (json.loads(answer.body), [path for path, _ in answer.files]) == (text, ["notes.json"])


def test_clock_and_chance_stand_still(bench: Bench) -> None:
    found = bodies(bench)["/when"]
    assert isinstance(found, dict)
    assert found["now"] == pytest.approx(bench.request("/when").clock * 1000, abs=1)
    assert len(found["token"]) == 16


def test_what_a_test_had_replaced_answers_as_it_did_and_is_compared(bench: Bench) -> None:
    assert bodies(bench)["/rate"] == {"error": None, "rate": {"of": "EUR", "rate": 1.5}}
    other = APP.replace("rates.fetch(body,", "rates.fetch(body + '!',")
    compared = compare(bench.recording.requests, bench.replay(FILES), bench.replay({**FILES, "app.js": other}))
    assert [one.request for one in compared if one.verdict != "identical"] == [bench.request("/rate").number]


def test_other_hosts_are_refused_and_noted(bench: Bench) -> None:
    number = bench.request("/far").number
    answer = bench.replay(FILES, only=[number])[0]
    assert any("far.example" in call for call in answer.calls)


def test_the_environment_of_the_test_and_its_headers_are_there(bench: Bench) -> None:
    found = bodies(bench)
    assert found["/mode"] == "test"
    assert "x-figwright-request" not in str(found["/headers"])


def test_an_error_that_is_only_printed_is_kept(bench: Bench) -> None:
    answer = bench.replay(FILES, only=[bench.request("/fails").number])[0]
    assert answer.status == 500
    assert "shelf.lift is not a function" in answer.traceback


def test_a_program_that_cannot_be_loaded_says_why(bench: Bench) -> None:
    answers = bench.replay({**FILES, "rates.js": "throw new Error('gone');\n"})
    assert {one.status for one in answers} == {0}
    assert all("gone" in one.traceback for one in answers)


def test_lines_that_ran_are_told_by_request(bench: Bench, tmp_path: Path) -> None:
    number = bench.request("/rate").number
    bench.replay(FILES, only=[number], watch=str(tmp_path))
    seen = {
        tuple(line.split(" ", 2)) for path in tmp_path.glob("lines-*.txt") for line in path.read_text().splitlines()
    }
    line = next(n for n, text in enumerate(APP.splitlines(), 1) if "req.url === '/rate'" in text)
    assert (str(number), str(line), "app.js") in seen
    never = next(n for n, text in enumerate(APP.splitlines(), 1) if "nobody asks" in text)
    assert (str(number), str(never), "app.js") not in seen
    assert not any(path == "shelf.js" for _, _, path in seen)
    assert {one for one, _, _ in seen} == {str(number)}


def test_a_server_that_the_test_put_together_cannot_be_made_again(tmp_path: Path) -> None:
    test = TEST.replace("require('./app')", "http.createServer(function (req, res) { res.end('{}'); })").replace(
        " !== 'EUR'", " === 'x'"
    )
    made = record_tests(tmp_path, {**FILES, "test.js": test}, "test.js")
    assert made.recording.requests
    assert all("no module of the repository" in one.cannot for one in made.recording.requests)


def test_a_function_that_makes_the_application_is_called_again(tmp_path: Path) -> None:
    """As ``createApp`` of an Express program: a stand-in with Express' own shape, since no library is there."""
    express = "module.exports = function () { const app = function (req, res) { res.end('{}'); }; return app; };\nmodule.exports.Router = function () {};\n" \
        "module.exports.Router.use = function () { return this; };\nmodule.exports.application = { use: function () {} };\n"  # fmt: skip
    app = "const express = require('express');\nexports.createApp = function createApp() { return express(); };\n"
    test = TEST.replace("require('./app')", "http.createServer(require('./made').createApp())").replace(
        " !== 'EUR'", " === 'x'"
    )
    files = {**FILES, "made.js": app, "node_modules/express/index.js": express, "test.js": test}
    made = record_tests(tmp_path, files, "test.js")
    assert made.recording.applications[0].makers == (("made.js", "createApp", "[]"),)
    assert {one.status for one in made.replay(files)} == {200}


def test_names_at_the_top_of_a_module(tmp_path: Path) -> None:
    source = "var a = 1, { b, c: d = e } = f();\nlet [g] = h;\nfunction i() { var no; }\nclass J {}\nconst k = require('x');\n"
    (tmp_path / "m.js").write_text(source)
    (tmp_path / "t.js").write_text("var z;")
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules/n.js").write_text("var y;")
    assert top_names(tmp_path, ["t.js"]) == {"m.js": ("a", "b", "d", "g", "i", "J", "k")}


def test_a_defect_that_hangs_is_given_up_after_its_patience(bench: Bench) -> None:
    stuck = APP.replace(
        "if (req.url === '/far') {", "if (req.url === '/far') { for (;;) { } }\n    if (req.url === '/x') {"
    )
    assert stuck != APP
    begun = time.monotonic()
    answers = bench.replay({**FILES, "app.js": stuck}, patience=2.0)
    assert time.monotonic() - begun < 25, "a usual answer is waited for half a minute, twice"
    by_target = {one.target: answer for one, answer in zip(bench.recording.requests, answers, strict=True)}
    assert "timed out" in by_target["/far"].trouble
    assert by_target["/mode"].status == 200
