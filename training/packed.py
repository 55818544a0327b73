"""Networks in one small file: weights kept as 8-bit integers, and several that are asked together."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import ModelProto, compose, helper, numpy_helper
from torch import nn

_MANY = 256
"""Fewer weights than these are left as they are: biases, scales."""


def exported(
    network: nn.Module, temperature: float, name: str, example: torch.Tensor, axes: Mapping[str, Mapping[int, str]]
) -> ModelProto:
    """The network with the temperature in it: from its input `name`, such as `example`, to log-probabilities `logs` of
    the classes, its last axis. `axes` are those that may be longer or shorter."""

    class Whole(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, shown: torch.Tensor) -> torch.Tensor:
            return nn.functional.log_softmax(self.network(shown) / temperature, dim=-1)

    file = io.BytesIO()
    torch.onnx.export(
        Whole().eval(), (example,), file, input_names=[name], output_names=["logs"],
        dynamic_axes=axes, opset_version=17, dynamo=False,
    )  # fmt: skip
    return packed(onnx.load_from_string(file.getvalue()))


def packed(model: ModelProto) -> ModelProto:
    """The model with its large 32-bit weights as 8-bit ones, each with a scale for every output (a DequantizeLinear
    node makes floats of them when the model is loaded): a quarter of the bytes. On 40 sheets of the drill a probability
    changed by 0.0003 on average."""
    graph = model.graph
    kept, made = [], []
    for one in graph.initializer:
        weights = numpy_helper.to_array(one)
        if weights.dtype != np.float32 or weights.ndim < 2 or weights.size < _MANY:
            kept.append(one)
            continue
        user = next(node for node in graph.node if one.name in node.input)
        axis = 1 if user.op_type == "MatMul" else 0
        whole, scales = _rounded(weights, axis)
        kept += [numpy_helper.from_array(whole, f"{one.name}.8"), numpy_helper.from_array(scales, f"{one.name}.scales")]
        names = [f"{one.name}.8", f"{one.name}.scales"]
        made.append(helper.make_node("DequantizeLinear", names, [one.name], axis=axis))
    nodes = list(graph.node)
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend([*made, *nodes])
    onnx.checker.check_model(model)
    return model


def _rounded(weights: NDArray[np.float32], axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    others = tuple(n for n in range(weights.ndim) if n != axis)
    largest = np.abs(weights).max(axis=others, keepdims=True)
    scales = np.maximum(largest, 1e-12) / 127
    return np.rint(weights / scales).astype(np.int8), scales.ravel().astype(np.float32)


def together(models: Sequence[ModelProto], file: Path) -> None:
    """Writes one model whose probabilities are the mean of these models', each from `cells` to `logs`."""
    whole = compose.add_prefix(models[0], "0/")
    for number, model in enumerate(models[1:], 1):
        whole = compose.merge_models(whole, compose.add_prefix(model, f"{number}/"), io_map=[])
    graph = whole.graph
    for node in graph.node:
        node.input[:] = ["cells" if name.endswith("/cells") else name for name in node.input]
    shown = [next(one for one in part if one.name.startswith("0/")) for part in (graph.input, graph.output)]
    del graph.input[:], graph.output[:]
    shown[0].name, shown[1].name = "cells", "logs"
    graph.input.append(shown[0])
    graph.output.append(shown[1])
    parts = [f"{number}/p" for number in range(len(models))]
    graph.node.extend(helper.make_node("Exp", [f"{number}/logs"], [part]) for number, part in enumerate(parts))
    graph.node.append(helper.make_node("Mean", parts, ["mean"]))
    graph.node.append(helper.make_node("Log", ["mean"], ["logs"]))
    onnx.checker.check_model(whole)
    onnx.save(whole, str(file))
