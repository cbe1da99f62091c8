"""Values just inside and just outside of what each kind of parameter allows."""

import math

from immutables import Map

from netbuilder.blocks.arguments import Arguments
from netbuilder.blocks.code import Code, Words
from netbuilder.blocks.groups import Groups
from netbuilder.blocks.params import (
    Bool,
    Choice,
    Float,
    Floats,
    Int,
    Ints,
    Size,
    Text,
)
from netbuilder.blocks.pieces import Axes, Equation, LayerPath


def limits(param):
    """Values just inside and just outside of what is allowed."""
    match param:
        case Choice():
            return param.options, ("", "no such thing", 1, (param.options[0],))
        case Bool():
            return (True, False), (1, "true", ())
        case Int():
            return (param.low, param.high), (param.low - 1, param.high + 1, True, 1.0, "1", (1,))
        case Float():
            ends = [end for end in (param.low, param.high) if math.isfinite(end)]
            over = [end for end in (param.low - 1e-3, param.high + 1e-3) if math.isfinite(end)]
            return ends, [*over, math.nan, True, "1", (1.0,)]
        case Floats():
            if param.longest:
                many = (param.high,) * param.longest
                return ((param.low,), many), ((), (*many, param.low), (param.low - 1e-3,), 1.0)
            low, high = (param.low,) * param.count, (param.high,) * param.count
            holes = ((None, *high[1:]),) if param.holes else ()
            return (low, high, *holes), (
                (param.low,),
                (*low[1:], param.low - 1e-3),
                (*high[1:], param.high + 1e-3),
                1.0,
            )
        case Size():
            many = (param.low,) * param.rank
            good = (param.low, param.high, many, *param.words, *(((None,) * param.rank,) if param.holes else ()))
            return good, (
                param.low - 1,
                param.high + 1,
                (*many, param.low),
                True,
                1.5,
                "some",
                (None,) * (param.rank + 1),
            )
        case Ints():
            shortest, longest = (param.high,) * param.shortest, (param.low,) * param.longest
            below = (param.low - 1,) * max(param.shortest, 1), (param.high + 1,) * max(param.shortest, 1)
            short = [shortest[1:]] if shortest else []
            return (shortest, longest), (*below, *short, (*longest, 1), 1, (True,) * max(param.shortest, 1))
        case Groups():
            good = (Map(), Map(head=Map()), Map(encoder=Map(lr=0.001, weight_decay=0.0), head2=Map(lr=1.0)))
            wrong = ("head", 1, Map({"a b": Map()}), Map(head=1), Map(head=Map(lr=-1.0)), Map(head=Map(eps=0.1)))
            return good, (*wrong, Map(head=Map(lr=math.nan)))
        case Axes():
            some = tuple(range(param.longest))
            return (param.low, param.high, (param.low,), some), (param.low - 1, param.high + 1, (), (1, 1), True, "1")
        case Words():
            return ("a", "x mask", "x, y2"), ("x x", "1x", "import", "a-b", "" if param.shortest else "if", 1)
        case Code():
            return ("y = x", "a = x\ny = a + 1"), ("", "y = (", "y = 'a", 1, "y" * (param.longest + 1))
        case Equation():
            good = ("ij,jk->ik", "n...i -> n", "ii->")
            return good, ("", "ij", "ij->k", "ij->ii", "i..j->ij", "a" * 200 + "->a", "i;j->i", 'i"->i', 1)
        case LayerPath():
            return ("", "conv1", "block1.conv1", "stack.12.conv1"), ("a b", "1", "conv1.", ".a", "a.b-c", 1, "if")
        case Arguments():
            longest = Map(channels=64, rate=0.5, on=True, mode="same")
            return (Map(), longest), (1, "channels", Map({"not a name": 1}), Map(size=(1, 2)), Map(size=None))
        case Text():
            return ("",), (1, None if not param.optional else 2, "x" * (param.longest + 1))
        case _:
            raise AssertionError(f"the limits of a {type(param).__name__} are not tried")
