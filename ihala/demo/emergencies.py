"""Two nights at Aman on which the duty officer opened a case she does not have: one was looked at, one waits for it."""

from datetime import datetime, timedelta

from ihala.cases import actions as cases
from ihala.cases.enums import CaseState, EmergencyFinding, EmergencyReason
from ihala.cases.models import Case
from ihala.core import clock
from ihala.core.acting import acting
from ihala.organisations.models import Actor

WORDS = (
    "اتصل المستشفى بشأن الأم وسأل عن أدويتها، ولم ترد أخصائية الحالة ولا المشرفة على الهاتف.",
    "ابن المستفيدة لم يعد من المدرسة، والشرطة تسأل عن الشخص الذي تخشاه.",
)


def play(actors: dict[str, Actor], present: datetime) -> None:
    """The duty officer's part and the data protection officer's."""
    duty, officer = actors["aman.duty"], actors["aman.dpo"]
    with acting(duty):
        open_cases = Case.objects.filter(organisation_id=duty.organisation_id, state=CaseState.OPEN)
        mine = Case.objects.visible_to(duty).values("pk")
        before, now = open_cases.exclude(pk__in=mine).order_by("opened_at")[:2]
    with clock.at(present - timedelta(hours=27)), acting(duty):
        made = cases.break_glass(before, by=duty, reason=EmergencyReason.MEDICAL, words=WORDS[0])
    with clock.at(present - timedelta(hours=19)), acting(officer):
        cases.review_emergency(made.pk, by=officer, finding=EmergencyFinding.RIGHT)
    system = Actor.system_of(officer.organisation_id)
    with clock.at(present - timedelta(hours=23)), acting(system):
        cases.end_emergencies(by=system)
    with clock.at(present - timedelta(minutes=50)), acting(duty):
        cases.break_glass(now, by=duty, reason=EmergencyReason.DANGER, words=WORDS[1])
