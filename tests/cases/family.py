"""The family of `01-emergency-dv-mother-two-children.json` as a case holds it."""

from ihala.cases.rules import CaseContent

BIRTH = {"date": "1994-05-03", "approximate": False, "given": "1994-05-03", "calendar": "gregorian"}
CONTENT = CaseContent(
    category="domestic_violence",
    survivor={
        "name": "هيلين تسفاي برهان",
        "name_latin": "Helen Tesfaye Berhan",
        "birth": BIRTH,
        "sex": "female",
        "nationality": "ET",
        "documents": [{"type": "passport", "number": "EP4471203"}],
        "phones": [
            {
                "number": "+971 50 000 4567",
                "safe": True,
                "hours": "09:00-12:00",
                "voicemail": False,
                "may_say_who": False,
            }
        ],
        "health": {"absent": "not_asked"},
    },
    companions=(
        {
            "name": "سارة",
            "birth": {
                "date": "2019-02-11",
                "approximate": False,
                "given": "2019-02-11",
                "calendar": "gregorian",
            },
            "sex": "female",
            "relation": "daughter",
        },
        {
            "name": "يوناس",
            "birth": {
                "date": "2014-08-30",
                "approximate": False,
                "given": "2014-08-30",
                "calendar": "gregorian",
            },
            "sex": "male",
            "relation": "son",
            "needs": ["wheelchair"],
        },
    ),
    persons_of_concern=(
        {
            "name": "دانيال كيبيدي",
            "name_latin": "Daniel Kebede",
            "relation": "husband",
            "works_for": "شركة نقل في دبي",
            "phones": [{"number": "+971 55 000 1188"}],
        },
    ),
    case={
        "languages": ["am", "en"],
        "interpreter": "female",
        "danger": "extreme",
        "reason": "تعرضت لعنف جسدي متكرر من الزوج.",
        "whereabouts": "النخيل، رأس الخيمة",
        "children_witnessed": True,
        "contact_name": "أمل سعيد",
        "contact_position": "أخصائية حالة",
        "contact_phone": "07 000 1234",
        "notes": ["kind: transfer", "a second note"],
    },
)
WORDS = [
    "هيلين", "Helen", "1994-05-03", "EP4471203", "4567", "سارة", "Daniel", "كيبيدي", "شركة", "1188", "النخيل",
    "متكرر", "extreme", "wheelchair", "ET", "second note",
]  # fmt: skip
