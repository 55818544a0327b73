"""The phone's seal gives the published values of RFC 9180, and what it seals the server's library opens."""

import json
import os
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from testigo.core.sealed import SEALED_START, seal_info
from testigo.store.opener import FileOpener, make_intake_key

# RFC 9180, A.3.1: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, base mode, the encryption of number 0.
VECTOR = {
    "info": "4f6465206f6e2061204772656369616e2055726e",
    "skEm": "4995788ef4b9d6132b249ce59a77281493eb39af373d236a1fe415cb0c2d7beb",
    "pkEm": "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac9"
    "8536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4",
    "pkRm": "04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a82"
    "6a779b4cf969b8a0e539c7f62fb3d30ad6aa8f80e30f1d128aafd68a2ce72ea0",
    "key": "868c066ef58aae6dc589b6cfdd18f97e",
    "base_nonce": "4e0bc5018beba4bf004cca59",
    "pt": "4265617574792069732074727574682c20747275746820626561757479",
    "aad": "436f756e742d30",
    "ct": "5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab2523f39513434",
}


@pytest.mark.thirdparty
def test_the_phone_seals_as_the_standard_says_and_the_server_opens_it(project: Path, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        if os.environ.get("CI"):
            pytest.fail("node is not here")
        pytest.skip("node is not here")
    make_intake_key(tmp_path / "intake.pem")
    opener = FileOpener(tmp_path / "intake.pem", "log.example/town")
    module = tmp_path / "seal.mjs"
    module.write_text(files("testigo.web").joinpath("phone_page", "seal.js").read_text(encoding="utf-8"))
    told = {"vector": VECTOR, "key": opener.public.hex(), "info": seal_info("log.example/town").decode()}
    (tmp_path / "told.json").write_text(json.dumps(told))
    photo = os.urandom(3_000_001)
    (tmp_path / "photo").write_bytes(photo)
    script = project / "tests" / "web" / "phone" / "seal_vectors.mjs"
    command = [node, script, module, tmp_path / "told.json", tmp_path / "photo", tmp_path / "sealed"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(ran.stdout) == {
        "enc": VECTOR["pkEm"],
        "key": VECTOR["key"],
        "base_nonce": VECTOR["base_nonce"],
        "sealed": VECTOR["pkEm"] + VECTOR["ct"],
    }
    sealed = (tmp_path / "sealed").read_bytes()
    assert len(sealed) == len(photo) + 65 + 16
    assert opener.open(SEALED_START + sealed) == photo
