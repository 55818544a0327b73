"""Passkeys (WebAuthn Level 3): staff who are signed in add one, and sign in with it later, also on a new day.

What is kept of one is its public key beside the alias: no name, no device (attestation is not asked for). A challenge
is answered once, within five minutes. A lost device: the steward ends the person's sessions, and their passkeys go too.
"""

import json
from datetime import timedelta
from importlib.resources import files
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from testigo.errors import BadUsage, NotAllowed, NotFound, TooMany
from testigo.private import Passkey
from testigo.web.bodies import whole_of
from testigo.web.deployment import Deployment, hidden
from testigo.web.enrol import HOME_OF, TRIES_EACH, signed_in
from testigo.web.guard import same_origin
from testigo.web.rates import Rates
from testigo.web.relying import relying_party

CHALLENGE = timedelta(minutes=5)
_MOST_BODY = 16_384
_MANY = "many passkeys are used from this network just now; try again in ten minutes"
_REFUSED = "this passkey is not known here, was given up, or answered too late; open an invitation instead"


def passkey_routes(deployment: Deployment) -> list[Route]:
    """Adding a passkey and signing in with it."""
    private, clock = deployment.private, deployment.clock
    rates = Rates(TRIES_EACH, lambda: deployment.token().encode())

    async def file(request: Request) -> Response:
        code = files("testigo.web").joinpath("passkey_page", "passkey.js").read_bytes()
        return Response(code, media_type="text/javascript; charset=utf-8")

    def challenge(alias: str) -> bytes:
        made = deployment.token()
        if not private.keep_challenge(hidden(made), alias, clock(), clock() + CHALLENGE):
            raise TooMany("many people sign in just now; try again in five minutes")
        return made.encode()

    async def new(request: Request) -> Response:
        alias = request.state.person.alias
        options = generate_registration_options(
            rp_id=_party(request), rp_name="testigo", user_name=alias, user_id=alias.encode(),
            challenge=await run_in_threadpool(challenge, alias),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.PREFERRED
            ),
        )  # fmt: skip
        return Response(options_to_json(options), media_type="application/json")

    async def keep(request: Request) -> Response:
        person, told = request.state.person, await _json_in(request)
        expected, party = await answered(told, person.alias), _party(request)
        try:
            made = verify_registration_response(
                credential=told, expected_challenge=expected, expected_rp_id=party,
                expected_origin=_origins(request, deployment),
            )  # fmt: skip
        except Exception as error:  # a stranger's bytes, through CBOR, COSE, ASN.1: whatever breaks there refuses them
            why = f": {error}" if isinstance(error, WebAuthnException) else ""
            raise NotAllowed(f"this passkey cannot be taken{why}") from None
        passkey = Passkey(
            hidden(told["id"]), person.role, person.alias, made.credential_public_key.hex(), made.sign_count
        )
        if not await run_in_threadpool(private.keep_passkey, passkey):
            raise NotAllowed("this passkey is known here already")
        return JSONResponse({"kept": True}, 201)

    async def ask(request: Request) -> Response:
        rates.check(request, deployment, _MANY)
        options = generate_authentication_options(
            rp_id=_party(request), challenge=await run_in_threadpool(challenge, "")
        )
        return Response(options_to_json(options), media_type="application/json")

    async def enter(request: Request) -> Response:
        rates.check(request, deployment, _MANY)
        if not same_origin(request, deployment):
            # There is no cookie yet: without this, a foreign page could sign somebody in as another person.
            raise NotAllowed("this request came from a page of another site; nothing was done")
        told = await _json_in(request)
        known = await run_in_threadpool(private.passkey, hidden(told["id"]))
        expected, party = await answered(told, ""), _party(request)
        if known is None:
            raise NotAllowed(_REFUSED)
        try:
            shown = verify_authentication_response(
                credential=told, expected_challenge=expected, expected_rp_id=party,
                expected_origin=_origins(request, deployment), credential_public_key=bytes.fromhex(known.key),
                credential_current_sign_count=0,
            )  # fmt: skip
        except Exception:  # as above
            raise NotAllowed(_REFUSED) from None
        # The count is compared where it is kept: of two servers, one alone takes a signature.
        if not await run_in_threadpool(private.used_passkey, known.secret, shown.new_sign_count):
            raise NotAllowed("this passkey counts less than before, as a copy would; ask the steward")
        answer = JSONResponse({"home": HOME_OF[known.role]})
        return await run_in_threadpool(signed_in, deployment, known.role, known.alias, answer)

    async def answered(told: dict[str, Any], alias: str) -> bytes:
        """The challenge that an answer is to, which is used up by it; the library compares it with what was signed."""
        try:
            client = json.loads(base64url_to_bytes(told["response"]["clientDataJSON"]))
            given = base64url_to_bytes(client["challenge"]).decode()
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise BadUsage("expected the JSON of a PublicKeyCredential") from None
        if not await run_in_threadpool(private.use_challenge, hidden(given), alias, clock()):
            raise NotAllowed(_REFUSED)
        return given.encode()

    return [
        Route("/passkey.js", file, name="passkey file"),
        Route("/api/passkeys/new", new, methods=["POST"], name="passkey new"),
        Route("/api/passkeys", keep, methods=["POST"], name="passkey keep"),
        Route("/api/passkeys/ask", ask, methods=["POST"], name="passkey ask"),
        Route("/api/passkeys/enter", enter, methods=["POST"], name="passkey enter"),
    ]


def _party(request: Request) -> str:
    party = relying_party(request)
    if party is None:
        raise NotFound("passkeys need a name for this server, and it is reached by a number")
    return party


def _origins(request: Request, deployment: Deployment) -> list[str]:
    """Our origins of the host that was asked: a passkey of one name holds for no other."""
    host = request.headers.get("host", "")
    return [origin for origin in deployment.settings.origins if origin.partition("://")[2] == host]


async def _json_in(request: Request) -> dict[str, Any]:
    try:
        told = json.loads(await whole_of(request, _MOST_BODY))
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or not isinstance(told.get("id"), str):
        raise BadUsage("expected the JSON of a PublicKeyCredential")
    return told
