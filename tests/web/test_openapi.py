"""docs/openapi.yaml says what the server does; schemathesis, which nobody here wrote, asks a real one for it."""

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from openapi_yaml import PAGE, TABLE, document
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from served import Served
from test_desks import put_photo
from test_roles_matrix import routes

from testigo.core.roles import ROLES, ROUTES

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
LOOKS = settings(
    max_examples=8, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def test_the_document_is_made_from_the_routes(server: Served) -> None:
    assert set(TABLE) == {route.name for route in routes(server)} == set(ROUTES) - {"results"}
    assert PAGE.read_text("utf-8") == document(routes(server)), "python tests/web/openapi_yaml.py"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("role", ["nobody", *ROLES])
def test_the_server_answers_as_it_says_and_never_fails(server: Served, role: str) -> None:
    put_photo(server)
    schema = schemathesis.openapi.from_dict(yaml.safe_load(PAGE.read_text("utf-8")))
    headers, wrong = {"Host": f"127.0.0.1:{server.port}", "Origin": server.origin}, []
    if role != "nobody":
        person = server.invited(role)  # type: ignore[arg-type]
        if person.bearer:
            headers["Authorization"] = f"Bearer {person.bearer}"
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in person.cookies.items())
    for found in schema.get_all_operations():
        operation = found.ok()
        if role != "nobody" and operation.definition.raw["operationId"] in ("leave", "board end sessions"):
            continue

        @LOOKS
        @given(case=operation.as_strategy())
        def ask(case: schemathesis.Case) -> None:
            answer = case.call(base_url=server.origin, headers=headers, allow_redirects=False)
            case.validate_response(answer, checks=CHECKS)

        try:
            ask()
        except BaseException as error:
            wrong.append(f"{operation.label}: {error}"[:600])
    assert not wrong, "\n\n".join(wrong)
