import time

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

PERIOD = 30  # seconds, RFC 6238


class Command(BaseCommand):
    help = "Print the current second-factor code of a demo account. Refuses outside the demo."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *, email, **options):
        if not settings.DEMO:
            raise CommandError("This is not a demo: codes come from the account's own authenticator app.")
        authenticator = Authenticator.objects.filter(user__email__iexact=email, type=Authenticator.Type.TOTP).first()
        if authenticator is None:
            raise CommandError(f"{email} has no second factor.")
        secret = get_adapter().decrypt(authenticator.data["secret"])
        self.stdout.write(format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD)))
