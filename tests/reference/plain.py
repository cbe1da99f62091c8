"""Networks as one would write them without netbuilder, each from its paper, for comparing numbers."""

import math

import torch
from torch import nn


class Residual(nn.Module):
    """Two convolutions and what goes past them (He and others, 2015)."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.past = nn.Sequential()
        if stride != 1 or inputs != outputs:
            self.past = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.first(x) + self.past(x))


class ResNet18(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        blocks = []
        inputs = 64
        for outputs in (64, 128, 256, 512):
            blocks += [Residual(inputs, outputs, 1 if outputs == inputs else 2), Residual(outputs, outputs, 1)]
            inputs = outputs
        self.stem = nn.Sequential(nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU())
        self.blocks = nn.Sequential(*blocks)
        self.head = nn.Linear(512, 1000)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        x = nn.functional.max_pool2d(self.stem(image), 3, 2, 1)
        return self.head(self.blocks(x).mean((2, 3)))


class LanguageModel(nn.Module):
    """Two LSTM layers, each step by step as its equations say (Hochreiter and Schmidhuber, 1997); without dropout."""

    def __init__(self, words: int, width: int) -> None:
        super().__init__()
        self.width = width
        self.table = nn.Parameter(torch.empty(words, width))
        self.layers = nn.ParameterList()
        for _ in range(2):
            self.layers += [nn.Parameter(torch.empty(4 * width, width)) for _ in range(2)]
            self.layers += [nn.Parameter(torch.empty(4 * width)) for _ in range(2)]
        self.head = nn.Linear(width, words)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        x = self.table[tokens]
        for at in (0, 4):
            from_input, from_state, bias_input, bias_state = self.layers[at : at + 4]
            state = memory = torch.zeros(len(x), self.width)
            said = []
            for step in x.unbind(1):
                gates = step @ from_input.T + bias_input + state @ from_state.T + bias_state
                keep_in, keep, news, out = gates.split(self.width, dim=1)
                memory = memory * keep.sigmoid() + keep_in.sigmoid() * news.tanh()
                state = out.sigmoid() * memory.tanh()
                said.append(state)
            x = torch.stack(said, 1)
        return self.head(x)


class GPTBlock(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.mix = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, steps, width = x.shape
        heads = self.qkv(self.norm1(x)).view(batch, steps, 3, self.heads, width // self.heads)
        query, key, value = heads.permute(2, 0, 3, 1, 4)
        fit = query @ key.transpose(-2, -1) / math.sqrt(width // self.heads)
        fit = fit.masked_fill(torch.ones(steps, steps, dtype=torch.bool).triu(1), -math.inf)
        x = x + self.mix((fit.softmax(-1) @ value).transpose(1, 2).reshape(batch, steps, width))
        inner = self.up(self.norm2(x))
        inner = 0.5 * inner * (1 + torch.tanh(math.sqrt(2 / math.pi) * (inner + 0.044715 * inner**3)))
        return x + self.down(inner)


class GPT2(nn.Module):
    """Radford and others, 2019, without dropout; the head has the table of words as its weights."""

    def __init__(self, words: int, most: int, width: int, heads: int, depth: int) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.empty(words, width))
        self.positions = nn.Parameter(torch.empty(most, width))
        self.blocks = nn.ModuleList(GPTBlock(width, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(width)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        x = self.table[tokens] + self.positions[: tokens.shape[1]]
        for block in self.blocks:
            x = block(x)
        return self.norm(x) @ self.table.T
