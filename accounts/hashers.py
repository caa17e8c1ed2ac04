from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """Argon2id at 19 MiB, t=2, p=1 (OWASP's minimum): a full login page stays answerable on two cores."""

    time_cost = 2
    memory_cost = 19456
    parallelism = 1
