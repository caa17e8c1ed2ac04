"""News as it is read aloud: over a loudspeaker in a kelurahan, or on the radio."""

import re

from django.conf import settings

ZONES = {"WIB": "Waktu Indonesia Barat", "WITA": "Waktu Indonesia Tengah", "WIT": "Waktu Indonesia Timur"}
HOUR = re.compile(r"pukul (\d{1,2})\.(\d{2})")
SPELLED = re.compile(r"\b(CPNS|PPPK|SKD|SKB|CAT|BKD|BKPSDM|ASN|NIK|JPT|BKN)\b")
NOT_SAID = re.compile(r"https?://\S+")


def spoken(text: str) -> str:
    """`text` with hours, zones and abbreviations as they are said."""
    text = NOT_SAID.sub("", text)
    text = HOUR.sub(_hour, text)
    for short, long in ZONES.items():
        text = re.sub(rf"\b{short}\b", long, text)
    text = SPELLED.sub(lambda found: "-".join(found[1]), text)
    text = text.replace("&", " dan ").replace("/", " atau ").replace("%", " persen").replace("–", ", ")
    return re.sub(r"\s+", " ", text).strip()


def _hour(found: re.Match) -> str:
    hour, minute = int(found[1]), int(found[2])
    return f"pukul {hour}" if minute == 0 else f"pukul {hour} lewat {minute} menit"


def announcement(publication) -> str:
    """The whole text, said twice, with where to ask and that it costs nothing."""
    office, phone = settings.INSTANCE["office"], settings.INSTANCE["phone"]
    news = f"{spoken(publication.subject)}. {spoken(publication.body)}"
    closing = (
        "Keterangan lengkap ada di situs resmi kami, dan dapat ditanyakan di kantor kelurahan. "
        f"Nomor telepon kami: {' '.join(re.sub('[^0-9]', '', phone))}. "
        "Seleksi tidak dipungut biaya. Bila ada yang meminta uang, laporkan."
    )
    return f"Perhatian. Kabar dari {spoken(office)}.\n\n{news}\n\n{closing}\n\nKami ulangi.\n\n{news}\n\n{closing}\n"
