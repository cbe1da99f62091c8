"""What newcomers type, in plain words, and the block that must be among the first three."""

from __future__ import annotations

import pytest

from netbuilder.blocks.catalogue import Catalogue

CATALOGUE = Catalogue.builtin()

# What is typed, in which kind of graph: the blocks of which one at least must be among the first three.
PHRASES = {
    "network": {
        "shrink image": "MaxPool2d AvgPool2d",
        "make smaller": "MaxPool2d",
        "make image smaller": "MaxPool2d AvgPool2d",
        "downsample": "MaxPool2d",
        "fully connected": "Linear",
        "dense": "Linear",
        "fc": "Linear",
        "dropout": "Dropout",
        "forget at random": "Dropout",
        "switch off at random": "Dropout",
        "against overfitting": "Dropout",
        "average over time": "Mean",
        "mean": "Mean",
        "biggest value": "Max",
        "pick the best class": "ArgMax",
        "flatten": "Flatten",
        "image to vector": "Flatten",
        "vector to image": "Reshape Unflatten",
        "change shape": "Reshape",
        "swap axes": "Permute Transpose",
        "remove axis": "Squeeze",
        "add axis": "Unsqueeze",
        "skip connection": "Add",
        "residual": "Add",
        "join two branches": "Add Concat",
        "concatenate": "Concat",
        "merge": "Concat Add",
        "multiply": "Multiply",
        "gate": "Sigmoid GLU",
        "upsample": "Upsample",
        "enlarge image": "ConvTranspose2d Upsample",
        "make larger": "ConvTranspose2d Upsample",
        "deconvolution": "ConvTranspose2d",
        "convolution": "Conv2d",
        "filter image": "Conv2d",
        "edge detector": "Conv2d",
        "depthwise": "Conv2d",
        "remember sequence": "LSTM GRU",
        "memory": "LSTM GRU",
        "recurrent": "LSTM GRU",
        "time series": "Conv1d LSTM",
        "long short-term memory": "LSTM",
        "batch norm": "BatchNorm2d",
        "layer norm": "LayerNorm",
        "normalize": "Normalize",
        "activation": "ReLU",
        "squash between 0 and 1": "Sigmoid",
        "probabilities": "Softmax",
        "global average pooling": "GlobalAvgPool AdaptiveAvgPool2d",
        "word embedding": "Embedding",
        "lookup table": "Embedding",
        "tokens to vectors": "Embedding",
        "self attention": "MultiheadAttention",
        "transformer": "TransformerEncoder TransformerEncoderLayer",
        "positional encoding": "SinusoidalPositions",
        "causal mask": "CausalMask",
        "one hot": "OneHot",
        "split": "Split",
        "random noise": "Noise RandomNoise",
        "reparameterize": "Reparameterize",
        "stop gradient": "Detach",
        "border": "ZeroPad2d",
        "flip image": "RandomHorizontalFlip Flip",
        "spectrogram": "Spectrogram",
        "own code": "Python",
        "learned number": "Parameter",
        "clip values": "Clamp",
        "matrix product": "MatMul",
        "square root": "Sqrt",
        "repeat layers": "Repeat",
        "nothing": "Identity",
        "remember what came before in a sentence": "LSTM GRU",
    },
    "training": {
        "classification loss": "CrossEntropyLoss",
        "mean squared error": "MSELoss",
        "yes or no": "BCEWithLogitsLoss",
        "hit rate": "Accuracy",
        "learning rate": "Optimizer",
        "freeze weights": "Freeze",
        "dataset": "Data",
        "overlap": "IoU DiceLoss",
    },
    "preview": {
        "show images": "ViewImages",
        "plot line": "ViewCurve",
        "decision boundary": "ViewMap",
        "attention map": "ViewHeat",
        "look inside": "LayerWeight",
    },
}
TABLE = [(kind, text, blocks) for kind, held in PHRASES.items() for text, blocks in held.items()]


@pytest.mark.parametrize(("kind", "text", "blocks"), TABLE)
def test_plain_words_find_the_block_in_the_first_three(kind, text, blocks):
    found = [block.name for block in CATALOGUE.search(text, kind)][:3]
    assert set(blocks.split()) & set(found), found


def test_a_sentence_with_a_word_that_no_block_knows_still_finds_what_the_others_say():
    assert CATALOGUE.search("zebra") == []
    assert CATALOGUE.search("zebra flatten")[0].name == "Flatten"
    assert CATALOGUE.search("zebra unicorn qqqq flatten") == [], "one word of four says too little"


def test_where_some_blocks_have_all_the_words_no_others_are_shown():
    found = {block.name for block in CATALOGUE.search("image to vector")}
    assert "Flatten" in found
    assert "Conv2d" not in found, "it has the image but no vector"
