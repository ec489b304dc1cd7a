"""Names of unittest that are gone.

Before:

    self.assertEquals(total, 3); self.failUnless(paid); self.assertItemsEqual(a, b)

After:

    self.assertEqual(total, 3); self.assertTrue(paid); self.assertCountEqual(a, b)

Why: the aliases were removed in Python 3.12, `assertItemsEqual` in 3.0.

When not: where the test case's own base class defines the old name.
"""

from __future__ import annotations

import ast

from agent.patches.python_source.module import Edit, Module
from agent.patches.python_source.project import Project
from agent.patches.python_source.rules import Rule

__all__ = ["RULES"]

_NAMES = {
    "assertEquals": "assertEqual",
    "assertNotEquals": "assertNotEqual",
    "assertAlmostEquals": "assertAlmostEqual",
    "assertNotAlmostEquals": "assertNotAlmostEqual",
    "assertRegexpMatches": "assertRegex",
    "assertNotRegexpMatches": "assertNotRegex",
    "assertRaisesRegexp": "assertRaisesRegex",
    "assertItemsEqual": "assertCountEqual",
    "assert_": "assertTrue",
    "failUnless": "assertTrue",
    "failIf": "assertFalse",
    "failUnlessEqual": "assertEqual",
    "failIfEqual": "assertNotEqual",
    "failUnlessRaises": "assertRaises",
    "failUnlessAlmostEqual": "assertAlmostEqual",
    "failIfAlmostEqual": "assertNotAlmostEqual",
    "assertSameElements": "assertCountEqual",
}
_MODULE = {"makeSuite": "defaultTestLoader.loadTestsFromTestCase", "_TextTestResult": "TextTestResult"}


def _assertions(module: Module, project: Project, guarded: frozenset[int]) -> None:
    for node in module.of(ast.Attribute):
        new = _NAMES.get(node.attr)
        own = isinstance(node.value, ast.Name) and node.value.id in {"self", "cls", "unittest", "TestCase"}
        own = own or (isinstance(node.value, ast.Attribute) and node.value.attr in {"TestCase", "testcase", "test"})
        if new and own and node.attr not in project.words and node.lineno not in guarded:
            end = module.end(node)
            module.edits.append(Edit(end - len(node.attr), end, new))
        elif module.meaning(node) in {"unittest.makeSuite", "unittest._TextTestResult"}:
            call = module.parents.get(node)
            if node.attr == "makeSuite" and isinstance(call, ast.Call) and (len(call.args) > 1 or call.keywords):
                continue
            end = module.end(node)
            module.edits.append(Edit(end - len(node.attr), end, _MODULE[node.attr]))


RULES = (
    Rule(
        id="python3-unittest",
        title="Use the assertions that unittest has",
        why="assertEquals, failUnless and their like were removed.",
        rewrite=_assertions,
    ),
)
