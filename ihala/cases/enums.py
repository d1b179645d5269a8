"""The coded answers a case can hold. Codes are stored and exchanged, labels are shown.

The codes for trafficking follow the Human Trafficking Case Data Standard (HTCDS) 2.0 by IOM, CC BY 4.0, shortened and
translated here (see `data/SOURCE.md`); those that the paper forms of the organisations use keep the forms' codes.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CaseState(TextChoices):
    """Where one organisation's own file stands."""

    EXPECTED = "expected", pgettext_lazy("case state", "Expected")
    OPEN = "open", pgettext_lazy("case state", "Open")
    CLOSED = "closed", pgettext_lazy("case state", "Closed")
    ERASED = "erased", pgettext_lazy("case state", "Erased")


class PersonRole(TextChoices):
    """Who a person is in the case (glossary, "Parties and people")."""

    SURVIVOR = "survivor", _("Survivor")
    COMPANION = "companion", _("Companion")
    PERSON_OF_CONCERN = "person_of_concern", _("Person of concern")


class CloseReason(TextChoices):
    """Why the organisation's own work on the case ended."""

    NEED_MET = "need_met", _("Need met")
    CARE_PASSED = "care_passed", _("Care passed to another organisation")
    LEFT = "left", _("The survivor left the service")
    LOST_CONTACT = "lost_contact", _("Lost contact")
    DUPLICATE = "duplicate", _("Duplicate")


class AccessReason(TextChoices):
    """Why a colleague may open the case."""

    AUTHOR = "author", _("Opened the case")
    WORKS_ON_IT = "works_on_it", _("Works on the case")
    COVERS = "covers", _("Covers for a colleague")
    SUPERVISES = "supervises", _("Supervises the case")
    SERVICE = "service", _("Gives a service in the case")
    REFERRAL = "referral", _("A referral asks for it")
    ASSIGNED = "assigned", _("Was given the referral")
    EMERGENCY = "emergency", _("Opened it in an emergency")


class EmergencyReason(TextChoices):
    """Why a case is opened by somebody who does not have it, and cannot wait for who has it."""

    DANGER = "danger", _("Somebody is in danger now")
    MEDICAL = "medical", _("A medical emergency")
    NOBODY_REACHED = "nobody_reached", _("Nobody who has the case can be reached")
    AUTHORITY = "authority", _("An authority asks and it cannot wait")


class EmergencyFinding(TextChoices):
    """What somebody else found who looked at it afterwards."""

    RIGHT = "right", _("It was right")
    NOT_RIGHT = "not_right", _("It was not right")
    FOLLOWED_UP = "followed_up", _("It is being followed up")


class AttachmentKind(TextChoices):
    """What a file shows, said by who adds it."""

    COURT_ORDER = "court_order", _("Court or protection order")
    POLICE_REPORT = "police_report", _("Police report")
    MEDICAL_REPORT = "medical_report", _("Medical report")
    IDENTITY_DOCUMENT = "identity_document", _("Identity document")
    PICTURE = "picture", _("Picture")
    OTHER = "other", pgettext_lazy("attachment", "Another paper")


class DocumentType(TextChoices):
    """A paper that says who someone is."""

    EMIRATES_ID = "emirates_id", _("Emirates ID")
    PASSPORT = "passport", _("Passport")
    BIRTH_CERTIFICATE = "birth_certificate", _("Birth certificate")
    FAMILY_BOOK = "family_book", _("Family book")
    RESIDENCE = "residence", _("Residence permit")
    TRAVEL_DOCUMENT = "travel_document", _("Travel document")
    OTHER = "other", pgettext_lazy("document", "Another document")


class Interpreter(TextChoices):
    """Whether and who should interpret."""

    NONE = "none", pgettext_lazy("interpreter", "Not needed")
    FEMALE = "female", pgettext_lazy("interpreter", "A woman")
    MALE = "male", pgettext_lazy("interpreter", "A man")
    ANY = "any", pgettext_lazy("interpreter", "Either")


class Need(TextChoices):
    """What the place must offer; told at the enquiry, so that a "no" comes before the name."""

    WHEELCHAIR = "wheelchair", _("Wheelchair access")
    MOBILITY = "mobility", _("Limited mobility, no stairs")
    HEARING = "hearing", _("Hearing support")
    SIGHT = "sight", _("Sight support")
    COT = "cot", _("Cot")
    INFANT = "infant", _("Infant feeding")
    PREGNANCY = "pregnancy", _("Pregnancy care")
    SCHOOL_PLACE = "school_place", _("School place")
    DIET = "diet", _("Special diet")
    CARE = "care", _("Help with daily care")


class Relation(TextChoices):
    """Of a companion or a person of concern to the survivor."""

    DAUGHTER = "daughter", _("Daughter")
    SON = "son", _("Son")
    MOTHER = "mother", _("Mother")
    FATHER = "father", _("Father")
    SISTER = "sister", _("Sister")
    BROTHER = "brother", _("Brother")
    HUSBAND = "husband", _("Husband")
    FORMER_HUSBAND = "former_husband", _("Former husband")
    FIANCE = "fiance", _("Fiancé")
    STEPFATHER = "stepfather", _("Stepfather")
    STEPMOTHER = "stepmother", _("Stepmother")
    FATHER_IN_LAW = "father_in_law", _("Father-in-law")
    MOTHER_IN_LAW = "mother_in_law", _("Mother-in-law")
    GRANDPARENT = "grandparent", _("Grandparent")
    UNCLE_OR_AUNT = "uncle_or_aunt", _("Uncle or aunt")
    OTHER_RELATIVE = "other_relative", _("Another relative")
    GUARDIAN = "guardian", _("Guardian")
    DEPENDANT = "dependant", _("Dependant")
    EMPLOYER = "employer", _("Employer")
    RECRUITER = "recruiter", _("Recruiter")
    EXPLOITER = "exploiter", _("Exploiter")
    ACQUAINTANCE = "acquaintance", _("Acquaintance")
    STRANGER = "stranger", _("Stranger")


class Exploitation(TextChoices):
    """HTCDS "Type of Exploitation"."""

    SEXUAL = "sexual", _("Sexual exploitation")
    FORCED_LABOUR = "forced_labour", _("Forced labour")
    DOMESTIC_SERVITUDE = "domestic_servitude", _("Domestic servitude")
    CHILD_LABOUR = "child_labour", _("Child labour")
    FORCED_MARRIAGE = "forced_marriage", _("Forced marriage")
    FORCED_BEGGING = "forced_begging", _("Forced begging")
    ORGAN_REMOVAL = "organ_removal", _("Organ removal")
    OTHER = "other", pgettext_lazy("exploitation", "Another form")


class Means(TextChoices):
    """HTCDS "Methods of Control", with the paper form's words for them."""

    DECEPTION = "deception", _("Deception or false promises")
    CONFINEMENT = "confinement", _("Confinement")
    DOCUMENT_RETENTION = "document_retention", _("Documents withheld")
    DEBT = "debt", _("Debt bondage")
    THREATS = "threats", _("Threats")
    THREATS_TO_FAMILY = "threats_to_family", _("Threats to children or family")
    THREATS_OF_AUTHORITIES = "threats_of_authorities", _("Threats of the authorities")
    PHYSICAL_ABUSE = "physical_abuse", _("Physical abuse")
    SEXUAL_ABUSE = "sexual_abuse", _("Sexual abuse")
    PSYCHOLOGICAL_ABUSE = "psychological_abuse", _("Psychological abuse")
    WITHHELD_WAGES = "withheld_wages", _("Wages withheld")
    WITHHELD_NECESSITIES = "withheld_necessities", _("Food, sleep or care withheld")
    EXCESSIVE_HOURS = "excessive_hours", _("Excessive working hours")
    SUBSTANCES = "substances", _("Drugs or alcohol")
    OTHER = "other", pgettext_lazy("means", "Other means")


class Recruitment(TextChoices):
    """HTCDS "Method of Recruitment"."""

    AGENCY = "agency", _("A recruitment agency")
    ONLINE = "online", _("Online")
    FAMILY = "family", _("Through family")
    FRIENDS = "friends", _("Through friends")
    WORK = "work", _("At work")
    OTHER = "other", pgettext_lazy("recruitment", "Another way")


class Violence(TextChoices):
    """Forms of domestic violence and child abuse."""

    PHYSICAL = "physical", pgettext_lazy("violence", "Physical")
    SEXUAL = "sexual", pgettext_lazy("violence", "Sexual")
    PSYCHOLOGICAL = "psychological", pgettext_lazy("violence", "Psychological")
    ECONOMIC = "economic", pgettext_lazy("violence", "Economic")
    NEGLECT = "neglect", pgettext_lazy("violence", "Neglect")


class Frequency(TextChoices):
    """How often it happens."""

    ONCE = "once", pgettext_lazy("frequency", "Once")
    SOMETIMES = "sometimes", pgettext_lazy("frequency", "Sometimes")
    WEEKLY = "weekly", pgettext_lazy("frequency", "Weekly")
    DAILY = "daily", pgettext_lazy("frequency", "Daily")
    RISING = "rising", pgettext_lazy("frequency", "More and more often")


class Weapon(TextChoices):
    """What was used or threatened with."""

    NONE = "none", pgettext_lazy("weapon", "None")
    BLADE = "blade", pgettext_lazy("weapon", "A blade")
    FIREARM = "firearm", pgettext_lazy("weapon", "A firearm")
    OBJECT = "object", pgettext_lazy("weapon", "An object")
    SUBSTANCE = "substance", pgettext_lazy("weapon", "Fire, acid or another substance")


class Order(TextChoices):
    """Orders and proceedings that bear on her safety."""

    PROTECTION_REQUESTED = "protection_requested", _("Protection order requested")
    PROTECTION_GRANTED = "protection_granted", _("Protection order granted")
    CRIMINAL_CASE = "criminal_case", _("Criminal case")
    DIVORCE = "divorce", _("Divorce proceedings")
    CUSTODY = "custody", _("Custody proceedings")
    TRAVEL_BAN = "travel_ban", _("Travel ban")
    NONE = "none", pgettext_lazy("order", "None")


class Custody(TextChoices):
    """Who has the child in care by law."""

    MOTHER = "mother", pgettext_lazy("custody", "The mother")
    FATHER = "father", pgettext_lazy("custody", "The father")
    BOTH = "both", pgettext_lazy("custody", "Both parents")
    RELATIVE = "relative", pgettext_lazy("custody", "A relative")
    STATE = "state", pgettext_lazy("custody", "The authorities")
    DISPUTED = "disputed", pgettext_lazy("custody", "In dispute")


class Reported(TextChoices):
    """Whether the duty to report has been met."""

    DONE = "done", pgettext_lazy("report", "Reported")
    PENDING = "pending", pgettext_lazy("report", "To be reported")
    NOT_DUE = "not_due", pgettext_lazy("report", "No duty to report")
