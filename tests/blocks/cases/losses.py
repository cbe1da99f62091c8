"""Losses and metrics: inputs on which they are tried, and what they should give, written a second time."""

import torch
from torch.nn import functional

from tests.blocks.cases.case import case

_PAIR = (case(prediction="N 3", target="N 3"), case(prediction="N 4 8 8", target="N 4 8 8"))
_CLASSES = (case(logits="N 4", target="N int64"), case(logits="N 4 6", target="N 6 int64"))
_SKIPPING = case(logits="N 4 6", target="N 6 int64", params={"ignore_index": 3})
_AVERAGED = (*_CLASSES, case(logits="N 4 6", target="N 6 int64", params={"ignore_index": 3, "average": "weighted"}))
_BINARY = (case(logits="N", target="N bool"), case(logits="N 5", target="N 5 int64", classes=2))
_GAN = (case(real="N 1", fake="N 1"), case(real="N", fake="N"), case(real="N 1 4 4", fake="N 1 4 4"))
_SCORED = (case(logits="N 1"), case(logits="N"))
_PICTURES = (case(prediction="N 3 16 16", target="N 3 16 16"), case(prediction="N 1 12 20", target="N 1 12 20"))
_X1_X2 = {"x1": "N 6", "x2": "N 6"}

LOSSES = {
    "CrossEntropyLoss": (
        case(logits="N 4", target="N int64"),
        case(logits="N 4 6", target="N 6 int64", params={"label_smoothing": 0.1}),
        case(logits="N 4 6", target="N 6 int64", params={"ignore_index": 3}),
    ),
    "NLLLoss": (case(logs="N 4", target="N int64"), case(logs="N 4 6", target="N 6 int64", params={"ignore_index": 3})),
    "MSELoss": (*_PAIR, case(prediction="N", target="N")),
    "L1Loss": (*_PAIR, case(prediction="N", target="N")),
    "SmoothL1Loss": (*_PAIR, case(prediction="N 3", target="N 3", params={"beta": 0.2})),
    "HuberLoss": (*_PAIR, case(prediction="N 3", target="N 3", params={"delta": 0.2})),
    "BCELoss": (
        case(probability="N 3", target="N 3"),
        case(probability="N", target="N"),
    ),
    "BCEWithLogitsLoss": (
        case(logits="N 3", target="N 3"),
        case(logits="N", target="N"),
    ),
    "PoissonNLLLoss": (*_PAIR, case(prediction="N 3", target="N 3", params={"log_input": False, "full": True})),
    "GaussianNLLLoss": (
        case(prediction="N 3", target="N 3", var="N 3"),
        case(prediction="N", target="N", var="N", params={"full": True, "eps": 0.1}),
    ),
    "KLDivLoss": (case(logs="N 5", target="N 5"), case(logs="N 5", target="N 5", params={"log_target": True})),
    "HingeEmbeddingLoss": (case(x="N", target="N"), case(x="N 3", target="N 3", params={"margin": 0.3})),
    "CosineEmbeddingLoss": (case(**_X1_X2, target="N"), case(**_X1_X2, target="N", params={"margin": 0.3})),
    "MarginRankingLoss": (case(x1="N", x2="N", target="N"), case(x1="N", x2="N", target="N", params={"margin": 0.3})),
    "TripletMarginLoss": (
        case(anchor="N 6", positive="N 6", negative="N 6"),
        case(anchor="N 6", positive="N 6", negative="N 6", params={"margin": 0.5, "p": 1.0, "swap": True}),
    ),
    "SoftMarginLoss": (case(logits="N 3", target="N 3"), case(logits="N", target="N")),
    "MultiMarginLoss": (
        case(logits="N 4", target="N int64"),
        case(logits="N 4", target="N int64", params={"p": 2, "margin": 0.5}),
    ),
    "MultiLabelMarginLoss": (case(logits="N 4", target="N 4 int64"), case(logits="N 6", target="N 6 int64")),
    "MultiLabelSoftMarginLoss": (case(logits="N 4", target="N 4"), case(logits="N 6", target="N 6")),
    "CTCLoss": (
        case(logs="N 9 5", target="N 3 int64"),
        case(logs="N 9 5", target="N 3 int64", params={"blank": 4, "zero_infinity": True}),
        case(logs="N 9 5", target="N 3 int64", target_lengths="N int64"),
        case(logs="N 9 5", target="N 3 int64", input_lengths="N int64", target_lengths="N int64"),
    ),
    "GaussianKL": (case(mu="N 6", logvar="N 6"), case(mu="N 2 4 4", logvar="N 2 4 4")),
    "DiceLoss": (
        case(logits="N 4 8 8", target="N 8 8 int64"),
        case(logits="N 1 8 8", target="N 1 8 8", params={"smooth": 0.1}),
        case(3, logits="N 3 9", target="N 9 int64"),
    ),
    "FocalLoss": (*_CLASSES, case(logits="N 4", target="N int64", params={"gamma": 0.5})),
    "SigmoidFocalLoss": (
        case(logits="N 3", target="N 3"),
        case(logits="N", target="N", params={"alpha": -1.0, "gamma": 1.0}),
    ),
    "InfoNCELoss": (
        case(query="N 6", key="N 6"),
        case(query="N 6", key="N 6", params={"temperature": 0.5, "symmetric": True}),
    ),
    "StyleLoss": (case(features="N 4 8 8", target="N 4 8 8"), case(features="N 4 8 8", target="N 4 6 7")),
    "TotalVariationLoss": (case(x="N 3 8 8"), case(x="N 1 5 9")),
    "AllRealLoss": _SCORED,
    "AllFakeLoss": _SCORED,
    "DiscriminatorLoss": _GAN,
    "HingeDiscriminatorLoss": _GAN,
    "HingeGeneratorLoss": (case(fake="N 1"), case(fake="N")),
    "WassersteinCriticLoss": _GAN,
    "WassersteinGeneratorLoss": (case(fake="N 1"), case(fake="N")),
    "Accuracy": _CLASSES,
    "TopKAccuracy": tuple(one._replace(params={"top_k": 2}) for one in _CLASSES),
    "BinaryAccuracy": (*_BINARY, case(logits="N 5", target="N 5")),
    "MAE": _PAIR,
    "Precision": _AVERAGED,
    "Recall": _AVERAGED,
    "F1": _AVERAGED,
    "AUROC": (*_AVERAGED, case(logits="N 4", target="N int64", params={"thresholds": 50})),
    "BinaryPrecision": (*_BINARY, _BINARY[0]._replace(params={"threshold": 0.7})),
    "BinaryRecall": (*_BINARY, _BINARY[0]._replace(params={"threshold": 0.7})),
    "BinaryF1": (*_BINARY, _BINARY[0]._replace(params={"threshold": 0.7})),
    "BinaryAUROC": (*_BINARY, _BINARY[0]._replace(params={"thresholds": 20})),
    "ExactMatch": (
        case(logits="N 4 8", target="N 8 int64"),
        case(logits="N 4 6", target="N 6 int64", params={"ignore_index": 0}),
    ),
    "ConfusionMatrix": (*_CLASSES, _SKIPPING),
    "IoU": (case(logits="N 4 8 8", target="N 8 8 int64"), *_AVERAGED),
    "RMSE": _PAIR,
    "NRMSE": (*_PAIR, _PAIR[0]._replace(params={"normalization": "std"})),
    "R2": (
        case(prediction="N", target="N"),
        case(prediction="N 3", target="N 3", params={"multioutput": "variance_weighted"}),
    ),
    "PSNR": (*_PICTURES, _PICTURES[0]._replace(params={"data_range": 2.0})),
    "SSIM": (*_PICTURES, _PICTURES[0]._replace(params={"data_range": 2.0, "sigma": 1.0})),
    "Perplexity": (*_CLASSES, _SKIPPING),
}


def _row(scores):
    """[N, C, *] -> [places, C]."""
    return scores.movedim(1, -1).reshape(-1, scores.shape[1])


def _ctc(logs, target, input_lengths=None, target_lengths=None, blank=0, zero_infinity=False):
    """The sum over all ways, sample by sample, step by step (Graves et al., equations 6 to 8)."""
    losses = []
    for at in range(len(logs)):
        steps = logs.shape[1] if input_lengths is None else int(input_lengths[at])
        wanted = target[at] if target_lengths is None else target[at][: int(target_lengths[at])]
        path = [blank]
        for label in wanted.tolist():
            path += [label, blank]
        likely = [0.0] * len(path)
        for step in range(steps):
            p = logs[at, step].double().exp().tolist()
            before, likely = likely, []
            for here, label in enumerate(path):
                if step == 0:
                    ways = 1.0 if here < 2 else 0.0
                else:
                    ways = before[here] + (before[here - 1] if here else 0.0)
                    ways += before[here - 2] if here % 2 and here > 1 and label != path[here - 2] else 0.0
                likely.append(ways * p[label])
        total = sum(likely[-2:]) if steps else float(not len(wanted))
        loss = -torch.tensor(total).log()
        loss = torch.zeros(()) if zero_infinity and loss.isinf() else loss
        losses.append(loss / max(len(wanted), 1))
    return torch.stack(losses).mean()


def _dice(logits, target, smooth=1.0):
    soft = logits.sigmoid() if target.is_floating_point() else logits.softmax(1)
    scores = []
    for sample in range(len(logits)):
        for kind in range(logits.shape[1]):
            found = soft[sample, kind].flatten().tolist()
            truth = target[sample, kind] if target.is_floating_point() else (target[sample] == kind).float()
            truth = truth.flatten().tolist()
            overlap = sum(a * b for a, b in zip(found, truth, strict=True))
            scores.append((2 * overlap + smooth) / (sum(found) + sum(truth) + smooth))
    return 1 - sum(scores) / len(scores)


def _focal(logits, target, gamma=2.0):
    p = _row(logits.softmax(1)).gather(1, target.reshape(-1, 1))
    return (-((1 - p) ** gamma) * p.log()).mean()


def _sigmoid_focal(logits, target, alpha=0.25, gamma=2.0):
    p = logits.sigmoid()
    wrong = target + p - 2 * target * p
    weight = 2 * alpha * target - alpha - target + 1 if alpha >= 0 else 1.0
    return -(weight * wrong**gamma * (target * p.log() + (1 - target) * (1 - p).log())).mean()


def _info_nce(query, key, temperature=0.07, symmetric=False):
    scores = torch.cosine_similarity(query.unsqueeze(1), key.unsqueeze(0), dim=2) / temperature
    there = -scores.log_softmax(1).diagonal().mean()
    return (there - scores.log_softmax(0).diagonal().mean()) / 2 if symmetric else there


def _style(features, target):
    def gram(x):
        return torch.einsum("nci,ndi->ncd", x.flatten(2), x.flatten(2)) / x[0].numel()

    return (gram(features) - gram(target)).square().mean()


def _variation(x):
    return x.diff(dim=2).abs().mean() + x.diff(dim=3).abs().mean()


def _kl(mu, logvar):
    here = torch.distributions.Normal(mu, (logvar / 2).exp())
    apart = torch.distributions.kl_divergence(here, torch.distributions.Normal(0.0, 1.0))
    return apart.flatten(1).sum(1).mean()


def _real(logits):
    return -logits.sigmoid().log().mean()


def _fake(logits):
    return -(1 - logits.sigmoid()).log().mean()


def _hits(logits, target, top_k=1):
    found = [int(b) in a.argsort(descending=True)[:top_k] for a, b in zip(_row(logits), target.flatten(), strict=True)]
    return sum(found) / len(found)


# What a loss or metric of these names gives, by another way than the block's own; torch.nn's go without.
FORMULAS = {
    "CTCLoss": _ctc,
    "KLDivLoss": lambda logs, target, log_target=False: (
        (((target if log_target else target.log()) - logs) * (target.exp() if log_target else target)).sum() / len(logs)
    ),
    "GaussianKL": _kl,
    "DiceLoss": _dice,
    "FocalLoss": _focal,
    "SigmoidFocalLoss": _sigmoid_focal,
    "InfoNCELoss": _info_nce,
    "StyleLoss": _style,
    "TotalVariationLoss": _variation,
    "AllRealLoss": _real,
    "AllFakeLoss": _fake,
    "DiscriminatorLoss": lambda real, fake: _real(real) + _fake(fake),
    "HingeDiscriminatorLoss": lambda real, fake: (1 - real).clamp(min=0).mean() + (1 + fake).clamp(min=0).mean(),
    "HingeGeneratorLoss": lambda fake: -fake.sum() / fake.numel(),
    "WassersteinCriticLoss": lambda real, fake: fake.sum() / fake.numel() - real.sum() / real.numel(),
    "WassersteinGeneratorLoss": lambda fake: -fake.sum() / fake.numel(),
    "Accuracy": _hits,
    "TopKAccuracy": _hits,
    "BinaryAccuracy": lambda logits, target: 1 - (logits.sigmoid().round() - target.float().round()).abs().mean(),
    "MAE": lambda prediction, target: functional.l1_loss(prediction, target, reduction="sum") / target.numel(),
}

NO_SIGNATURE = {
    "GaussianKL", "AllRealLoss", "AllFakeLoss", "DiscriminatorLoss", "HingeDiscriminatorLoss", "HingeGeneratorLoss",
    "WassersteinCriticLoss", "WassersteinGeneratorLoss", "WeightedSum", "Accuracy", "TopKAccuracy", "BinaryAccuracy",
    "MAE",
}  # fmt: skip
