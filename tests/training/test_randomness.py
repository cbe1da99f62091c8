"""A generator for each purpose."""

import torch

from netbuilder.training.randomness import borrowed, capture, derive, restore

CPU = torch.device("cpu")


def test_purposes_have_seeds_of_their_own():
    seeds = {
        derive(seed, *purpose) for seed in (0, 1) for purpose in (("init", "a"), ("init", "b"), ("order", 1), ("step",))
    }
    assert len(seeds) == 8
    assert derive(3, "order", 7) == derive(3, "order", 7)
    assert derive(1, "ab", "c") != derive(1, "a", "bc")
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_what_is_borrowed_comes_back_untouched_even_after_an_error():
    torch.manual_seed(5)
    expected = torch.randn(3)
    torch.manual_seed(5)
    try:
        with borrowed(77, CPU):
            first = torch.randn(100)
            raise KeyError
    except KeyError:
        pass
    with borrowed(77, CPU):
        assert torch.equal(torch.randn(100), first)
    assert torch.equal(torch.randn(3), expected)


def test_states_come_back():
    held = capture(CPU)
    first = torch.rand(5)
    restore(held, CPU)
    assert torch.equal(torch.rand(5), first)
