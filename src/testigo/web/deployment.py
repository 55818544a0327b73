"""What every page of a running server may touch."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from testigo.core.ids import Digest
from testigo.flows.desk_kept import KeptDesk
from testigo.ports import Opener, Reader, Signer, World
from testigo.private import Private


@dataclass(frozen=True, slots=True)
class Settings:
    """How the server is reached. `origins` are the addresses under which browsers know it, `https://count.example`; the
    first is printed in invitations. `site` is the published site that it shows too, None for none. `proxy` is the
    network of a reverse proxy on another machine, whose word for who asks is taken.
    """

    origins: tuple[str, ...]
    site: Path | None = None
    proxy: IPv4Network | IPv6Network | None = None

    @property
    def secure(self) -> bool:
        """Whether browsers reach it by TLS alone, so that a cookie may ask for that."""
        return all(origin.startswith("https://") for origin in self.origins)


@dataclass(frozen=True, slots=True)
class Deployment:
    """A home that is being served. `clock` gives aware UTC, `token` 256 random bits in 43 signs of base64url."""

    world: World
    private: Private
    promises: Signer
    reader: Reader
    clock: Callable[[], datetime]
    token: Callable[[], str]
    settings: Settings
    desk: KeptDesk
    opener: Opener


def hidden(token: str) -> Digest:
    """Under which name a secret is kept: its SHA-256, from which nobody gets the secret back."""
    return Digest(hashlib.sha256(token.encode()).hexdigest())
