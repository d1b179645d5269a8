"""Migrations, the cache's table and grants, as the owner: a process of its own, so that no other knows the owner."""

import os
import sys

import django


def main() -> None:
    """Migrate whatever database the environment names, with the owner's address."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["IHALA_ROLE"] = "owner"
    django.setup()
    from . import grants

    grants.migrate(verbosity=1 if "--verbose" in sys.argv else 0)


if __name__ == "__main__":
    main()
