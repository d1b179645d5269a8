"""Whom a comparison takes for the same person: other spellings and scripts, and neither brothers nor strangers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, settings, strategies
from hypothesis import given as drawn

from ihala.core.refusal import Refused
from ihala.matching import alike, bare, spellings
from ihala.matching.known import Known
from ihala.vault.likeness import Traits

SAME = [
    ("دانيال كيبيدي", "Daniel Kebede"),
    ("دانيال كيبيدي", "Danyal Kebedi"),
    ("مريم عبدالرحمن", "maryem abdel rahmen"),
    ("خالد سالم النعيمي", "Khalid Salem Al-Nuaimi"),
    ("خالد سالم محمد النعيمي", "Khaled Alnuaimy"),
    ("يوسف منصور", "Mansoor Yousif"),
    ("فيصل بن أحمد الكعبي", "Faisal Ahmad Alkaabi"),
]
OTHERS = [
    ("خالد سالم النعيمي", "Saeed Salem Al-Nuaimi"),  # his brother
    ("خالد سالم محمد النعيمي", "سعيد سالم محمد النعيمي"),
    ("سعيد راشد المهيري", "Saeed Rashid Almansoori"),
    ("مريم عبدالرحمن", "Fatima Abdulrahman"),
    ("محمد علي", "Hassan Ibrahim"),
    ("خالد", "Khalid"),  # one word is nobody
    ("", ""),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_man_is_seen_in_another_spelling_and_script(one: str, other: str) -> None:
    assert alike.closer([Known((one,))], [Known(("سالم راشد", "Salem Rashid")), Known((other,))])
    assert alike.alike(Known((other,)), Known((one,)))


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_his_brother_and_strangers_are_not_he(one: str, other: str) -> None:
    assert not alike.closer([Known((one,))], [Known((other,))])
    assert not alike.alike(Known((other,)), Known((one,)))


def test_what_else_is_known_decides_where_names_alone_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alike, "names_worth", lambda one, other: 6.0)
    one, near, far = Known(("a b",), 1980), Known(("c d",), 1982), Known(("c d",), 1999)
    assert alike.alike(one, near)
    assert not alike.alike(one, far)
    assert alike.evidence(Known(nationality="ET"), Known(nationality="ET")) > 0
    assert alike.evidence(Known(nationality="ET"), Known(nationality="AE")) < 0
    assert not alike.alike(Known(("a b",), 1980, "male"), Known(("c d",), 1980, "female"))


@settings(max_examples=40, deadline=None)
@example("A", "Q")
@drawn(strategies.text(max_size=60), strategies.text(max_size=60))
def test_odd_and_hostile_names_are_answered_and_alike_is_symmetric(one: str, other: str) -> None:
    assert alike.alike(Known((one,)), Known((other,))) is alike.alike(Known((other,)), Known((one,)))
    long, longer = [Known((one * 200,))], [Known((other * 200,))]
    assert alike.closer(long, longer) is alike.closer(longer, long)


@pytest.fixture(scope="module")
def child() -> Iterator[bare.Bare]:
    """The process the product asks."""
    with bare.Bare("ihala.matching.alike") as process:
        yield process


def test_the_process_that_compares_holds_no_key_and_reaches_nothing(
    child: bare.Bare, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of the environment, no descriptor but its pipes, none to be had; and it still tells who is who."""
    monkeypatch.setenv("IHALA_CUSTODY_CANARY", "secret")
    question = {"people": [{"names": ["دانيال كيبيدي"]}], "others": [{"names": ["Danyal Kebedi"]}]}
    assert child.ask(question) is True
    assert child.process is not None
    about = Path("/proc", str(child.process.pid))
    assert sorted(one.name for one in (about / "fd").iterdir()) == ["0", "1", "2"]
    assert all("pipe:" in str((about / "fd" / one).readlink()) for one in "01")
    told = (about / "environ").read_text().strip("\0").split("\0")
    assert {one.partition("=")[0] for one in told} == {"OPENBLAS_NUM_THREADS", "PYTHONPATH"}
    limits = (about / "limits").read_text().splitlines()
    for name in ("Max open files", "Max file size", "Max core file size"):
        line = next(line for line in limits if line.startswith(name))
        assert line.removeprefix(name).split()[:2] == (["3", "3"] if "open" in name else ["0", "0"])
    loaded = (about / "maps").read_text()
    assert "_tink" not in loaded and "psycopg" not in loaded and "_rust.abi3" not in loaded


def test_a_process_killed_in_between_is_started_again_and_says_so_when_it_stays_away(
    child: bare.Bare,
) -> None:
    child.ask({"people": [], "others": []})
    assert child.process is not None
    child.process.kill()
    assert child.ask({"people": [], "others": []}) is False
    with pytest.raises(bare.Gone), bare.Bare("ihala.matching.no_such_module") as nobody:
        nobody.ask({})
    with pytest.raises(bare.Gone), bare.Bare("ihala.matching.alike", patience=0.01) as slow:
        slow.ask({})


def test_equal_numbers_decide_at_once_and_a_comparison_that_cannot_be_made_is_a_refusal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spellings, "CHILD", bare.Bare("ihala.matching.no_such_module"))
    he, number = Traits(("دانيال كيبيدي",)), Traits(phones=("055 000 1188",))
    assert spellings.spelled([number], [Traits(("غيره",), phones=("+971 55 000 1188",))])
    assert spellings.spelled([he], [Traits(("دانيال  كيبيدى",))])
    assert not spellings.spelled([he], [number])
    with pytest.raises(Refused) as refused:
        spellings.spelled([he], [Traits(("Daniel Kebede",))])
    assert refused.value.refusal.code == "agent_refused"


def test_the_product_compares_spellings() -> None:
    from config import settings as product

    assert product.IHALA_LIKENESS == "ihala.matching.spellings.spelled"
