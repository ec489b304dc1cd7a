"""Imports every module of a slice, one after the other, and prints each error with its traceback; templates are compiled, too.

Arguments: a plan file with the repository's folders, the modules, the settings module (Django) and the templates' names.
"""

# ruff: noqa
# mypy: ignore-errors
import importlib
import json
import os
import sys
import traceback

MARK = "figwright-error"


def main(place):
    with open(place) as file:
        plan = json.load(file)
    sys.path[:0] = plan["roots"]
    if plan.get("settings"):
        os.environ["DJANGO_SETTINGS_MODULE"] = plan["settings"]
        attempt("django.setup", set_up)
    for name in plan["modules"]:
        attempt(name, lambda: importlib.import_module(name))
    if plan.get("settings"):
        attempt("routes", walk_routes)
        for name in plan["templates"]:
            attempt(name, lambda: compile_template(name))
        attempt("checks", run_checks)


def attempt(what, action):
    try:
        action()
    except BaseException as error:  # a module may well exit
        print("%s %s" % (MARK, what))
        print("".join(traceback.format_exception(type(error), error, error.__traceback__))[-8000:])
        print("%s: %s" % (type(error).__name__, error))
    sys.stdout.flush()


def set_up():
    import django

    django.setup()


def walk_routes():
    from django.urls import get_resolver

    pending = [get_resolver()]
    while pending:
        pending.extend(getattr(pending.pop(), "url_patterns", ()))


def compile_template(name):
    from django.template.loader import get_template

    get_template(name)


def run_checks():
    from django.apps import apps

    apps.check_models_ready()
