"""Password hashing."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """Argon2id with OWASP's minimum (two passes over 19 MiB): eight people may sign in at once on two cores."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
