"""Gaps are filled and numbers scaled as scikit-learn does it, by what the training part shows."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from netbuilder.data.table import MISSING, SCALES, Treat
from netbuilder.data.treat import fit

NUMBERS = st.floats(-1000, 1000, width=32, allow_subnormal=False) | st.just(float("nan"))


@given(arrays(np.float32, (12, 3), elements=NUMBERS), st.sampled_from(MISSING), st.sampled_from(SCALES))
def test_as_scikit_learn_does_it(values, missing, scale):
    fitted = fit(Treat((missing,) * 3, (scale,) * 3), [values[:5], values[5:8]])
    train = values[:8].astype(np.float64)
    known = ~np.isnan(train).all(axis=0)  # of a column with nothing in it nothing can be learned
    assume(known.any())
    strategy = {"zero": "constant"}.get(missing, missing)
    expected = SimpleImputer(strategy=strategy, fill_value=0.0).fit(train[:, known]).transform(values[:, known])
    scaler = {"standard": StandardScaler, "range": MinMaxScaler}.get(scale)
    if scaler is not None:
        expected = scaler().fit(train[:, known]).transform(expected)
    found = fitted(values)
    assert found.dtype == np.float32
    assert not np.isnan(found).any()
    flat = np.nanstd(train[:, known], axis=0) > 1e-3  # scikit-learn and we differ in what counts as no spread
    assert found[:, known][:, flat] == pytest.approx(expected[:, flat], rel=1e-4, abs=1e-4)
    back = fitted.undo(found.astype(np.float64))
    there = ~np.isnan(values)
    assert back[there] == pytest.approx(values[there].astype(np.float64), rel=1e-3, abs=1e-2)


def test_one_choice_for_all_elements():
    values = np.array([[[0.0, 2.0]], [[4.0, np.nan]]])
    fitted = fit(Treat(("mean",), ("range",)), [values])
    assert fitted(values).tolist() == [[[0.0, 0.5]], [[1.0, 0.5]]]
