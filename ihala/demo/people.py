"""Everybody and everything invented for the demo. Nobody here exists; numbers and places are made up.

`seeds()` lists what must never stand readable in the database: the scan of a dump looks for each of them.
"""

from collections.abc import Iterator
from typing import Any

from ihala.core.vocabulary import Category

from . import families_children, families_trafficking, families_violence, words
from .family import Family, child, concern, family

FAMILIES: dict[str, Family] = {
    one.key: one
    for module in (families_violence, families_trafficking, families_children)
    for one in module.FAMILIES
}

HELEN = family(
    Category.DOMESTIC_VIOLENCE, "helen", ("هيلين تسفاي برهان", "Helen Tesfaye Berhan"), "1994-05-03", "ET",
    "تعرضت لعنف جسدي متكرر من الزوج، آخره مساء أمس مع تهديد بالسلاح الأبيض أمام الأطفال. نُقلت إلى المستشفى وصدر تقرير "
    "طبي. الدار في رأس الخيمة لا تتسع لأسرة من ثلاثة أفراد مع كرسي متحرك.",
    at="غرفة الانتظار الخضراء، حي النخيل القديم", document="EP4471203", phone="+971500004567", hours="09:00-12:00",
    languages=("am", "en"), interpreter="female", danger="extreme",
    services=("shelter", "psychological", "legal", "interpretation"), given=("medical",),
    children=(child("daughter", "سارة دانيال", "2019-02-11"), child("son", "يوناس دانيال", "2014-08-30", "wheelchair")),
    fear=(concern("دانيال كيبيدي", "husband", "شركة نقل في دبي", "+971550001188"),),
    violence=["physical", "psychological"], weapons=["blade"], frequency="rising", children_witnessed=True,
    hospital_report=True,
)  # fmt: skip
"""The family of the journey test and of every visitor's first try: ready to be referred."""

MARIAM = family(
    Category.DOMESTIC_VIOLENCE, "mariam", ("مريم عبد الرحمن الخطيب", "Mariam Abdulrahman Alkhateeb"), "1990-11-19",
    "SY",
    "لجأت إلى الدار قبل أشهر ثم عادت إلى بيتها، وتعود اليوم بعد تهديد جديد. اسمها مكتوب في أوراقها بأكثر من تهجئة.",
    at="عند زميلة سابقة، خلف مسجد السدرة القديم", document="N011846277", phone="+971500023456", hours="16:00-18:00",
    danger="high", services=("shelter", "psychological"), given=("social",),
    children=(child("daughter", "لمى ياسر", "2016-04-22"),),
    fear=(concern("ياسر فؤاد الدرويش", "husband", "", "+971550024471"),),
    violence=["psychological"], frequency="rising", lives_with=False,
)  # fmt: skip
"""Whom a visitor searches for in any spelling, and a colleague is told that there is something to ask about."""


def _known(key: str, names: tuple[str, str], birth: str, reason: str, at: str, phone: str) -> Family:
    return family(
        Category.DOMESTIC_VIOLENCE, key, names, birth, "YE", reason, at=at, phone=phone, hours="10:00-12:00",
        services=("psychological", "legal"), given=("social",),
    )  # fmt: skip


AMINA = _known(
    "amina", ("أمينة يوسف الهمداني", "Amina Yousef Alhamdani"), "1992-06-14",
    "تطلب دعماً نفسياً واستشارة قانونية بعد طلاق تلاه تهديد متكرر بالهاتف.",
    "شقة أختها قرب حديقة الياسمين القديمة", "+971500061204",
)  # fmt: skip
AMINA_AGAIN = _known(
    "amina_again", ("آمنه يوسف الهمدانى", "Aamina Yusuf Al Hamdany"), "1992-06-14",
    "حضرت مع جارتها وطلبت مرافقة إلى المحكمة، ولم تذكر أنها سبق أن حضرت.",
    "عند جارتها فوق مخبز الزعفران", "+971500061204",
)  # fmt: skip
AMINA_THERE = _known(
    "amina_there", ("أمينة يوسف الهمداني", "Ameena Yousif Alhamdani"), "1992-06-14",
    "اتصلت بالخط الساخن قبل أشهر وحضرت ثلاث جلسات دعم.", "سكن الطالبات خلف المكتبة الزرقاء", "+971500061299",
)  # fmt: skip
NADIA = _known(
    "nadia", ("نادية شاكر العولقي", "Nadia Shaker Alawlaqi"), "1988-02-20",
    "خرجت من البيت بعد شجار وتقيم مؤقتاً لدى قريبة لها.", "منزل خالتها مقابل صيدلية النورس", "+971500067731",
)  # fmt: skip
NADIA_THERE = _known(
    "nadia_there", ("نور عبده الحكيمي", "Noor Abdo Alhakimi"), "1996-09-03",
    "راجعت القسم القانوني بشأن حضانة ابنتها.", "غرفة مستأجرة قرب سوق المرجان", "+971500067731",
)  # fmt: skip
MATCHED = (AMINA, AMINA_AGAIN, AMINA_THERE, NADIA, NADIA_THERE)
"""Amina stands twice at Aman and once at the Foundation, each time in another spelling; Nadia shares a telephone with
somebody at the Foundation."""

_SECRET_PERSON = ("name", "name_latin", "works_for", "health")
_SECRET_CASE = (
    "reason", "whereabouts", "guardian", "school", "promised", "debt", "documents_held_by", "medication",
    "clinical_note", "reported_to",
)  # fmt: skip
SHORTEST = 6


def seeds() -> list[str]:
    """Every name, phone, document number, place and narrative of the story, longest first."""
    found = {text for one in (HELEN, MARIAM, *MATCHED, *FAMILIES.values()) for text in _of_family(one)} | set(
        words.all_words()
    )
    return sorted((text for text in found if len(text) >= SHORTEST), key=len, reverse=True)


def _of_family(one: Family) -> Iterator[str]:
    content = one.content
    for person in (content.survivor, *content.companions, *content.persons_of_concern):
        yield from (person[key] for key in _SECRET_PERSON if person.get(key))
        yield from _numbers(person)
    yield from (content.case[key] for key in _SECRET_CASE if content.case.get(key))


def _numbers(person: dict[str, Any]) -> Iterator[str]:
    for row in (*person.get("phones", ()), *person.get("documents", ())):
        yield row["number"]
        yield row["number"].replace("-", "").removeprefix("+971")
