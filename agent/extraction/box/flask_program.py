"""A Flask application made as it was made when it was recorded, and its configuration put back for each request."""

# ruff: noqa
# mypy: ignore-errors
import gc
import importlib
import json
import sys
import traceback

from . import plain, state, web
from .program import Program


def held(value, Flask):
    """The application itself, or those in a tuple, or those that an object made around one has as its attributes."""
    if type(value).__name__ == "LocalProxy":  # it stands for one that is not there yet
        return []
    if isinstance(value, Flask):
        return [value]
    inner = value if isinstance(value, (tuple, list)) else list(getattr(value, "__dict__", {}).values())
    return [] if isinstance(value, type) else [one for one in inner[:200] if isinstance(one, Flask)]


class FlaskProgram(Program):
    def make(self):
        for found in [self.state_of(self.first)]:
            self.put_environment_back(found)
            state.put_files_back(found.get("folders", {}), self.blobs)
        self.clock.at = self.first["clock"]
        self.restore_start()
        failures = []
        for module, name, packed in self.application["makers"]:
            try:
                self.app = self.made_by(module, name, json.loads(packed))
            except Exception:
                failures.append(traceback.format_exc())
                continue
            if self.app is not None:
                self.watch()
                return
            failures.append("%s:%s gives no Flask application" % (module, name))
        raise RuntimeError("\n".join(failures) or "nothing is known that makes this application")

    def made_by(self, module, name, packed):
        from flask import Flask

        loaded = importlib.import_module(module)
        state.put_modules_back(self.state_of(self.first).get("modules", {}))
        if not name:
            values = [one for _, one in sorted(vars(loaded).items(), key=lambda item: item[0])]
            found = [inner for one in values for inner in held(one, Flask)]
            found.sort(
                key=lambda one: not any(one is value for value in values)
            )  # the module's own before what its objects hold
            named = [one for one in found if one.import_name == self.application["name"]]
            return (named or found or [None])[0]
        arguments = {key: plain.decode(value) for key, value in packed.get("arguments", {}).items()}
        made = getattr(loaded, name)(**arguments)
        return next(iter(held(made, Flask)), None)

    def watch(self):
        program = self
        original = self.app.log_exception

        def log_exception(exc_info):
            program.errors.append("".join(traceback.format_exception(*exc_info)))
            return original(exc_info)

        self.app.log_exception = log_exception
        if "flask_mail" in sys.modules and hasattr(sys.modules["flask_mail"], "email_dispatched"):

            def dispatched(sender, message=None, **more):
                text = "Subject: %s\n\n%s\n%s" % (message.subject, message.body, message.html)
                program.outside.keep(message.sender, message.send_to, text)

            self.kept_alive = dispatched
            sys.modules["flask_mail"].email_dispatched.connect(dispatched)

    def warm_templates(self):
        for name in self.app.jinja_env.list_templates():
            try:
                self.app.jinja_env.get_template(name)
            except Exception:
                continue

    def let_go(self):
        """Connections do not outlive a fork."""
        if "sqlalchemy" in sys.modules:
            from sqlalchemy.engine import Engine

            for one in gc.get_objects():
                if isinstance(one, Engine):
                    one.dispose()

    def put_configuration_back(self, found, request):
        for name, wanted in sorted(found.get("config", {}).items()):
            state.put_back(self.app.config, name, wanted)

    def match(self, environ):
        return web.match_flask(self.app, dict(environ), self.repository)

    def call(self, request, environ, started):
        return self.app(environ, started)

    def routes(self):
        found = []
        for rule in self.app.url_map.iter_rules():
            _, handler, path = web.flask_rule(self.app, rule, self.repository)
            found.append([rule.rule, sorted(rule.methods or ()), handler, path, rule.subdomain or ""])
        return found
