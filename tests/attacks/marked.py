"""A marked family in the product: `python -m tests.attacks.marked` puts it there and prints its references."""

import os
import sys

import django


def main() -> None:
    """A case with files, sent and accepted."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from ihala.core.acting import acting
    from ihala.core.vocabulary import Kind, Urgency
    from ihala.demo.acts import ACTS
    from ihala.demo.scenes import Scene, play
    from tests.erasure.test_canaries import a_marked_family, add_marked_files

    from .load import the_cast

    scene = Scene(the_cast(), a_marked_family(), "aman", "dfwac", Urgency.EMERGENCY, Kind.TRANSFER)
    play(scene, "case consent", ACTS)
    by = scene.sender_s("caseworker")
    with acting(by):
        add_marked_files(scene.file, by)
    play(scene, "draft send ack conflict accept", ACTS)
    sys.stdout.write(f"{scene.file.reference} {scene.subject.reference}\n")


if __name__ == "__main__":
    main()
