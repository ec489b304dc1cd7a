"""A Django project set up as it was when it was recorded, and its settings overridden for each request as the test had them."""

# ruff: noqa
# mypy: ignore-errors
import os
import traceback

from . import plain, state, web
from .program import Program


class DjangoProgram(Program):
    def make(self):
        found = self.state_of(self.first)
        self.put_environment_back(found)
        state.put_files_back(found.get("folders", {}), self.blobs)
        self.clock.at = self.first["clock"]
        self.restore_start()
        os.environ["DJANGO_SETTINGS_MODULE"] = self.application["settings"]
        from django.conf import settings

        settings.DEBUG  # loads them
        for alias, one in found.get("settings", {}).get("DATABASES", {}).items():
            if alias in settings.DATABASES and one["NAME"]:
                settings.DATABASES[alias]["NAME"] = one["NAME"]
        for name, wanted in sorted(found.get("settings", {}).items()):
            if name not in state.SKIPPED_SETTINGS:
                self.put_setting(settings, name, wanted)
        import django

        django.setup()
        import django.test.signals  # caches follow changed settings
        from django.core.signals import got_request_exception

        state.put_modules_back(found.get("modules", {}))
        got_request_exception.connect(self.note_error)
        self.override = self.diff = self.handler = self.settings = self.forced = None
        self.put_configuration_back(found, self.first)  # a fork then has the middleware and the routes

    def warm_templates(self):
        from django.template import engines
        from django.urls import get_resolver

        get_resolver()._populate()
        for engine in engines.all():
            for folder in getattr(engine, "template_dirs", ()):
                for place, _, names in os.walk(str(folder)):
                    for name in sorted(names):
                        try:
                            engine.get_template(os.path.relpath(os.path.join(place, name), str(folder)))
                        except Exception:
                            continue

    def put_setting(self, settings, name, wanted):
        try:
            if plain.encode(getattr(settings, name)) == wanted:
                return
        except AttributeError:
            pass
        except plain.Opaque:
            return
        setattr(settings, name, plain.decode(wanted))

    def note_error(self, **more):
        self.errors.append(traceback.format_exc())

    def let_go(self):
        from django.db import connections

        for connection in connections.all():
            real, connection.connection = connection.connection, None
            if real is not None:
                real.close()

    def put_configuration_back(self, found, request):
        from django.conf import settings
        from django.core import mail
        from django.test.utils import override_settings

        mail.outbox = []
        self.forced = found.get("forced")
        if found.get("settings") == self.settings:
            return
        self.settings = found.get("settings")
        if self.override is not None:
            self.override.disable()
            self.override = None
        diff = {}
        for name, wanted in sorted(found.get("settings", {}).items()):
            if name in state.SKIPPED_SETTINGS:
                continue
            try:
                if plain.encode(getattr(settings, name)) == wanted:
                    continue
            except AttributeError:
                pass
            except plain.Opaque:
                continue
            diff[name] = wanted
        if diff:
            self.override = override_settings(**{name: plain.decode(value) for name, value in diff.items()})
            self.override.enable()
        if diff != self.diff:
            self.handler, self.diff = self.new_handler(), diff

    def described(self, found):
        """Who the test has signed in, from the rows as they are now."""
        from django.apps import apps

        if "anonymous" in found:
            from django.contrib.auth.models import AnonymousUser

            return AnonymousUser()
        if "model" not in found:
            return plain.decode(found["value"])
        model = apps.get_model(found["model"])
        if "fields" in found:
            return model(**{name: plain.decode(value) for name, value in found["fields"].items()})
        return model._base_manager.get(pk=plain.decode(found["pk"]))

    def match(self, environ):
        return web.match_django(environ.get("PATH_INFO", "/"), self.repository)

    def new_handler(self):
        from django.core.handlers.wsgi import WSGIHandler, WSGIRequest

        class Request(WSGIRequest):
            def __init__(self, environ):
                super(Request, self).__init__(environ)
                self._dont_enforce_csrf_checks = environ.get("figwright.csrf") is False
                forced = environ.get("figwright.forced")
                if forced is not None:  # where REST framework looks for it
                    self._force_auth_user, self._force_auth_token = forced

        handler = WSGIHandler()
        handler.request_class = Request
        return handler

    def call(self, request, environ, started):
        environ["figwright.csrf"] = bool(request["csrf"])
        environ["figwright.forced"] = [self.described(one) for one in self.forced] if self.forced else None
        return self.handler(environ, started)

    def mail(self):
        from django.core import mail

        found = []
        for message in getattr(mail, "outbox", ()):
            parts = ["Subject: %s" % message.subject, str(message.body)]
            parts += [str(one[0]) for one in getattr(message, "alternatives", ())]
            found.append([str(message.from_email), sorted(message.recipients()), "\n\n".join(parts)])
        return found

    def routes(self):
        from django.urls import get_resolver

        found = []

        def walk(patterns, prefix):
            for one in patterns:
                if type(one.pattern).__name__ == "LocalePrefixPattern":
                    text = ""
                else:
                    text = one.pattern.regex.pattern
                joined = prefix + text.lstrip("^")
                if hasattr(one, "url_patterns"):
                    walk(one.url_patterns, joined.replace("\\Z", "").rstrip("$"))
                else:
                    handler, path = web.handler_of(one.callback, self.repository)
                    found.append([joined, [], handler, path, "regex"])

        walk(get_resolver().url_patterns, "")
        return found
