"""One recipe a file (or a folder, for a large one); `CATALOGUE` names them in the order in which they are tried.

Each module holds ``RECIPE`` (or ``RECIPES``) of the port `agent.ports.PatchRecipe`. Its docstring is the user's page, from
which ``docs/recipes.md`` is made: one sentence on what it changes, then four headings, each underlined with dashes and in
this order::

    Before
    ------
    Code as it is found (indented by four blanks), or words.

    After
    -----
    The same code as the recipe leaves it.

    Why
    ---
    What is gained, and what it costs to leave it.

    When not
    --------
    Where it does harm or is not worth it, and what it leaves to people.

Where a module holds several recipes, the docstring of each one's class may be its page.
Its cases are ``tests/patches/cases/<id>.yaml`` (how they are written: ``tests/patches/test_recipes.py``).
"""

from __future__ import annotations

__all__ = ["CATALOGUE"]

CATALOGUE: tuple[str, ...] = (
    "python3",
    "cloud_config_from_environment",
    "cloud_state_off_local_disk",
    "cloud_port_from_environment",
    "cloud_logs_to_stdout",
    "cloud_health_endpoint",
    "cloud_graceful_stop",
    "cloud_sessions",
    "seam_branch_by_abstraction",
    "python_dead_dependencies",
    "node_dead_dependencies",
    "django_upgrade",
    "flask_upgrade",
    "php_8",
    "cobol_dead_paragraphs",
    "cobol_goto_structuring",
    "cobol_copybook_extraction",
    "csharp_framework_project",
    "java_removed_apis",
    "java_17",
    "java_21",
    "java_17_syntax",
    "java_junit_5",
    "java_jakarta",
    "node_removed_apis",
    "node_var_to_const_let",
    "node_callbacks_to_promises",
    "node_commonjs_to_esm",
)
