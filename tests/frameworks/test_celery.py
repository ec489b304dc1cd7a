"""Background tasks: who queues them and what a schedule starts."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.frameworks.celery import FRAMEWORK
from agent.languages.python import LANGUAGE
from tests.systems import edges, graph_of

TASKS = """
from celery import Celery, shared_task
app = Celery()

@app.task(name="mail.send")
def send(to):
    pass

@shared_task
def export():
    send.apply_async(("x",))

def plain():
    pass
"""


def test_queueing_is_a_call():
    graph = graph_of(
        {
            "shop/__init__.py": "",
            "shop/tasks.py": TASKS,
            "shop/views.py": "from shop import tasks\nfrom shop.tasks import export as job\n"
            "def a():\n    tasks.send.delay('x')\ndef b():\n    job.si()\ndef c(app):\n    app.send_task('mail.send')\n"
            "def d():\n    tasks.plain.delay()\n",
        }
    )
    calls = edges(graph, "call")
    assert ("shop.views.a", "shop.tasks.send") in calls
    assert ("shop.views.b", "shop.tasks.export") in calls
    assert ("shop.views.c", "shop.tasks.send") in calls
    assert ("shop.tasks.export", "shop.tasks.send") in calls
    assert ("shop.views.d", "shop.tasks.plain") not in calls


def test_schedules_use_their_tasks():
    graph = graph_of(
        {
            "shop/__init__.py": "",
            "shop/tasks.py": TASKS,
            "shop/conf.py": "CELERY_BEAT_SCHEDULE = {\n  'nightly': {'task': 'shop.tasks.export', 'schedule': 3600},\n"
            "  'gone': {'task': 'shop.tasks.gone'},\n}\n",
            "shop/app.py": "from shop.tasks import app\napp.conf.beat_schedule = {'m': {'task': 'mail.send'}}\n",
        }
    )
    assert {("shop.conf", "shop.tasks.export"), ("shop.app", "shop.tasks.send")} <= edges(graph, "use")
    [edge] = [e for e in graph.dependencies if e.source == "shop.conf" and e.kind == "use"]
    assert (edge.path, edge.line, edge.resolution) == ("shop/conf.py", 2, "exact")


PIECES = st.sampled_from(
    [b"@shared_task", b"\ndef f():\n", b" f.delay(", b")", b"beat_schedule = {", b"'a': {'task': 'x'}", b"\x00"]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=30).map(b"".join) | st.binary(max_size=200))
def test_any_bytes_are_read_without_an_exception(source: bytes):
    facts, root = LANGUAGE.extract("a.py", source)
    assert FRAMEWORK.read("a.py", root, source, facts).language == "python"
