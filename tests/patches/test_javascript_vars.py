"""``var`` to ``let`` and ``const`` on programs made at random: the program before and after must say the same, in Node itself."""

from __future__ import annotations

import json
import shutil
import subprocess
from random import Random

import pytest

from agent.patches.edits import Edit
from agent.patches.javascript_source import edited, read_script
from agent.patches.javascript_vars import decide

PROGRAMS = 300
NAMES = ("x", "y", "z")
RUNNER = """
const vm = require('vm');
const input = JSON.parse(require('fs').readFileSync(0, 'utf8'));
function run(code) {
  const said = [];
  let fuel = 3000;
  const tick = () => { if (fuel-- <= 0) throw new Error('fuel'); return true; };
  const hooks = [];
  const log = (v) => said.push(typeof v === 'function' ? 'function' : String(v));
  try {
    const main = vm.runInNewContext('(function (log, tick, hooks) {' + code + '\\n})');
    main(log, tick, hooks);
    for (let i = 0; i < hooks.length && i < 20; i++) hooks[i]();
  } catch (error) { said.push('!' + (error && error.name)); }
  return said.slice(0, 500).join(',');
}
console.log(JSON.stringify(input.map(run)));
"""


class Writer:
    """Programs of few names, so that they shadow, capture and outlive each other often."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def name(self) -> str:
        return self.random.choice(NAMES)

    def value(self) -> str:
        n, m = self.name(), self.name()
        return self.random.choice(
            ["1", "2", "0", n, f"{n} + 1", f"typeof {n}", f"(function () {{ return typeof {n}; }})()", f"function () {{ return {n}; }}",
             f"{{ a: function () {{ return {n}; }} }}", f"[1, 2].map(function ({m}) {{ return {n}; }}).length", "[3]"]
        )  # fmt: skip

    def block(self, deep: int) -> str:
        return " ".join(self.statement(deep) for _ in range(self.random.randint(1, 4)))

    def statement(self, deep: int) -> str:
        n, m, v, w = self.name(), self.name(), self.value(), self.value()
        plain = [f"var {n} = {v};", f"var {n} = {v};", f"var {n};", f"var {n} = {v}, {m} = {w};", f"{n} = {v};", f"log({n});",
                 f"log(typeof {n});", f"hooks.push(function () {{ log({n}); }});", "f();", "g();", f"{n}++;"]  # fmt: skip
        if deep <= 0:
            return self.random.choice(plain)
        inner, other = self.block(deep - 1), self.block(deep - 1)
        nested = [
            f"for (var {n} = 0; {n} < 3 && tick(); {n}++) {{ {inner} }}",
            f"for (var {n} in {{ a: 1, b: 2 }}) {{ tick(); {inner} }}",
            f"for (var {n} of [1, 2]) {{ tick(); {inner} }}",
            f"do {{ {inner} }} while (tick() && {n} < 2);",
            f"if ({v}) {{ {inner} }} else {{ {other} }}",
            f"if ({v}) var {n} = {w};",
            f"{{ {inner} }}",
            f"try {{ {inner} throw 1; }} catch ({n}) {{ {other} }}",
            f"switch ({v}) {{ case 1: {inner} break; default: {other} }}",
            f"function f() {{ tick(); {inner} }}",
            f"function g() {{ tick(); {inner} }}",
            f"hooks.push(function ({n}) {{ {inner} }});",
            f"(() => {{ {inner} }})();",
        ]
        return self.random.choice(plain + nested)


def _converted(program: str) -> str:
    script = read_script("a.js", f"function main(log, tick, hooks) {{{program}}}")
    assert script is not None, program
    edits = []
    for decision in decide(script):
        keyword = next(child for child in decision.node.children if child.type == "var")
        if decision.word:
            edits.append(Edit(keyword.start_byte, keyword.end_byte, decision.word))
    return edited(script, edits)


@pytest.mark.skipif(shutil.which("node") is None, reason="no Node here to run the programs")
def test_programs_say_the_same_before_and_after() -> None:
    programs = [Writer(seed).block(3) for seed in range(PROGRAMS)]
    before = [f"function main(log, tick, hooks) {{{program}}}" for program in programs]
    after = [_converted(program) for program in programs]
    changed = [n for n in range(PROGRAMS) if before[n] != after[n]]
    assert len(changed) > PROGRAMS / 4, "too few of the programs have a var that can be changed"
    call = " main(log, tick, hooks);"
    pairs = [before[n] + call for n in changed] + [after[n] + call for n in changed]
    ran = subprocess.run(
        ["node", "-e", RUNNER], input=json.dumps(pairs), capture_output=True, text=True, timeout=120, check=True
    )
    said = json.loads(ran.stdout)
    for at, n in enumerate(changed):
        assert said[at] == said[at + len(changed)], f"{before[n]}\n{after[n]}"
    assert len({one for one in said if one}) > 20, "the programs say too little"
