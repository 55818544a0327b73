"""Readings name the version of their reader: who changes a model changes the version too."""

import hashlib
from importlib.resources import files

from testigo.flows.read import BY_HAND, VERSIONS

MODELS = {
    "2": {
        "digits.onnx": "0ce319a04a13fe78c73c9c827544077369c82704ad50ef4e643158019cf70f00",
        "rows.onnx": "1770b569344fdda99878c13361513486cbf2d854f205514ef7abb93e8abbfc8f",
    }
}
"""The models of each version of the reader of handwriting. A version that was released never gets others."""


def test_the_models_are_those_of_the_readers_version() -> None:
    folder = files("testigo.vision")
    expected = MODELS[VERSIONS[BY_HAND]]
    assert {name: hashlib.sha256(folder.joinpath(name).read_bytes()).hexdigest() for name in expected} == expected
    assert {one.name for one in folder.iterdir() if one.name.endswith(".onnx")} == expected.keys()
