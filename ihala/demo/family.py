"""How the demo's invented families are written down: one call each, turned into the content of a case."""

from dataclasses import dataclass, field
from typing import Any

from ihala.cases.rules import CaseContent
from ihala.core.vocabulary import Category, Danger, Service, Sex

MEN = frozenset({"son", "brother", "father"})


@dataclass(frozen=True)
class Family:
    """One invented household. `services` is what is asked for it, `given` what it has had already."""

    key: str
    language: str
    content: CaseContent
    services: tuple[Service, ...]
    given: tuple[Service, ...] = field(default=())

    @property
    def category(self) -> Category:
        """What the case is about."""
        return Category(self.content.category)


def born(day: str) -> dict[str, Any]:
    """A birth value: "1991-06-12", or "1991" for a year that is only known by about."""
    if len(day) == 4:
        return {"date": f"{day}-07-01", "approximate": True, "given": day, "calendar": "gregorian"}
    return {"date": day, "approximate": False, "given": day, "calendar": "gregorian"}


def emirates_id(year: int, serial: int) -> str:
    """A number in the form of an Emirates ID with a right check digit; the serial is invented."""
    digits = f"784{year}{serial:07d}"
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return f"784-{year}-{serial:07d}-{-total % 10}"


def _document(number: str, country: str) -> list[dict[str, Any]]:
    if not number:
        return []
    if number.startswith("784"):
        return [{"type": "emirates_id", "number": number, "country": "AE"}]
    return [{"type": "passport", "number": number, "country": country}]


def child(
    relation: str, name: str, birth: str, *needs: str, nationality: str = "", sex: str = ""
) -> dict[str, Any]:
    """Somebody who moves along."""
    default = Sex.MALE if relation in MEN else Sex.FEMALE
    values = {
        "relation": relation,
        "name": name,
        "birth": born(birth),
        "sex": str(sex or default),
        "needs": list(needs),
    }
    return values | ({"nationality": nationality} if nationality else {})


def concern(name: str, relation: str, works_for: str = "", phone: str = "") -> dict[str, Any]:
    """Somebody she must be protected from."""
    phones = [{"number": phone}] if phone else []
    return {"name": name, "relation": relation, "works_for": works_for, "phones": phones}


def family(
    category: Category, key: str, names: tuple[str, str], birth: str, nationality: str, reason: str, *,
    at: str, document: str = "", phone: str = "", hours: str = "", languages: tuple[str, ...] = ("ar",),
    interpreter: str = "none", danger: str = Danger.HIGH, services: tuple[str, ...] = (Service.SHELTER,),
    given: tuple[str, ...] = (), children: tuple[dict[str, Any], ...] = (), fear: tuple[dict[str, Any], ...] = (),
    needs: tuple[str, ...] = (), sex: str = Sex.FEMALE, **case: Any,
) -> Family:  # fmt: skip
    """A family in words; further keywords are answers of the case (`content.CASE`)."""
    name, latin = names
    phones = (
        [{"number": phone, "safe": True, "hours": hours, "voicemail": False, "may_say_who": False}]
        if phone
        else []
    )
    survivor = {
        "name": name, "name_latin": latin, "birth": born(birth), "sex": str(sex), "nationality": nationality,
        "needs": list(needs), "documents": _document(document, nationality), "phones": phones,
    }  # fmt: skip
    health = case.pop("health", "")
    if health:
        survivor["health"] = health
    answers = {
        "languages": list(languages), "interpreter": interpreter, "danger": str(danger), "reason": reason,
        "whereabouts": at, "services_given": [str(code) for code in given], **case,
    }  # fmt: skip
    content = CaseContent(str(category), survivor, children, fear, answers)
    language = "ar" if any("\u0600" <= letter <= "\u06ff" for letter in reason) else "en"
    return Family(key, language, content, tuple(map(Service, services)), tuple(map(Service, given)))
