"""Content of any shape the registry allows, and anything at all."""

from hypothesis import strategies as st

from ihala.cases import codelists, normalise
from ihala.cases.content import CASE, COMPANION, PERSON_OF_CONCERN, SURVIVOR, CaseContent, Field, Kind
from ihala.core.text import clean
from ihala.core.vocabulary import Absent, Category

words = st.text(max_size=30).map(lambda text: clean(text, one_line=True)).filter(bool)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
births = st.fixed_dictionaries({
    "date": st.none() | st.dates().map(lambda day: day.isoformat()),
    "approximate": st.booleans(),
    "given": words,
    "calendar": st.sampled_from(normalise.Calendar.values),
})  # fmt: skip


def values(field: Field) -> st.SearchStrategy[object]:
    """Any value of the field's shape."""
    match field.kind:
        case Kind.BIRTH:
            found: st.SearchStrategy[object] = births
        case Kind.CHOICE:
            found = st.sampled_from(sorted(field.codes))
        case Kind.CHOICES:
            found = st.lists(st.sampled_from(sorted(field.codes)), min_size=1, unique=True)
        case Kind.YES_NO:
            found = st.booleans()
        case Kind.COUNTRY:
            found = st.sampled_from(list(codelists.countries()))
        case Kind.LANGUAGES:
            found = st.lists(
                st.sampled_from(list(codelists.languages())), min_size=1, max_size=3, unique=True
            )
        case Kind.ROWS:
            found = st.lists(rows(field), min_size=1, max_size=2)
        case Kind.NOTES:
            found = st.lists(words, min_size=1, max_size=2)
        case _:
            found = words
    return found if field.required else found | st.sampled_from([{"absent": code} for code in Absent.values])


def rows(field: Field) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries({}, optional={part.key: values(part) for part in field.rows}).filter(bool)


def people(fields: tuple[Field, ...]) -> st.SearchStrategy[dict[str, object]]:
    needed = {field.key: values(field) for field in fields if field.required}
    return st.fixed_dictionaries(needed, optional={f.key: values(f) for f in fields if not f.required})


contents = st.builds(
    CaseContent,
    category=st.sampled_from(Category.values),
    survivor=people(SURVIVOR),
    companions=st.lists(people(COMPANION), max_size=2).map(tuple),
    persons_of_concern=st.lists(people(PERSON_OF_CONCERN).filter(bool), max_size=2).map(tuple),
    case=people(CASE),
)
