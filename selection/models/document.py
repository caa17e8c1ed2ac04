from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def stored_name(document, filename: str) -> str:
    """Where the file lies: by its hash, so that no personal data is in a path."""
    return f"{document.sha256[:2]}/{document.sha256}"


class Document(models.Model):
    """A file an applicant handed in for one document requirement; replacing keeps the old row.

    Checked by parsing before it is stored; the bytes of a PDF are kept as they came.
    """

    application = models.ForeignKey("selection.Application", models.PROTECT, related_name="documents")
    requirement = models.ForeignKey("vacancies.Requirement", models.PROTECT, related_name="+")
    file = models.FileField(upload_to=stored_name, max_length=120)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text=_("Bytes."))
    pages = models.PositiveSmallIntegerField(null=True)
    content_type = models.CharField(max_length=40)
    original_name = models.CharField(max_length=200)
    uploaded_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("dokumen")
        verbose_name_plural = _("dokumen")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "requirement"],
                condition=Q(replaced_at=None),
                name="one_current_document_per_requirement",
            )
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.requirement_id}"
