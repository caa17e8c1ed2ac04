"""A recruitment becomes public: its rules are bound, its vacancies can be seen by everybody."""

import hashlib

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from ledger.actions import record
from lib import rulepack_files
from lib.canonical import canonical
from lib.indonesian_text import instant, number
from publishing.actions import publication
from vacancies.actions import facets
from vacancies.models import Recruitment, Revision, Stage
from vacancies.scoring import needs_without_rule


class NotReady(Exception):
    """Something a citizen needs is missing; the message says what."""


@transaction.atomic(durable=True)
def publish(recruitment: Recruitment, *, by, at) -> Recruitment:
    """Everybody sees the recruitment from now on, and its rule pack is bound by hash. Locks it.

    The record gets the rules and the vacancies. Publishing twice changes nothing. Raises NotReady without
    formations, stages or a registration, or when a stage names a rule that the pack does not have.
    """
    recruitment = Recruitment.objects.select_for_update(no_key=True).get(pk=recruitment.pk)
    if recruitment.published_at:
        return recruitment
    if lacking := missing(recruitment):
        raise NotReady(" ".join(lacking))
    pack = rulepack_files.load(recruitment.rulepack)
    formations = recruitment.formations.filter(withdrawn_at=None)
    recruitment.rulepack_digest, recruitment.published_by, recruitment.published_at = pack.digest, by, at
    recruitment.save(update_fields=["rulepack_digest", "published_by", "published_at"])
    Revision.objects.create(recruitment=recruitment, summary=_("Diterbitkan"), by=by, at=at)
    record.append(
        "rulepack.bound", at=at, recruitment=recruitment.slug, rulepack=recruitment.rulepack, digest=pack.digest
    )
    record.append(
        "vacancy.published",
        at=at,
        recruitment=recruitment.slug,
        formations=formations.count(),
        quota=formations.aggregate(n=Sum("quota"))["n"],
        digest=digest_of(recruitment),
    )
    facets.refresh()
    publication.publish(
        source=f"recruitment:{recruitment.slug}",
        subject=_("Lowongan dibuka: %(name)s") % {"name": recruitment.name},
        body=_opening(recruitment),
        url=f"/seleksi/{recruitment.slug}/",
        at=at,
        for_all=True,
    )
    return recruitment


def _opening(recruitment: Recruitment) -> str:
    """What is open, until when, and that it costs nothing; for people who hear it for the first time."""
    quota = recruitment.formations.filter(withdrawn_at=None).aggregate(n=Sum("quota"))["n"]
    words = [_("%(quota)s kebutuhan pegawai di %(agency)s.") % {"quota": number(quota), "agency": recruitment.agency}]
    registration = recruitment.stages.filter(kind=Stage.Kind.REGISTRATION).first()
    if registration:
        words.append(
            _("Pendaftaran %(opens)s sampai %(closes)s.")
            % {
                "opens": instant(registration.opens_at, recruitment.zone),
                "closes": instant(registration.closes_at, recruitment.zone),
            }
        )
    words.append(_("Syarat, jadwal, dan cara mendaftar ada di tautan. Tidak dipungut biaya."))
    return " ".join(words)


def missing(recruitment: Recruitment) -> list[str]:
    """What a citizen would miss, in words to the office; empty when the recruitment may be published."""
    found = []
    if not recruitment.formations.filter(withdrawn_at=None).exists():
        found.append(_("Belum ada formasi. Impor berkas formasi dahulu."))
    stages = list(recruitment.stages.all())
    if not stages:
        found.append(_("Belum ada tahap. Susun jadwal dahulu."))
    elif not recruitment.mirrors_national and not any(one.kind == Stage.Kind.REGISTRATION for one in stages):
        found.append(_("Belum ada tahap pendaftaran. Tambahkan pada jadwal."))
    try:
        pack = rulepack_files.load(recruitment.rulepack)
        rules = [pack.stage(stage.rule) for stage in stages if stage.rule]
        formations = recruitment.formations.filter(withdrawn_at=None)
        needs = {need for rule in rules for need in needs_without_rule(rule, formations)}
        found += [_("Paket aturan tidak mengatur jenis kebutuhan %(need)s.") % {"need": one} for one in sorted(needs)]
    except rulepack_files.NoSuchPack as error:
        found.append(_("Paket aturan tidak lengkap: %(what)s.") % {"what": error})
    return found


def digest_of(recruitment: Recruitment) -> str:
    """SHA-256 in hex over code, need and quota of every formation, by code."""
    rows = recruitment.formations.order_by("code").values_list("code", "need", "quota")
    return hashlib.sha256(canonical([list(row) for row in rows])).hexdigest()
