"""Weights kept as 16-bit floats, and made 32-bit ones when a model is loaded: half the bytes, the same arithmetic."""

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

_MANY = 256
"""Fewer weights than these are left as they are: biases, scales."""


def halved(file: Path) -> None:
    """Rewrites an ONNX file with its large 32-bit weights as 16-bit ones, each behind a Cast node."""
    model = onnx.load(str(file))
    graph = model.graph
    casts = []
    for one in graph.initializer:
        weights = numpy_helper.to_array(one)
        if weights.dtype != np.float32 or weights.size < _MANY:
            continue
        name = one.name
        one.CopyFrom(numpy_helper.from_array(weights.astype(np.float16), f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    nodes = list(graph.node)
    del graph.node[:]
    graph.node.extend([*casts, *nodes])
    onnx.checker.check_model(model)
    onnx.save(model, str(file))


def main() -> None:
    """`python -m training.halved FILE`: rewrites FILE."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("file", type=Path)
    halved(parser.parse_args().file)


if __name__ == "__main__":
    main()
