from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from oversight.actions import membership


class Command(BaseCommand):
    help = "Found an oversight team with its first secretariat, who then takes on everybody else. Once per team."

    def add_arguments(self, parser):
        parser.add_argument("email", help="address of the secretariat")
        parser.add_argument("--person", required=True, help="name of the secretariat")
        parser.add_argument("--affiliation", required=True, help="the body that person comes from")
        parser.add_argument("--team", required=True, help="name of the team")
        parser.add_argument("--mandate", required=True, help="whose decision, which number: the public reads it")
        parser.add_argument("--contact", required=True, help="public address of the team")

    def handle(self, *args, email, person, affiliation, team, mandate, contact, **options):
        try:
            made = membership.found(
                name=team, mandate=mandate, contact=contact, email=email, person=person, affiliation=affiliation,
                at=timezone.now(),
            )  # fmt: skip
        except membership.NotPossible as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{made.team} is founded; {made.user.email} is told how to sign in.")
