"""For which name a passkey holds."""

import ipaddress

from starlette.requests import Request


def relying_party(request: Request) -> str | None:
    """The host by which this request asks, one of the server's own names; None where it is a number, for which browsers
    make no passkeys (WebAuthn Level 3, 5.1.2 and 13.4.9).
    """
    host = request.url.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host or None
    return None
