"""The year of the demo as a table: which family, which way, how urgent, since when, and what happened (see `acts.py`).

`since` is a day and an hour in Dubai ("312d 02:40") or a length of time before now ("35m"); the last lines of each
part are those that wait for somebody at this moment, so that every list of the product has something real in it.
"""

# ruff: noqa: E501  a table is read by its rows
from dataclasses import dataclass

from ihala.core.vocabulary import Kind, Urgency

E, U, S = Urgency.EMERGENCY, Urgency.URGENT, Urgency.STANDARD
SHARED, PULL = Kind.SHARED_CARE, Kind.PULL_REQUEST

AT_ONCE = "case consent draft+7m send+5m review+25m"
WITH_PAPERS = "case consent file:order+1m file:report+1m draft+5m send+5m review+25m"
APPROVED = "case consent+20m draft+15m submit+10m approve+50m"
SLOWLY = "case consent+1h draft+1h submit+30m approve+3h"
TAKEN_IN = "ack+9m conflict+14m accept+12m plan:3h+20m ok_s+5m ok_r+6m arrived_r+3h arrived_s+15m"
IN_HOURS = (
    "ack+30m assign+20m conflict+1h accept+2h plan:20h+1h ok_s+20m ok_r+30m arrived_s+20h arrived_r+25m"
)
IN_DAYS = "ack+2h assign+1h conflict+20h accept+3h plan:2d+4h ok_r+1h ok_s+3h arrived_r+2d arrived_s+1h"


@dataclass(frozen=True)
class Tale:
    """One referral of the story. `way`: from whom to whom."""

    family: str
    way: str
    urgency: Urgency
    since: str
    script: str
    kind: Kind = Kind.TRANSFER


TO, BACK = "aman>dfwac", "dfwac>aman"

TALES = (
    # What is over: a year of arrivals, outcomes, and of answers that were no.
    Tale("dv01", TO, E, "341d 02:40", f"{AT_ONCE} {TAKEN_IN} progress+6d progress+7d complete:safe_housing+38d"),
    Tale("ht01", TO, U, "327d 11:10", f"{APPROVED} {IN_HOURS} progress+12d note+3d progress+14d complete:voluntary_return+30d"),
    Tale("ca01", TO, E, "318d 13:20", f"{AT_ONCE} {TAKEN_IN} progress+7d progress+7d progress+7d complete:partly_met+50d"),
    Tale("dv05", BACK, S, "305d 09:30", f"{SLOWLY} {IN_DAYS} progress+29d complete:goals_met+31d"),
    Tale("ht02", TO, E, "290d 23:55", f"{AT_ONCE} ack+11m ask:health+4m answer+9m conflict+10m accept+5m plan:2h+15m ok_s+3m "
         "ok_r+8m arrived_r+2h arrived_s+30m progress+7d progress+7d complete:goals_met+90d"),
    Tale("dv08", TO, S, "284d 10:00", f"{SLOWLY} ack+2h conflict+3h accept+1h plan:5d+2h ok_s+1h ok_r+1h arrived_s+5d arrived_r+2h "
         "progress+28d complete:service_ended+40d", SHARED),
    Tale("ca09", BACK, U, "270d 12:15", f"{APPROVED} {IN_HOURS} progress+13d complete:goals_met+45d", SHARED),
    Tale("ht08", TO, S, "262d 08:50", f"{SLOWLY} {IN_DAYS} progress+30d complete:voluntary_return+20d"),
    Tale("dv12", TO, E, "250d 04:05", f"{AT_ONCE} {TAKEN_IN} amend:correction+1h progress+6d complete:safe_housing+75d"
         .replace("plan:3h", "amend:new_information+10m plan:3h").replace(" amend:correction+1h", "")),
    Tale("dv20", TO, E, "231d 19:35", f"{AT_ONCE} {TAKEN_IN} progress+7d progress+7d complete:goals_met+60d unconsent_s+20d"),
    Tale("ht05", TO, U, "222d 15:25", f"{APPROVED} ack+40m ask:health,household+1h answer+2h propose:risk+3h confirm+1h next+40m"),
    Tale("dv10", TO, U, "214d 10:45", f"{APPROVED} ack+30m propose:outside_criteria+4h unpropose+1h waitlist+2h propose:no_capacity+2d "
         "confirm+2h next:other+1h"),
    Tale("ca05", TO, S, "203d 11:30", f"{SLOWLY} ack+3h conflict+1h declines:no_wish+4h next+1d", SHARED),
    Tale("ht04", TO, E, "197d 01:15", f"{AT_ONCE} {TAKEN_IN} progress+5d early:left_by_choice+11d"),
    Tale("dv19", TO, S, "188d 09:05", f"{SLOWLY} ack+2h withdraw:need_met+1d"),
    Tale("ca04", BACK, U, "176d 14:40", f"{APPROVED} {IN_HOURS} progress+14d complete:family_reunion+33d"),
    Tale("dv07", TO, U, "169d 17:20", f"{APPROVED} {IN_HOURS} progress+14d progress+14d complete:voluntary_return+35d"),
    Tale("ht10", TO, E, "158d 22:10", f"{AT_ONCE} ack+14m conflict+6m accept+5m plan:2h+10m ok_s+4m ok_r+3m lost+4h arrived_r+2h "
         "arrived_s+10m progress+7d complete:goals_met+70d"),
    Tale("dv11", BACK, U, "149d 16:00", f"{APPROVED} {IN_HOURS} progress+10d early:transferred+9d"),
    Tale("ca17", TO, S, "140d 09:40", f"{SLOWLY} error:wrong_person+1d"),
    Tale("ht12", TO, U, "133d 12:50", f"{APPROVED} ack+50m unconsent_r+5h attest+2d"),
    Tale("dv13", TO, U, "121d 18:30", f"{APPROVED} silence+8h next+1h"),
    Tale("ca11", TO, S, "112d 10:10", f"{SLOWLY} {IN_DAYS} progress+25d complete:partly_met+30d", SHARED),
    Tale("ht17", TO, S, "101d 08:30", f"{SLOWLY} ack+2h duty+1h conflict+3h accept+2h withdraw:other+1d"),
    Tale("dv14", TO, U, "92d 13:35", f"{APPROVED} {IN_HOURS} progress+13d complete:partly_met+40d"),
    Tale("dv16", BACK, S, "84d 11:05", f"{SLOWLY} ack+1h propose:service_not_offered+5h confirm+4h next+3h"),
    Tale("ca08", TO, E, "77d 15:50", "case duty+10m draft+5m send+4m second+30m release+2m review+10m ack+5m conflict+10m accept+6m "
         "plan:2h+15m ok_s+3m ok_r+4m arrived_r+2h arrived_s+20m progress+7d progress+7d complete:goals_met+45d"),
    Tale("ht06", TO, U, "66d 09:15", f"{APPROVED} {IN_HOURS} progress+12d progress+13d complete:voluntary_return+12d"),
    *(Tale(family, TO, S, f"{days}d 10:40", f"{SLOWLY} ack+2h propose:accessibility+5h confirm+4h next+3h")
      for family, days in (("dv03", 236), ("ca15", 194), ("ht13", 143), ("dv02", 96), ("ca10", 71))),
    Tale("ht19", BACK, S, "58d 10:20", f"{SLOWLY} held+1h ack+2h conflict+4h accept+1h", PULL),
    # Who lives with the receiver today.
    Tale("dv04", TO, E, "49d 20:45", f"{WITH_PAPERS} {TAKEN_IN} progress+6d progress+7d progress+7d progress+7d note+1d progress+6d progress+7d"),
    Tale("ht09", TO, U, "38d 13:10", f"{APPROVED} {IN_HOURS} progress+13d progress+9d"),
    Tale("ca13", TO, E, "26d 03:30", f"{AT_ONCE} {TAKEN_IN} progress+6d progress+5d"),
    Tale("dv09", BACK, U, "17d 15:15", f"{APPROVED} {IN_HOURS}"),
    Tale("ca02", TO, U, "14d 10:30", f"{APPROVED} {IN_HOURS} onward+6d"),
    Tale("ht14", TO, S, "12d 09:20", f"{SLOWLY} {IN_DAYS}"),
    Tale("dv15", TO, U, "9d 12:05", f"{APPROVED} ack+1h duty+10m conflict+2h accept+1h unconsent_s+2d"),
    Tale("ht03", BACK, U, "8d 11:40", f"{APPROVED} ack+1h ask:duration+1h answer+2h unconsent_s+20h"),
    Tale("ca14", TO, S, "7d 10:15", f"{SLOWLY} ack+1h conflict+2h accept+2h unconsent_r+1d attest:kept+1d"),
    # On the way.
    Tale("dv18", TO, E, "22h", f"{WITH_PAPERS} ack+10m conflict+9m accept:beds+8m plan:3h+10m ok_s+4m ok_r+5m lost+5h"),
    Tale("ht18", TO, E, "3d 02:10", f"{AT_ONCE} ack+12m conflict+6m accept+7m plan:2h+9m ok_s+3m ok_r+5m lost+4h check+50m"),
    Tale("dv17", TO, E, "95m", "case consent draft+5m send+4m review+20m ack+6m conflict+10m accept:beds+6m plan:4h+15m ok_s+4m ok_r+3m"),
    Tale("ht15", TO, E, "5h", f"{AT_ONCE} ack+9m conflict+9m accept:beds+6m plan:2h+10m ok_s+4m ok_r+5m arrived_r+2h"),
    Tale("ca07", BACK, U, "28h", f"{APPROVED} ack+1h conflict+1h accept:beds+1h plan:26h+1h ok_s+10m ok_r+30m"),
    Tale("dv06", TO, E, "110m", "case consent file:order file:picture draft+2m send+5m review+22m ack+9m conflict+12m accept:beds+9m"),
    Tale("dv13", TO, E, "22h", f"{AT_ONCE} ack+9m conflict+8m accept:beds+6m"),
    Tale("ht07", TO, U, "9h", f"{APPROVED} ack+30m assign+10m conflict+1h accept:beds+40m plan:30h+1h ok_s+10m"),
    Tale("ca16", TO, S, "5d 09:00", f"{SLOWLY} ack+1h conflict+20h accept:beds+1h plan:9d+2h ok_r+1h"),
    Tale("dv02", BACK, U, "14h", f"{APPROVED} ack+1h conflict+1h accept:beds+1h"),
    # Asked and not yet answered.
    Tale("ca06", TO, E, "52m", "case duty+5m draft+4m send+3m ack+8m ask:household,danger+6m"),
    Tale("ht13", TO, U, "7h", f"{APPROVED} ack+40m assign+10m ask:duration+30m"),
    Tale("ca10", BACK, S, "3d 09:45", f"{SLOWLY} ack+1h ask:legal_status+2h"),
    Tale("dv03", TO, S, "6d 10:25", f"{SLOWLY} ack+2h waitlist+20h"),
    Tale("ca15", TO, U, "4d 12:30", f"{APPROVED} ack+1h waitlist+3h"),
    Tale("ht11", TO, S, "2d 08:40", f"{SLOWLY} ack+1h propose:service_not_offered+4h"),
    Tale("ca18", BACK, U, "10h", f"{APPROVED} ack+1h propose:boys_age+3h"),
    Tale("ca03", TO, E, "41m", "case duty+4m draft+4m send+3m ack+9m conflict+8m"),
    Tale("ht16", TO, U, "13h", f"{APPROVED} ack+35m assign+20m note+10m", SHARED),
)  # fmt: skip

NOW = (
    # The last hours: what stands at the top of the lists. The families come back; a year is long.
    Tale("dv12", TO, E, "13m", "case consent:45 file:scan draft+2m send+4m"),
    Tale("dv05", TO, U, "101m", f"{APPROVED}"),
    Tale("ca09", BACK, E, "46m", "case consent draft+4m send+5m"),
    Tale("ht05", BACK, U, "3h", f"{APPROVED} ack+20m"),
    Tale("dv08", TO, S, "4d 13:00", f"{SLOWLY}", PULL),
    Tale("ca04", TO, U, "3h", "case consent+20m draft+10m submit+5m"),
    Tale("ht08", TO, S, "5h", "case consent+1h draft+1h submit+40m"),
    Tale("dv10", BACK, U, "70m", "case consent+10m draft+10m submit+5m"),
    Tale("dv16", TO, U, "2d 12:00", "case consent+1h draft+1h submit+30m return:basis+2h"),
    Tale("ca05", TO, S, "6d 09:30", "case consent:9+1h note_case+1d draft+1h"),
    Tale("ht06", BACK, S, "1d 15:00", "case note_case+1h draft+1h"),
    Tale("dv19", TO, S, "20d 11:00", "case note_case+2d note_case+3d"),
    Tale("ca11", TO, S, "16d 14:00", "case consent:30+1h note_case+5d"),
    Tale("ht17", BACK, S, "9d 10:00", "case note_case+1d"),
)  # fmt: skip
