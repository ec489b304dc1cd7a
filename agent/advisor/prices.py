"""What a token costs: the user's own table first, then the bundled one of genai-prices; unknown stays unknown."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from agent.settings import ModelPrice

__all__ = ["OPENAI", "is_local", "price_of"]

OPENAI = "https://api.openai.com/v1"
_MILLION = 1_000_000


def price_of(model: str, base_url: str, own: Mapping[str, ModelPrice]) -> ModelPrice | None:
    """US dollars per million tokens; None when neither table knows the model at this endpoint."""
    if model in own:
        return own[model]
    from genai_prices import calc_price
    from genai_prices.types import Usage

    url = base_url or OPENAI
    try:
        # a million of each, priced apart, because a tiered price depends on how much is asked
        into = calc_price(Usage(input_tokens=1000), model, provider_api_url=url).total_price
        out = calc_price(Usage(output_tokens=1000), model, provider_api_url=url).total_price
    except (LookupError, ValueError):
        return None
    return ModelPrice(input=float(into) * _MILLION / 1000, output=float(out) * _MILLION / 1000)


def is_local(base_url: str) -> bool:
    """Whether the endpoint is this machine."""
    host = urlsplit(base_url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
