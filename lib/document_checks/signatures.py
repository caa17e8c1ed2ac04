"""What a PDF says about its electronic signatures. Nothing is vouched for: no chain, no revocation, no trusted time.

Runs in the bounded child process, because names are read out of whatever somebody put there.
"""

import hashlib

MOST_LEVELS = 8
MOST_SIGNATURES = 20
DIGESTS = ("sha256", "sha384", "sha512")


def read(document, content: bytes) -> list[dict]:
    """Every filled signature field of `document`, whose bytes are `content`, in the order of its form.

    `name`: the name in the certificate, "" where it cannot be read; `time`: a time stamp, no person; `whole`: covers
    the file from its first byte to its last; `fits`: states the digest of the bytes that it covers.
    """
    form = document.Root.get("/AcroForm")
    fields = form.get("/Fields") if form is not None else None
    return [_about(value, content) for value in list(_values(fields))[:MOST_SIGNATURES]] if fields is not None else []


def _values(fields, depth: int = 0):
    """The signature dictionaries behind the fields of a form."""
    import pikepdf

    for field in fields:
        if not isinstance(field, pikepdf.Dictionary):
            continue
        value = field.get("/V")
        if isinstance(value, pikepdf.Dictionary) and "/ByteRange" in value and "/Contents" in value:
            yield value
        if depth < MOST_LEVELS and isinstance(field.get("/Kids"), pikepdf.Array):
            yield from _values(field["/Kids"], depth + 1)


def _about(value, content: bytes) -> dict:
    signature = bytes(value["/Contents"])
    covered = _covered([int(number) for number in value["/ByteRange"]], signature, content)
    time = str(value.get("/Type")) == "/DocTimeStamp" or str(value.get("/SubFilter")) == "/ETSI.RFC3161"
    return {
        "name": "" if time else _name(_without_padding(signature)),
        "time": time,
        "whole": covered is not None and len(covered) + 2 * len(signature) + 2 == len(content),
        "fits": covered is not None and any(hashlib.new(one, covered).digest() in signature for one in DIGESTS),
    }


def _covered(numbers: list[int], signature: bytes, content: bytes) -> bytes | None:
    """The bytes that a range names: all up to some byte, and nothing left out but the signature itself."""
    if len(numbers) != 4:
        return None
    start, before, after, rest = numbers
    end = after + rest
    if start != 0 or not 0 < before < after <= end <= len(content):
        return None
    gap = content[before:after]
    try:
        same = gap[:1] == b"<" and gap[-1:] == b">" and bytes.fromhex(gap[1:-1].decode("ascii")) == signature
    except ValueError:
        return None
    return content[:before] + content[after:end] if same and len(gap) == 2 * len(signature) + 2 else None


def _without_padding(signature: bytes) -> bytes:
    """The signature without the zeros that fill its place: as long as its own first bytes say."""
    if len(signature) < 2 or signature[1] == 0x80:
        return signature
    if signature[1] < 0x80:
        return signature[: 2 + signature[1]]
    more = signature[1] & 0x7F
    return signature[: 2 + more + int.from_bytes(signature[2 : 2 + more], "big")]


def _name(signature: bytes) -> str:
    """The common name in the one certificate that issued no other; "" where there is none or more than one."""
    from cryptography.hazmat.primitives.serialization import pkcs7
    from cryptography.x509.oid import NameOID

    try:
        certificates = pkcs7.load_der_pkcs7_certificates(signature)
        issuers = [one.issuer for one in certificates if one.issuer != one.subject]
        ends = [one for one in certificates if one.subject not in issuers]
        names = {str(one.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value) for one in ends}
    except Exception:  # whatever somebody put there: a name that cannot be read is no name
        return ""
    return "".join(c for c in names.pop() if c.isprintable())[:200].strip() if len(names) == 1 else ""
