"""What the user measured, pays and may spend: the inputs of cost, data-migration and AI-workload formulas. Never read from code.

Everything is optional; what is not given is unknown and supports no number. A price of 0 means unknown, not free.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, field_validator

from agent.domain.inventory import Noun

__all__ = ["Budget", "InstancePrice", "ModelCalls", "ModelTokenPrice", "Prices", "Workload"]

Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class ModelCalls(Noun):
    """Calls of one language model that are planned, a month, with tokens a call."""

    calls_per_month: Amount
    input_tokens: Amount
    output_tokens: Amount


class Workload(Noun):
    """Measurements. Keys of ``memory_mb``, ``cpu_cores`` and ``replicas`` are services or deployables; ``system`` is all of it as it is.

    ``memory_mb`` and ``cpu_cores`` are peaks; ``rows`` and ``bytes_per_row`` are by table; ``office_hours_per_month`` is how
    long a non-production environment is in use; ``round_trip_ms`` lies between application and database or region;
    ``peak_factor`` is the busiest minute over the mean; ``gpu_tokens_per_second`` what one GPU generates of your model under load, measured;
    ``region`` is where data must stay; ``migration_window_hours`` is how long the old system may stand still.
    """

    requests_per_month: Amount | None = None
    kilobytes_per_call: Amount | None = None
    transfer_out_gb: Amount | None = None
    database_gb: Amount | None = None
    memory_mb: dict[str, Amount] = Field(default={})
    cpu_cores: dict[str, Amount] = Field(default={})
    replicas: dict[str, int] = Field(default={})
    database_memory_gb: Amount | None = None
    database_cores: Amount | None = None
    non_production: int = Field(default=0, ge=0, le=100)
    office_hours_per_month: float | None = Field(default=None, gt=0, le=744)
    round_trip_ms: Amount | None = None
    bandwidth_mbit: float | None = Field(default=None, gt=0)
    migration_window_hours: float | None = Field(default=None, gt=0)
    rows: dict[str, int] = Field(default={})
    bytes_per_row: dict[str, Amount] = Field(default={})
    region: str = ""
    models: dict[str, ModelCalls] = Field(default={})
    peak_factor: float | None = Field(default=None, ge=1, le=1000)
    gpu_tokens_per_second: float | None = Field(default=None, gt=0)
    gpu_watts: float | None = Field(default=None, gt=0)

    @field_validator("replicas", "rows")
    @classmethod
    def _counts(cls, value: dict[str, int]) -> dict[str, int]:
        for name, count in value.items():
            if count < 0:
                raise ValueError(f"the count of {name!r} must not be below 0")
        return value


class InstancePrice(Noun):
    """One size of a machine or a managed database."""

    name: str
    cores: float = Field(gt=0)
    memory_gb: float = Field(gt=0)
    hourly: Amount


class ModelTokenPrice(Noun):
    """A million tokens, in the currency of the prices."""

    input: Amount
    output: Amount


class Prices(Noun):
    """What things cost. ``table`` names a region of the bundled table (``us-east-1``), ``families`` the sizes of it to consider.

    ``instances`` of the user win over that table. ``reserved_discount`` is the share that a commitment takes off.
    """

    currency: str = "USD"
    dated: date | None = None
    source: str = ""
    table: str = ""
    families: tuple[str, ...] = ("m6i", "c6i", "r6i")
    instances: tuple[InstancePrice, ...] = ()
    databases: tuple[InstancePrice, ...] = ()
    database_gb_month: Amount = 0.0
    transfer_out_gb: Amount = 0.0
    transfer_between_gb: Amount = 0.0
    reserved_discount: float = Field(default=0.0, ge=0, lt=1)
    models: dict[str, ModelTokenPrice] = Field(default={})


class Budget(Noun):
    """A monthly limit in the prices' currency, with the shares of it at which somebody is told, and whom."""

    monthly: float = Field(gt=0)
    alerts: tuple[float, ...] = (0.5, 0.8, 1.0)
    notify: tuple[str, ...] = ()

    @field_validator("alerts")
    @classmethod
    def _shares(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if not value or any(not 0 < share <= 2 for share in value):
            raise ValueError("alerts are shares of the budget above 0 and at most 2")
        return tuple(sorted(set(value)))
