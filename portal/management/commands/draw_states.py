from django.core.management.base import BaseCommand
from django.utils import translation

from portal.state_drawings import DRAWINGS, draw, place_of


class Command(BaseCommand):
    help = "Draw docs/states/ from the state tables."
    requires_system_checks = ()

    def handle(self, **options):
        with translation.override("id"):
            for drawing in DRAWINGS:
                place = place_of(drawing)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(draw(drawing), encoding="utf-8")
                self.stdout.write(f"docs/states/{place.name}")
