"""The demo's story and cast, as the runtime role.

`python -m config.story` plays it, `… empty` puts only the people and their agreement there, `… cast PORT` prints who
is who.
"""

import os
import sys

import django


def main() -> None:
    """Play the story once, or print the cast."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from ihala.demo import cast, story

    if sys.argv[1:2] == ["cast"]:
        print(story.cast(f"http://localhost:{sys.argv[2]}/"), flush=True)  # noqa: T201
        for name in story.witnesses_elsewhere():
            print(  # noqa: T201
                f"{name} is not in this home, so nothing it should sign counts any more: copy the folder "
                f"witness/{name} from the home this demo came from (docs/log.md, After a restore).",
                flush=True,
            )
    elif sys.argv[1:2] == ["empty"]:
        actors = cast.assemble()
        story.witnessed(actors)
        cast.sign(actors, cast.propose(actors))
    else:
        story.play(lambda line: print(f"  {line}", flush=True), processes=min(2, os.cpu_count() or 1))  # noqa: T201


if __name__ == "__main__":
    main()
