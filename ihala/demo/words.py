"""What the people of the demo write to each other, in both languages: questions, answers, plans, notes, outcomes.

Chosen in turn, so that two referrals seldom say the same. All of it is sealed content: the scan of a dump looks for it.
"""

# ruff: noqa: E501  a table is read by its rows
from collections.abc import Iterator

AR: dict[str, tuple[str, ...]] = {
    "submit": ("الأسرة تنتظر في مكان مؤقت حتى مساء الغد.", "المستفيدة توافق على النقل وتفضّل وحدة عائلية."),
    "return": ("يرجى إيضاح مدة الموافقة وحذف ما لا يلزم من السرد.", "رقم الهاتف الآمن غير مذكور، يرجى استكماله."),
    "ask": ("هل تحتاج الأسرة إلى غرفة في الطابق الأرضي؟", "ما الأدوية التي يلزم حفظها مبردة؟", "هل من موعد محكمة قريب؟"),
    "answer": ("نعم، ويكفي سريران وسرير رضيع.", "لا شيء عاجل، والدواء يكفي أسبوعين.", "الجلسة القادمة بعد ثلاثة أسابيع."),
    "spoke": ("مكالمة مع المناوبة لدى الجهة المرسلة", "مكالمة مع المشرفة لدى الجهة المرسلة"),
    "waitlist": ("وحدة عائلية تُخلى نهاية الأسبوع.", "ننتظر جاهزية غرفة مهيأة للكرسي المتحرك."),
    "propose": ("لا تتوفر وحدة تسع الأسرة مع أبنائها في هذا العمر.", "تحتاج إلى رعاية طبية دائمة لا تتوفر في الدار."),
    "unpropose": ("تُخلى وحدة غدًا، نعيد النظر.",),
    "next": ("تبقى في سكننا المؤقت مع مرافقة يومية وخطة أمان جديدة.", "تستضيفها أختها، ونتابعها هاتفيًا كل يوم."),
    "escort": ("أخصائيتان من المركز", "مناوبة المركز مع سائقة"),
    "meeting_point": ("الباب الجانبي لمكتبة الحي خلف النافورة", "موقف المستوصف الثاني تحت المظلة البيضاء"),
    "code_word": ("غيمة الصيف", "نخلة البحر", "قارب الفجر"),
    "vehicle": ("حافلة صغيرة بيضاء بلا شعار", "سيارة عائلية رمادية"),
    "plan_note": ("مقعد رضيع، والأدوية في حقيبة تبريد.", "التوقف مرة واحدة فقط، ولا صور أثناء الطريق."),
    "lost": ("انتظرنا ساعة عند نقطة اللقاء ولم يصل أحد.",),
    "check": ("اتصلنا بالرقم الآمن: بقيت عند قريبتها لأن طفلها مرض، وهي بخير وتطلب موعدًا جديدًا.",),
    "progress": ("استقرت الأسرة، والتحق الأبناء بصف تعويضي.", "بدأت الجلسات النفسية الأسبوعية وتنام الآن بلا كوابيس.",
                 "حضرت جلسة المحكمة مع المحامية وصدر أمر الحماية.", "تشارك في مطبخ الدار وتتعلم الخياطة."),
    "complete": ("انتقلت إلى سكن مستقل آمن مع متابعة شهرية.", "تحققت أهداف الخطة وعادت إلى عملها.", "انتهى الدعم القانوني بحكم نهائي لصالحها."),
    "early": ("اختارت الانتقال إلى إمارة أخرى قرب أهلها، وزُوّدت بخطة أمان.",),
    "withdraw": ("وجدت عائلتها سكنًا آمنًا قبل القبول.",),
    "declines": ("قالت إنها تفضّل البقاء قرب مدرسة أبنائها.", "قالت إنها تريد التفكير أسبوعًا آخر."),
    "error": ("سُجلت الإحالة على ملف قديم بالخطأ.",),
    "unconsent": ("طلبت هاتفيًا ألا يُحفظ عنها شيء لدى الجهة الأخرى.", "تخشى أن يصل الخبر إلى أقاربها."),
    "attest": ("أُتلفت المطبوعة الوحيدة ولم يُفتح ملف.", "أُتلفت الملاحظات، ويُحفظ محضر الشرطة بحكم القانون."),
    "amend": ("زادت حدة التهديد أمس، وأضيف موعد الطبيب.", "تصحيح عمر الطفل الأصغر."),
    "note": ("تُراعى لهجتها في اختيار الأخصائية.", "المحامية في إجازة حتى الأحد.", "يُسأل عن المدرسة بعد الاستقرار."),
    "case_note": ("اتصال قصير اليوم: هادئة وتسأل عن موعد الانتقال.", "زيارة منزلية مع الممرضة، لا مستجدات."),
    "consent_words": ("أوافق على أن تعرفوا قصتي إن كان ذلك يحمي أطفالي.", "نعم، للدار فقط لا لأحد غيرها."),
    "witness": ("مترجمة محلّفة حضرت الجلسة",),
}  # fmt: skip

EN: dict[str, tuple[str, ...]] = {
    "submit": ("The household can stay where it is until tomorrow evening.", "She agrees to the move and asks for a quiet room."),
    "return": ("Please say until when the consent holds and leave out what is not needed.", "The safe number is missing; please add it."),
    "ask": ("Is a room on the ground floor needed?", "Which medicines have to be kept cold?", "Is there a court date soon?"),
    "answer": ("Yes, and two beds and a cot are enough.", "Nothing urgent; the medicine lasts two weeks.", "The next hearing is in three weeks."),
    "spoke": ("Telephone call with the sender's duty officer", "Telephone call with the sender's supervisor"),
    "waitlist": ("A family unit becomes free at the end of the week.", "Waiting for the wheelchair room to be ready."),
    "propose": ("No unit for a household with boys of this age.", "She needs nursing care day and night, which this house cannot give."),
    "unpropose": ("A unit becomes free tomorrow after all; back to review.",),
    "next": ("She stays in our temporary flat with a daily visit and a new safety plan.", "Her sister takes her in; we telephone every day."),
    "escort": ("Two caseworkers of the centre", "The duty officer and a woman driver"),
    "meeting_point": ("Side door of the community library, behind the fountain", "Second clinic car park, under the white canopy"),
    "code_word": ("Summer cloud", "Sea palm", "Dawn boat"),
    "vehicle": ("Small white van without a sign", "Grey family car"),
    "plan_note": ("Infant seat; the medicines travel in a cool bag.", "One stop only, no pictures on the way."),
    "lost": ("We waited an hour at the meeting point and nobody came.",),
    "check": ("Reached her on the safe number: she stayed with a friend because the child fell ill, is well and asks for a new date.",),
    "progress": ("The household has settled in; the children joined a bridging class.", "Weekly counselling has begun and she sleeps through the night.",
                 "Went to the hearing with her lawyer; the protection order was granted.", "She helps in the kitchen of the house and learns tailoring."),
    "complete": ("Moved into a safe home of her own with a monthly visit.", "The goals of her plan are met and she is back at work.", "The legal support ended with a final judgment in her favour."),
    "early": ("She chose to move closer to relatives in another emirate and took a safety plan along.",),
    "withdraw": ("Her family found a safe place before the answer came.",),
    "declines": ("She said she would rather stay close to her children's school.", "She said she wants to think for another week."),
    "error": ("Entered on an old file by mistake.",),
    "unconsent": ("She asked by telephone that nothing about her be kept by the other organisation.", "She is afraid that word reaches her relatives."),
    "attest": ("The one printed copy was shredded; no file had been opened.", "Notes were destroyed; the police report is kept as the law asks."),
    "amend": ("The threats have become worse since yesterday; the doctor's appointment is added.", "The age of the youngest child is corrected."),
    "note": ("Mind her dialect when choosing the caseworker.", "Our lawyer is away until Sunday.", "Ask about school once she has settled."),
    "case_note": ("Short call today: calm, asks when she can move.", "Home visit with the nurse; nothing new."),
    "consent_words": ("I agree that you know my story if it keeps my children safe.", "Yes, for the house and for nobody else."),
    "witness": ("Sworn interpreter, present in the room",),
}  # fmt: skip


def pick(language: str, what: str, turn: int) -> str:
    """The words for `what` in that language; `turn` goes round through the choices."""
    choices = (AR if language == "ar" else EN)[what]
    return choices[turn % len(choices)]


def all_words() -> Iterator[str]:
    """Every sentence there is."""
    for table in (AR, EN):
        for choices in table.values():
            yield from choices
