"""A package turned into ES modules still runs: what it prints under Node before and after is the same."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from agent.patches.recipes.node_commonjs_to_esm import RECIPE
from tests.patches.codebases import code_of

FILES = {
    "package.json": '{\n  "name": "shop",\n  "version": "1.0.0"\n}\n',
    "main.js": """'use strict';
const fs = require('fs'), path = require('path');
const { format } = require('util');
const prices = require('./lib/prices');
const Cart = require('./lib/cart');
const { rate, label } = require('./lib/tax');
const { round } = require('./lib/money');
const clock = require('./lib/clock');
const settings = require('./settings.json');
require('./lib/greet');

clock.now = function () { return 7; };
exports.total = function (lines) { return round(prices.of(lines) * rate); };
exports.report = () => format('%s %s %d', label, settings.shop, exports.total([1, 2, 3]));
if (require.main === module) {
  console.log(exports.report(), new Cart(2).size(), clock.later(), path.basename(__dirname) === path.basename(process.cwd()));
  console.log(fs.existsSync(__filename), path.basename(__filename), prices.ask());
}
""",
    "lib/prices.js": "var cart = require('./cart');\nexports.of = function (lines) { return lines.length; };\n"
    "exports.ask = function () { return new cart(5).price(); };\n",
    "lib/cart.js": "var prices = require('./prices');\nfunction Cart(n) { this.n = n; }\n"
    "Cart.prototype.size = function () { return this.n; };\n"
    "Cart.prototype.price = function () { return prices.of([1, 2]); };\nmodule.exports = Cart;\n",
    "lib/tax.js": "const rate = 0.2;\nconst name = 'VAT';\nmodule.exports = { rate, label: name };\n",
    "lib/money.js": "module.exports = { round: function (x) { return Math.round(x * 100) / 100; } };\n",
    "lib/clock.js": "exports.now = function () { return 1; };\nexports.later = function () { return exports.now() + 1; };\n",
    "lib/greet/index.js": "const os = require('os');\nconsole.log('hello', typeof os.EOL);\n",
    "settings.json": '{ "shop": "seeds" }\n',
}


def _said(folder: Path) -> str:
    ran = subprocess.run(["node", "main.js"], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.skipif(shutil.which("node") is None, reason="no Node here to run the package")
def test_a_package_says_the_same_as_es_modules(tmp_path: Path) -> None:
    with code_of(tmp_path, FILES) as code:
        folder = tmp_path / "repository"
        before = _said(folder)
        (proposal,) = RECIPE.propose(code)
        assert not proposal.left
        changed = {change.path: change.after or "" for change in proposal.changes}
        for path, text in changed.items():
            (folder / path).write_text(text, "latin-1")
        assert _said(folder) == before
    assert "hello string\nVAT seeds 0.6 2 8 true\n" in before
    assert "import * as prices from './lib/prices.js';" in changed["main.js"]
    assert "import clock from './lib/clock.js';" in changed["main.js"], "its exports are written to from outside"
    assert not any("require(" in text and "createRequire" not in text for text in changed.values())
