"""Every component on one page, with invented content: for whoever writes a page and for whoever checks the look."""

# ruff: noqa: E501  rows of invented content read better whole
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from . import clock, looks, text, vocabulary
from .worktime import Duration

STATE_WORDS = [
    "مسودة|Draft",
    "بانتظار الاعتماد|Awaiting approval",
    "مُرسلة|Sent",
    "قيد المراجعة|Under review",
    "معلومات مطلوبة|Information requested",
    "قائمة الانتظار|Waitlisted",
    "اعتذار مقترح|Decline proposed",
    "مقبولة|Accepted",
    "قيد التسليم|Handover",
    "تم الوصول|Arrived",
    "مكتملة|Completed",
    "معتذر عنها|Declined",
    "مسحوبة|Withdrawn",
    "سُحبت الموافقة|Consent withdrawn",
    "لم تقبل المستفيدة|Survivor declined",
    "لم يتم الوصول|Not arrived",
    "انتهت قبل أوانها|Ended early",
    "بلا رد|No response",
    "أُدخلت خطأً|Entered in error",
]


def say(arabic: str, english: str) -> str:
    """Invented content in the reader's language; it is no text of the product and so not in the catalogue."""
    return arabic if text.is_arabic() else english


class SampleForm(forms.Form):
    """One field of each sort."""

    given_name = forms.CharField()
    given_name_absent = forms.ChoiceField(
        choices=vocabulary.Absent.choices, widget=forms.RadioSelect, required=False
    )
    document = forms.CharField(widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    safe_phone = forms.CharField(widget=forms.TextInput(attrs={"type": "tel"}), required=False)
    category = forms.ChoiceField(choices=vocabulary.Category.choices)
    urgency = forms.ChoiceField(choices=vocabulary.Urgency.choices, widget=forms.RadioSelect)
    services = forms.MultipleChoiceField(
        choices=vocabulary.Service.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    story = forms.CharField(widget=forms.Textarea, required=False)
    school = forms.CharField(required=False)
    paper = forms.FileField(required=False)
    agreed = forms.BooleanField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {
            "given_name": ("الاسم الأول", "Given name"),
            "document": ("رقم الهوية الإماراتية", "Emirates ID"),
            "safe_phone": ("هاتف آمن للتواصل", "Safe telephone"),
            "category": ("نوع الحالة", "Category"),
            "urgency": ("الأولوية", "Urgency"),
            "services": ("الخدمات المطلوبة", "Services asked for"),
            "story": ("ما حدث", "What happened"),
            "school": ("المدرسة", "School"),
            "paper": ("مستند", "Document"),
            "agreed": ("فُهم ما سيُفصح عنه", "What will be disclosed is understood"),
        }
        for name, (arabic, english) in words.items():
            self.fields[name].label = say(arabic, english)
        self.fields["document"].help_text = say(
            "15 رقماً تبدأ بـ 784. الخطأ في رقم التحقق ينبّه ولا يمنع.",
            "15 digits beginning with 784. A wrong check digit warns and does not block.",
        )


class ChildForm(forms.Form):
    """A row of a formset."""

    name = forms.CharField(required=False)
    born = forms.CharField(required=False, widget=forms.TextInput(attrs={"dir": "ltr"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = say("الاسم", "Name")
        self.fields["born"].label = say("تاريخ الميلاد", "Date of birth")


def gallery(request: HttpRequest) -> HttpResponse:
    """The page `/gallery`, in demo only."""
    children = forms.formset_factory(ChildForm, extra=1, can_delete=True)
    context: dict[str, Any] = {
        "nav": _nav() if request.GET.get("bare") is None else [],
        "bell": {"url": "#", "count": 3},
        "form": SampleForm(
            {"document": "784-1990-123", "safe_phone": "+971 50 123 4567", "urgency": "emergency"}
        ),
        "plain_form": _prefixed(),
        "children": children(
            prefix="children", initial=[{"name": say("سالم", "Salem"), "born": "2018-04-02"}]
        ),
        "states": [(code, _state(code)) for code in looks.STATES],
        "urgencies": vocabulary.Urgency.values,
        "lengths": [timedelta(minutes=n) for n in (0, 1, 2, 5, 11, 100, 130, 60 * 48, 60 * 24 * 11)]
        + [Duration(3, "working_days"), Duration(4, "working_hours")],
        "at": clock.now() - timedelta(minutes=35),
        "soon": clock.now() + timedelta(minutes=20),
        "later": clock.now() + timedelta(hours=2, minutes=10, seconds=30),
    }
    return render(request, "gallery.html", context | _lists() | _referral() | _record())


def _prefixed() -> SampleForm:
    return SampleForm(prefix="plain")


def _state(code: str) -> str:
    return say(*STATE_WORDS[list(looks.STATES).index(code)].split("|"))


def _nav() -> list[dict[str, Any]]:
    items = [
        ("أعمالي", "My work", "home", 3),
        ("الوارد", "Inbox", "inbox", 2),
        ("الصادر", "Outbox", "outbox", 0),
        ("الحالات", "Cases", "people", 0),
        ("المسودات", "Drafts", "draft", 1),
        ("مذكرات التفاهم", "Agreements", "book", 0),
        ("سجل التدقيق", "Audit log", "shield", 0),
    ]
    return [
        {"url": f"#{n}", "label": say(arabic, english), "icon": sign, "count": count, "current": n == 1}
        for n, (arabic, english, sign, count) in enumerate(items)
    ]


def _rows() -> list[tuple[Any, ...]]:
    now = clock.now()
    return [
        ("AMN-2026-000123", "emergency", "domestic_violence", "امرأة، 31 سنة · طفلان|Woman, 31 · 2 children",
         "under_review", now - timedelta(minutes=35), "", True),
        ("AMN-2026-000121", "urgent", "human_trafficking", "امرأة، 24 سنة · مترجم: الأمهرية|Woman, 24 · interpreter: Amharic",
         "info_requested", now + timedelta(minutes=20), "نورة المرزوقي|Noura Al Marzouqi", False),
        ("DXB-2026-000119", "standard", "child_abuse", "طفل، 9 سنوات|Child, 9", "accepted",
         now + timedelta(hours=19), "هند الكعبي|Hind Al Kaabi", True),
        ("AMN-2026-000112", "standard", "domestic_violence", "امرأة، 42 سنة|Woman, 42", "declined", None,
         "هند الكعبي|Hind Al Kaabi", False),
    ]  # fmt: skip


def _lists() -> dict[str, Any]:
    now = clock.now()
    rows = _rows()
    return {
        "rows": [
            {
                "url": "#", "reference": reference, "urgency": urgency,
                "what": vocabulary.Category(category).label, "who": say(*who.split("|")),
                "side": say("مركز أمان", "Aman Centre"), "state": state, "state_label": _state(state),
                "due": due, "paused": False, "mine": say(*mine.split("|")) if mine else "",
                "late": bool(due and due < now), "ours": ours, "unread": ours,
            }
            for reference, urgency, category, who, state, due, mine, ours in rows
        ],
        "tiles": [
            {"value": "2", "label": say("تجاوزت المهلة", "Past their deadline"), "url": "#", "tone": "late"},
            {"value": "5", "label": say("بانتظار القرار هنا", "Waiting for a decision here"), "url": "#", "tone": "turn"},
            {"value": say("1 س 48 د", "1 h 48 m"), "label": say("وسيط زمن القبول (30 يوماً)", "Median time to accept (30 days)"), "url": "", "tone": ""},
            {"value": say("11 من 14", "11 of 14"), "label": say("الأسرّة المشغولة", "Beds taken"), "url": "", "tone": ""},
        ],
        "chips": [
            {"url": "#a", "label": say("مفتوحة", "Open"), "current": True, "count": 7},
            {"url": "#b", "label": say("متأخرة", "Overdue"), "current": False, "count": 2},
            {"url": "#c", "label": say("بانتظار معلومات", "Awaiting information"), "current": False, "count": 0},
        ],
        "tabs": [
            {"url": "#a", "label": say("الملخص", "Summary"), "current": True, "count": 0},
            {"url": "#b", "label": say("الأسئلة", "Questions"), "current": False, "count": 2},
            {"url": "#c", "label": say("إيصالات الإفصاح", "Disclosure receipts"), "current": False, "count": 0},
        ],
        "steps": [say("ما المطلوب", "What is needed"), say("ما ستراه الجهة الأخرى", "What the other side will see"), say("المراجعة والإرسال", "Review and send")],
    }  # fmt: skip


def _cast() -> tuple[str, str, str, str]:
    return (
        say("مركز أمان", "Aman Centre"),
        say("مؤسسة دبي لرعاية النساء والأطفال", "Dubai Foundation for Women and Children"),
        say("عائشة الشحي", "Aisha Al Shehhi"),
        say("نورة المرزوقي", "Noura Al Marzouqi"),
    )


def _referral() -> dict[str, Any]:
    now = clock.now()
    aman, foundation, aisha, noura = _cast()
    sent = now - timedelta(hours=5)
    names = dict(zip(vocabulary.DisclosureClass.values, vocabulary.DisclosureClass.labels, strict=True))
    return {
        "entries": [
            {"title": say("إنشاء الإحالة", "Referral created"), "who": aisha, "side": aman, "at": sent, "note": "", "kind": ""},
            {"title": say("الإرسال إلى الجهة الأخرى", "Sent to the other organisation"), "who": aisha, "side": aman, "at": sent + timedelta(minutes=8), "note": say("المهلة: ساعة واحدة", "Clock: one hour"), "kind": ""},
            {"title": say("قيد المراجعة", "Under review"), "who": noura, "side": foundation, "at": sent + timedelta(minutes=29), "note": "", "kind": "current"},
            {"title": say("القرار", "Decision"), "who": "", "side": foundation, "at": None, "note": "", "kind": "next"},
        ],
        "lines": [
            {"label": say("خط المناوبة", "Duty line"), "number": "+971500000101"},
            {"label": say("خط المشرف/ة", "Supervisor's line"), "number": "+971500000102"},
        ],
        "facts": [
            {"label": say("رقم الهوية", "Emirates ID"), "value": "784-1990-1234567-1", "kind": "ltr"},
            {"label": say("هاتف آمن", "Safe telephone"), "value": "0501234567", "kind": "phone"},
            {"label": say("تاريخ الميلاد", "Date of birth"), "value": now.date() - timedelta(days=11300), "kind": "day"},
            {"label": say("الجنسية", "Nationality"), "value": "", "missing": vocabulary.Absent.NOT_ASKED.label},
            {"label": say("اللغة", "Language"), "value": say("الأمهرية", "Amharic"), "changed": True},
        ],
        "matrix": [
            {"name": names["triage"], "what": say("النوع، الأولوية، الأعداد والأعمار، اللغات", "Category, urgency, numbers and ages, languages"), "before": "open", "after": "open", "why": ""},
            {"name": names["identity"], "what": say("الأسماء، الوثائق، الهواتف", "Names, documents, telephones"), "before": "sealed", "after": "open", "why": ""},
            {"name": names["clinical"], "what": "", "before": "never", "after": "never", "why": say("لا موافقة على هذه الفئة", "No consent to this class")},
        ],
    }  # fmt: skip


def _record() -> dict[str, Any]:
    now = clock.now()
    aman, foundation, aisha, noura = _cast()
    identity = vocabulary.DisclosureClass.IDENTITY.label
    return {
        "receipt_rows": [
            {"name": identity, "label": say("الاسم الأول", "Given name"), "hash": "9f86d081884c7d659a2feaa0c55ad015"},
            {"name": identity, "label": say("رقم الهوية", "Emirates ID"), "hash": "60303ae22b998861bce3b28f33eec1be"},
        ],
        "thread": [
            {"ours": False, "who": noura, "side": foundation, "at": now - timedelta(hours=2), "kind": say("سؤال", "Question"), "question": say("هل يوجد أبناء ذكور فوق 12 سنة؟", "Are there sons over 12?"), "text": say("لاختيار الوحدة المناسبة.", "To choose the right unit."), "open": False},
            {"ours": True, "who": aisha, "side": aman, "at": now - timedelta(hours=1), "kind": say("جواب", "Answer"), "question": "", "text": say("لا. الطفلان عمرهما 4 و8 سنوات.", "No. The children are 4 and 8."), "open": False},
            {"ours": False, "who": noura, "side": foundation, "at": now, "kind": say("سؤال", "Question"), "question": say("هل يلزم سرير رضيع؟", "Is a cot needed?"), "text": "", "open": True},
        ],
        "changes": [
            {"label": say("عدد الأطفال", "Children"), "old": "1", "new": "2"},
            {"label": say("المترجم", "Interpreter"), "old": "", "new": say("الأمهرية", "Amharic")},
        ],
        "parties": [
            {"name": aman, "by": aisha, "at": now - timedelta(days=400)},
            {"name": foundation, "by": "", "at": None},
        ],
        "clauses": [
            {"title": say("ما تجوز إحالته", "What may be referred"), "text": "", "items": list(vocabulary.Category.labels)},
            {"title": say("المهل", "Clocks"), "text": say("الإقرار بالاستلام في الحالات الطارئة خلال 15 دقيقة، ليلاً ونهاراً.", "Emergencies are acknowledged within 15 minutes, day and night."), "items": []},
        ],
        "aman": aman, "foundation": foundation, "aisha": aisha,
    }  # fmt: skip
