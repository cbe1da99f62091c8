"""Figures of trained presets that no metric in their graphs gives: each a function of a run."""

from netbuilder.data.loaders import Splits, load
from netbuilder.training.run import Run


def pca_ratio(run: Run) -> float:
    """The test loss, a reconstruction's mean squared error, divided by that of scikit-learn's PCA with two components.

    PCA is fitted to the training images of the same split, and puts together the clean test images.
    """
    from sklearn.decomposition import PCA

    data = _digits(run)
    known, new = (part["image"].flatten(1).numpy() for part in (data.train, data.test))
    pca = PCA(2).fit(known)
    error = ((pca.inverse_transform(pca.transform(new)) - new) ** 2).mean()
    results = run.results()
    assert results is not None
    return float(results["test"]["loss"] / error)


def _digits(run: Run) -> Splits:
    """The images as this run's seed has parted them."""
    return load(run.project().datasets["digits"], run.recorded().settings.seed)
