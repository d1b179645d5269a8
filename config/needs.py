"""What settings need before anything starts, said in one sentence; asked by the commands and by the settings."""

from collections.abc import Mapping


def unmet(given: Mapping[str, str]) -> str:
    """What is missing or contradicts itself in the environment; "" if nothing."""
    demo, production = given.get("IHALA_DEMO") == "1", given.get("IHALA_PRODUCTION") == "1"
    origin = given.get("IHALA_ORIGIN", "")
    if demo and (production or origin):
        return "The demo's sign-in page lets anyone in: IHALA_DEMO cannot be set in production."
    if production and not origin.startswith("https://"):
        return "Production needs IHALA_ORIGIN, the https:// address that people type."
    if production and given.get("IHALA_AGENT"):
        return "IHALA_AGENT=inside gives the server the keys: it cannot be set in production."
    return next(filter(None, (_not_a_number(given, name) for name in NUMBERS)), "") or _not_rates(given)


NUMBERS = ("IHALA_STEP_UP_MINUTES", "IHALA_KEY_GRACE_MINUTES", "IHALA_PROXIES", "IHALA_POOL")
RATES = {"IHALA_QUOTAS": 3, "IHALA_SEARCH_QUOTAS": 2}


def _not_a_number(given: Mapping[str, str], name: str) -> str:
    value = given.get(name) or "0"
    whole = value.replace(".", "", 1) if name == "IHALA_KEY_GRACE_MINUTES" else value
    return "" if whole.isascii() and whole.isdigit() else f"{name} is a number, and not {value!r}."


def _not_rates(given: Mapping[str, str]) -> str:
    for name, pairs in RATES.items():
        rates = [rate.split("/") for rate in given.get(name, "").split()]
        whole = all(len(pair) == 2 and all(one.isascii() and one.isdigit() for one in pair) for pair in rates)
        if rates and (len(rates) != pairs or not whole):
            return f"{name} is {pairs} pairs HOUR/DAY with a space between, such as {' '.join(['60/240'] * pairs)}."
    return ""
