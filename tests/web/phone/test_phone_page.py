"""The files of the phone's page: small, for old browsers, under a strict policy, with every word in its place."""

import gzip
import re
from importlib.resources import files

import pytest
from served import Served

from testigo.core.roles import ROUTES
from testigo.web.phone import module_words, page_files, phone_routes

FOLDER = files("testigo.web").joinpath("phone_page")
MODULES = {name: data.decode() for name, data in page_files().items() if name.endswith(".js")}
SCRIPTS = MODULES | {"sw.js": FOLDER.joinpath("sw.js").read_text(encoding="utf-8")}
BUDGET = 60_000
# What Chromium 80 does not have.
TOO_NEW = (
    r"\?\?=", r"\|\|=", r"&&=", r"\.at\(", r"replaceChildren", r"structuredClone", r"hasOwn\b", r"randomUUID",
    r"replaceAll",
    r"Promise\.any", r"Array\.fromAsync", r"\.findLast", r"\.toSorted", r"\.groupBy", r"AbortSignal\.(?:timeout|any)",
    r"#\w+\s*\(.*\)\s*\{", r"static\s*\{", r"^(?:export )?(?:const|let) .*= await ", r"^await ", r"WeakRef", r"\d_\d",
)  # fmt: skip


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_module_is_short_and_runs_on_chromium_80(name: str) -> None:
    text = SCRIPTS[name]
    assert text.count("\n") <= 150
    assert text.startswith("/** ")
    assert [pattern for pattern in TOO_NEW if re.search(pattern, text, re.MULTILINE)] == []


def test_what_is_too_new_would_be_seen() -> None:
    samples = ("a ??= 1", "x.at(-1)", "Object.hasOwn(a)", "crypto.randomUUID()", "const a = await b;", "  #draw(x) {")
    for sample in samples:
        assert any(re.search(pattern, sample, re.MULTILINE) for pattern in TOO_NEW), sample


def test_every_import_and_every_element_that_a_module_names_exists() -> None:
    page = FOLDER.joinpath("phone.html").read_text(encoding="utf-8")
    for name, text in MODULES.items():
        assert set(re.findall(r'from "\./([^"]+)"', text)) <= MODULES.keys(), name
        for id_ in re.findall(r'\bby\("([^"]+)"\)', text):
            assert f'id="{id_}"' in page, (name, id_)


def test_the_style_runs_from_right_to_left_too() -> None:
    style = page_files()["phone.css"].decode()
    assert not re.search(r"(?:margin|padding|border)-(?:left|right)|float:|text-align:right", style)
    # Shorthands of logical properties came with Chromium 87, gaps between flexible boxes with 84.
    assert not re.search(r"(?:margin|padding|inset)-inline:|[;{]gap:|inset:", style)


def test_the_routes_stand_in_the_table_of_roles_for_anyone(phone_server: Served) -> None:
    routes = phone_routes(phone_server)
    assert [route.name for route in routes] == ["phone", "phone file", "phone worker", "phone manifest"]
    assert all(ROUTES[route.name] == {"anyone"} for route in routes)


@pytest.mark.parametrize(("language", "runs"), [("en", "ltr"), ("es", "ltr"), ("ar", "rtl")])
def test_the_page_speaks_its_language_under_a_strict_policy(phone_server: Served, language: str, runs: str) -> None:
    answer = phone_server.anyone().get(f"/c/?lang={language}")
    assert answer.status == 200
    assert f'<html lang="{language}" dir="{runs}">' in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    # A block of words is data; every other script and style is a file.
    assert re.findall(r"<script(?![^>]*(?:src=|application/json))", answer.text) == []
    assert not re.search(r"<style|\sstyle=|\son\w+=", answer.text)


def test_a_file_that_is_not_of_the_page_is_not_found(phone_server: Served) -> None:
    asked = [
        phone_server.anyone().get(f"/c/app/{name}").status for name in ("phone.html", "nothing.js", "..%2fphone.py")
    ]
    assert asked == [404, 404, 404]


def test_the_first_load_and_all_that_the_worker_keeps_fit_in_the_budget(phone_server: Served) -> None:
    anyone = phone_server.anyone()
    worker = anyone.get("/c/sw.js", **{"Accept-Encoding": "gzip"})
    kept = re.findall(r'"(/c/[^"]+)"', gzip.decompress(worker.body).decode().split("\n")[1])
    assert {f"/c/app/{name}" for name in page_files()} < set(kept)
    first = ["/c/", *(address for address in kept if address.startswith("/c/app/"))]
    sizes = [len(anyone.get(address, **{"Accept-Encoding": "gzip"}).body) for address in first + kept]
    total = sum(sizes) + len(worker.body) + len(anyone.get("/c/manifest.webmanifest").body)
    assert total <= BUDGET, total


def test_another_page_is_another_version_of_the_worker(phone_server: Served) -> None:
    from testigo.web.phone import PhoneFile, worker_js

    part = PhoneFile(b"a", b"", "text/javascript")
    versions = {worker_js({"en": part}, {"a.js": PhoneFile(data, b"", "")}, "en") for data in (b"a", b"b", b"a")}
    assert len(versions) == 2


def test_the_words_of_the_modules_are_found() -> None:
    assert "Sent and promised" in module_words()
    assert len(module_words()) > 30
