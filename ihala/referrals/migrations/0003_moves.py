"""Who may move a referral from where to where, also in the database.

`MOVES` is a copy of the table in `workflow.py` (a test compares them): from, to, side. The trigger refuses any other
change of state, and any change of what never changes. `ihala_may_release` answers the release door: the receiver
has accepted, nothing has ended, and no second signature is missing.
"""

from django.db import migrations

MOVES = """
draft>awaiting_approval:sender draft>sent:sender draft>entered_in_error:sender draft>consent_withdrawn:sender
awaiting_approval>sent:sender awaiting_approval>draft:sender awaiting_approval>withdrawn:sender
awaiting_approval>entered_in_error:sender awaiting_approval>consent_withdrawn:sender
sent>under_review:receiver sent>no_response:receiver sent>withdrawn:sender sent>survivor_declined:either
sent>entered_in_error:sender sent>consent_withdrawn:either
under_review>info_requested:receiver under_review>accepted:receiver under_review>completed:receiver
under_review>waitlisted:receiver
under_review>decline_proposed:receiver under_review>withdrawn:sender under_review>survivor_declined:either
under_review>entered_in_error:sender under_review>consent_withdrawn:either
info_requested>under_review:either info_requested>accepted:receiver info_requested>completed:receiver
info_requested>decline_proposed:receiver
info_requested>withdrawn:sender info_requested>survivor_declined:either info_requested>entered_in_error:sender
info_requested>consent_withdrawn:either
waitlisted>accepted:receiver waitlisted>completed:receiver waitlisted>decline_proposed:receiver
waitlisted>withdrawn:sender
waitlisted>survivor_declined:either waitlisted>entered_in_error:sender waitlisted>consent_withdrawn:either
decline_proposed>declined:receiver decline_proposed>under_review:receiver decline_proposed>withdrawn:sender
decline_proposed>survivor_declined:either decline_proposed>entered_in_error:sender
decline_proposed>consent_withdrawn:either
declined>entered_in_error:sender declined>consent_withdrawn:either
survivor_declined>entered_in_error:sender survivor_declined>consent_withdrawn:either
accepted>handover:either accepted>withdrawn:sender accepted>survivor_declined:either accepted>entered_in_error:sender
accepted>consent_withdrawn:either
handover>arrived:either handover>not_arrived:either handover>withdrawn:sender handover>survivor_declined:either
handover>entered_in_error:sender handover>consent_withdrawn:either
not_arrived>arrived:either not_arrived>entered_in_error:sender not_arrived>consent_withdrawn:either
arrived>completed:receiver arrived>ended_early:receiver arrived>consent_withdrawn:either
"""

ROWS = ", ".join(
    f"('{frm}', '{to}', '{side}')"
    for move in MOVES.split()
    for frm, rest in [move.split(">")]
    for to, side in [rest.split(":")]
)

FORWARD = f"""
CREATE FUNCTION referrals_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE mine text := CASE WHEN ihala_organisation() = OLD.sender_id THEN 'sender' ELSE 'receiver' END;
BEGIN
  IF NEW.sender_id <> OLD.sender_id OR NEW.reference <> OLD.reference OR NEW.created_at <> OLD.created_at
     OR (OLD.sent_at IS NOT NULL AND (NEW.sent_at IS DISTINCT FROM OLD.sent_at OR NEW.receiver_id <> OLD.receiver_id
         OR NEW.terms_id IS DISTINCT FROM OLD.terms_id)) THEN
    RAISE EXCEPTION 'a sent referral keeps its parties, terms and moment of sending' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.sent_at IS DISTINCT FROM OLD.sent_at AND mine <> 'sender' THEN
    RAISE EXCEPTION 'only the sender sends' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NEW.state <> OLD.state AND NOT EXISTS (SELECT 1 FROM (VALUES {ROWS}) AS m(from_state, to_state, side)
      WHERE m.from_state = OLD.state AND m.to_state = NEW.state AND m.side IN ('either', mine)) THEN
    RAISE EXCEPTION 'a % may not move a referral from % to %', mine, OLD.state, NEW.state
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF mine = 'sender' AND (NEW.accepted_at IS DISTINCT FROM OLD.accepted_at
      OR NEW.arrival_receiver_at IS DISTINCT FROM OLD.arrival_receiver_at)
     OR mine = 'receiver' AND NEW.arrival_sender_at IS DISTINCT FROM OLD.arrival_sender_at THEN
    RAISE EXCEPTION 'each side confirms for itself' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER referrals_guard BEFORE UPDATE ON referrals_referral FOR EACH ROW EXECUTE FUNCTION referrals_guard();
CREATE OR REPLACE FUNCTION ihala_may_release(subject uuid, receiver bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM referrals_referral r WHERE r.id = subject AND r.receiver_id = receiver
    AND r.accepted_at IS NOT NULL AND r.ended_at IS NULL AND NOT r.signature_pending) $$;
"""  # noqa: S608

BACK = """
DROP TRIGGER referrals_guard ON referrals_referral; DROP FUNCTION referrals_guard();
CREATE OR REPLACE FUNCTION ihala_may_release(subject uuid, receiver bigint) RETURNS boolean LANGUAGE sql AS
$$ SELECT false $$;
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0002_walls"), ("vault", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
