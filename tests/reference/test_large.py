"""The larger reference networks on real tensors: they run, learn, and give onnxruntime the same numbers."""

import pytest

from tests.reference.nets import NETS, Net, load
from tests.reference.running import exported, learns

LARGE = pytest.mark.parametrize("net", [net for net in NETS if net.large], ids=lambda net: net.network)
pytestmark = pytest.mark.large


@LARGE
def test_it_runs_forward_and_backward(net: Net) -> None:
    learns(net)


@LARGE
def test_onnxruntime_gives_the_same_numbers(net: Net, tmp_path) -> None:
    done = exported(load(net.file), net.network, tmp_path)
    assert done.free_axes == (("N", "T") if net.file == "gpt2" else ("N",))
