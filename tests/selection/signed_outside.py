"""PDFs as a signing service outside the portal returns them, and certificates as such a body issues them."""

import io
from datetime import UTC, datetime, timedelta
from functools import cache

import pikepdf
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID

ROOM = 8192  # bytes kept for the signature
UNKNOWN = 999_999_999  # where numbers of the range are written later
OPTIONS = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


@cache
def official(name: str):
    """Key and certificate of an official, with the certificate of who issued it."""
    issuer, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    now = datetime(2026, 1, 1, tzinfo=UTC)

    def certificate(whose, public, by, days=400):
        made = x509.CertificateBuilder().subject_name(_named(whose)).issuer_name(_named("Penerbit Uji"))
        made = made.public_key(public).serial_number(x509.random_serial_number())
        return made.not_valid_before(now).not_valid_after(now + timedelta(days=days)).sign(by, hashes.SHA256())

    return (
        key,
        certificate(name, key.public_key(), issuer),
        certificate("Penerbit Uji", issuer.public_key(), issuer),
    )


def unsigned(words: str = "Hasil seleksi") -> pikepdf.Pdf:
    document = pikepdf.new()
    document.add_blank_page(page_size=(595, 842))
    document.docinfo["/Title"] = words
    return document


def signed(
    name: str = "Wali Kota Uji", words: str = "Hasil seleksi", document=None, kind="/ETSI.CAdES.detached"
) -> bytes:
    """A PDF that `name` signed from its first byte to its last."""
    document = document or unsigned(words)
    signature = document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Sig,
            Filter=pikepdf.Name("/Adobe.PPKLite"),
            SubFilter=pikepdf.Name(kind),
            ByteRange=[0, UNKNOWN, UNKNOWN, UNKNOWN],
            Contents=pikepdf.String(b"\0" * ROOM),
        )
    )
    widget = document.make_indirect(
        pikepdf.Dictionary(FT=pikepdf.Name.Sig, T="Tanda tangan", V=signature, Type=pikepdf.Name.Annot,
                           Subtype=pikepdf.Name.Widget, Rect=[0, 0, 0, 0])
    )  # fmt: skip
    document.Root.AcroForm = pikepdf.Dictionary(Fields=[widget], SigFlags=3)
    target = io.BytesIO()
    document.save(target, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return filled(target.getvalue(), name)


def letter(words: str = "Hasil seleksi") -> bytes:
    """The same words give the same file, which signing again would not."""
    return _letter(words)


@cache
def _letter(words: str) -> bytes:
    return signed(words=words)


def filled(content: bytes, name: str) -> bytes:
    """Write range and signature into the places that were kept for them."""
    before = content.index(b"<" + b"0" * 2 * ROOM + b">")
    after = before + 2 * ROOM + 2
    place = f"[ 0 {UNKNOWN} {UNKNOWN} {UNKNOWN} ]".encode()
    numbers = f"[ 0 {before} {after} {len(content) - after} ]".encode().ljust(len(place))
    assert content.count(place) == 1
    content = content.replace(place, numbers)
    key, own, issuer = official(name)
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content[:before] + content[after:])
    made = builder.add_signer(own, key, hashes.SHA256()).add_certificate(issuer).sign(Encoding.DER, OPTIONS)
    return content[: before + 1] + made.hex().encode().ljust(2 * ROOM, b"0") + content[after - 1 :]
