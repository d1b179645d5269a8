"""What pages of other apps show of the desk."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ihala.cases.models import Case
from ihala.core.templatetags.ihala import clock, field, state_badge, tel, urgency_badge
from ihala.core.text import label
from ihala.core.vocabulary import Urgency
from ihala.matching import pairs_rules
from ihala.referrals.models import Referral

from ..enums import Part
from ..filters import FilterForm, Filters
from ..rows import Row, rows_of
from ..work import Brief

register = template.Library()
MOST = 20


LINE = (
    '<tr role="row" class="{}">'
    '<th role="rowheader" scope="row" class="c-ref"><a href="{}"><bdi dir="ltr">{}</bdi></a></th>'
    '<td role="cell" class="c-urgency">{}</td>'
    '<td role="cell" class="c-what">{}{}</td>'
    '<td role="cell" class="c-side"><span class="quiet">{}</span> <bdi>{}</bdi>{}</td>'
    '<td role="cell" class="c-state">{}{}</td>'
    '<td role="cell" class="c-clock">{}{}</td>'
    '<td role="cell" class="c-mine">{}</td></tr>\n'
)
QUIET = '<div class="small quiet">{}</div>'
CALL = '<div class="small">{} {}</div>'
NOTHING = SafeString("")


@register.simple_tag
def work_rows(rows: Iterable[Row]) -> SafeString:
    """The lines of `desk/table.html`; a tag and not a loop of the template, because a page shows forty."""
    words = _words(get_language() or "ar")
    return SafeString("".join([_line(row, words) for row in rows]))


def _line(row: Row, words: dict[str, SafeString]) -> str:
    turn = words["yours"] if row.ours else words["theirs"] if row.awaited else NOTHING
    return format_html(
        LINE,
        ("late " if row.late else "") + ("turn" if row.ours else ""),
        row.url,
        row.reference,
        urgency_badge(row.urgency, label(Urgency(row.urgency))),
        row.what,
        format_html("<small>{}</small>", row.who) if row.who else "",
        words["from"] if row.incoming else words["to"],
        row.side,
        format_html(CALL, words["duty"], tel(row.call)) if row.call else "",
        state_badge(row.state, row.state_label),
        format_html(QUIET, row.awaited) if row.ours and row.awaited else "",
        clock(row.due, row.paused) if row.due else "",
        turn,
        format_html("<bdi>{}</bdi>", row.mine) if row.mine else "",
    )


@lru_cache
def _words(language: str) -> dict[str, SafeString]:
    return {
        "from": format_html("{}", _("From")),
        "to": format_html("{}", _("To")),
        "duty": format_html("{}:", _("Duty line")),
        "yours": format_html('<div class="small">{}</div>', _("Your turn")),
        "theirs": format_html(QUIET, _("Their turn")),
    }


@register.simple_tag
def filter_fields(filters: Filters) -> SafeString:
    """The fields to narrow a list with; drawn once for each choice and language, since every list shows them."""
    draw = _fields.__wrapped__ if filters.ref else _fields  # what somebody typed is not kept
    return draw(get_language() or "ar", filters)


@lru_cache(maxsize=512)
def _fields(language: str, filters: Filters) -> SafeString:
    form = FilterForm(initial=filters.query())
    return SafeString("".join(render_to_string("components/field.html", field(one)) for one in form))


@register.inclusion_tag("pairs/same.html", takes_context=True)
def same_person(context: dict[str, Any], case: Case) -> dict[str, Any]:
    """Other cases of the same person, as somebody decided who may open both. One query, three where there is one."""
    actor = context["request"].actor
    pairs = list(pairs_rules.linked_with(case))
    reaches = set(pairs_rules.visible_to(actor).filter(pk__in=[one.pk for one in pairs])) if pairs else set()
    return {
        "rows": [
            {
                "pair": one,
                "reference": (one.other if one.one_id == case.pk else one.one).reference,
                "goes_on": one.primary_id != case.pk,
                "reaches": one in reaches,
            }
            for one in pairs
        ]
    }


@register.inclusion_tag("desk/case_referrals.html", takes_context=True)
def case_referrals(context: dict[str, Any], case: Case) -> dict[str, Any]:
    """The referrals of a case, newest first: those sent from it and the one it came from."""
    actor = context["request"].actor
    mine = Referral.objects.visible_to(actor).filter(
        sides__case=case, sides__organisation=actor.organisation_id
    )
    wanted = mine.order_by("-changed_at", "id")[:MOST]
    briefs = [
        Brief(one.id, one.version, one.state, one.due_at, one.changed_at, Part.LISTED) for one in wanted
    ]
    found = rows_of(briefs, actor)
    return {"rows": [found[brief.id] for brief in briefs if brief.id in found], "case": case}
