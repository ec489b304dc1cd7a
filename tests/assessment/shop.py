"""A small shop whose faults are planted: two areas that write each other's tables, and one that does not."""

from __future__ import annotations

__all__ = ["SHOP"]

MODELS = """
from flask_sqlalchemy import SQLAlchemy
db = SQLAlchemy()
"""
ENTITY = """
from shop.db import db
class {name}(db.Model):
    __tablename__ = "{table}"
    id = db.Column(db.Integer, primary_key=True)
    amount = db.Column(db.Integer)
"""


def area(word: str, other: str = "", extra: str = "") -> dict[str, str]:
    """One domain: model, service, view, job; all four call each other and their table."""
    name, table = word.capitalize(), f"{word}s"
    files = {f"shop/{word}_model.py": ENTITY.format(name=name, table=table)}
    body = f"from shop.{word}_model import {name}\nfrom shop.db import db\n"
    files[f"shop/{word}_service.py"] = (
        body
        + f"def create_{word}(a):\n    row = {name}(amount=a)\n    db.session.add(row)\n    return row\n"
        + f"def all_{word}s():\n    return {name}.query.all()\n"
        + "\n".join(f"def {word}_rule_{n}(x):\n    return x + {n}\n" for n in range(600))
        + extra
    )
    for part in ("report", "check", "job"):
        files[f"shop/{word}_{part}.py"] = (
            f"from shop.{word}_service import all_{word}s, create_{word}\nfrom shop.{word}_model import {name}\n"
            f"def {part}_{word}():\n    create_{word}(1)\n    {name}.query.first()\n    return all_{word}s()\n"
        )
    if other:
        files[f"shop/{word}_job.py"] += (
            f"from shop.{other}_service import create_{other}\ndef both():\n    create_{other}(2)\n"
        )
    return files


SHOP = {
    "shop/__init__.py": "",
    "shop/db.py": MODELS,
    **area("order", "invoice"),
    **area(
        "invoice",
        "order",
        "def settle(amount):\n    db.session.execute('UPDATE orders SET amount = 0')\n"
        "    return db.session.execute('SELECT * FROM orders o JOIN invoices i ON i.id = o.id')\n",
    ),
    **area("parcel"),
}
