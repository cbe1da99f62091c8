"""One long text as samples: stretches of tokens, each with the tokens that come next."""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

from netbuilder.data.table import Arrays, Indices


class TokenWindows(msgspec.Struct, frozen=True):
    """Windows side by side; the column `first` [window], and `second` one token further on, int64.

    The last token of a sample's second column is the first of the next sample, so such a table has reach 1.
    """

    tokens: npt.NDArray[np.integer]
    window: int
    first: str = "text"
    second: str = "target"

    @property
    def count(self) -> int:
        """How many samples there are."""
        return max(0, len(self.tokens) - 1) // self.window

    def __call__(self, indices: Indices) -> Arrays:
        places = indices[:, None] * self.window + np.arange(self.window + 1)
        found = self.tokens[places].astype(np.int64)
        return {self.first: found[:, :-1], self.second: found[:, 1:]}
