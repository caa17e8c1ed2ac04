"""Which machines an outside channel may reach: only those of the public internet.

A webhook is an address somebody else gave us. Asked to call it, the portal must not become a way into the
office's own network (server-side request forgery, OWASP A01:2025).
"""

import ipaddress
import socket

NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address lies in the last 32 bits


class NotPublic(Exception):
    """The name leads to an address that is not on the public internet, or to none."""


def is_public(address: str) -> bool:
    """Whether `address` (text of an IP address) is a machine on the public internet."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if ip.version == 6:
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo or [None])[0]
        if inner is None and ip in NAT64:
            inner = ipaddress.ip_address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip.is_site_local:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def resolve(host: str, port: int = 443) -> str:
    """One public address of `host`, asked once; connect to this one and not to the name again.

    Raises NotPublic when any of its addresses is not public: a name that has both is a trap.
    """
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise NotPublic("name not found") from error
    if not found or not all(is_public(one) for one in found):
        raise NotPublic("not a public address")
    return sorted(found)[0]
