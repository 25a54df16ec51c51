"""The reader: attention between a question and a passage over the frozen states of both.

Bidirectional attention flow (Seo et al., 2017), over states of the embedding model: what each token
of the passage finds in the question, fused with it, goes through blocks of convolution,
self-attention and a feed-forward layer. Then every token may begin or end the answer, and the
passage as a whole may answer or not.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from rag.index.tokens.maxsim import LEVELS, PLACES


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of a reader: of states, `layers` of `dimension` numbers, and of its own."""

    layers: int = 2
    dimension: int = 384
    width: int = 128
    heads: int = 4
    blocks: int = 2
    dropout: float = 0.1


class ReaderBlock(nn.Module):
    """Three neighbours, then all tokens, then each token by itself."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width = shape.width
        self.heads = shape.heads
        self.before = nn.ModuleList(nn.LayerNorm(width) for _ in range(3))
        self.neighbours = nn.Linear(3 * width, width)
        self.attended = nn.Linear(width, 3 * width)
        self.joined = nn.Linear(width, width)
        self.inner = nn.Linear(width, 2 * width)
        self.outer = nn.Linear(2 * width, width)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Of states, shape (pairs, tokens, width), where `mask` is 1 for a token and 0 else."""
        kept = mask.unsqueeze(-1)
        y = functional.pad(self.before[0](x) * kept, (0, 0, 1, 1))
        length = x.shape[1]
        y = torch.cat([y[:, at : at + length] for at in range(3)], dim=-1)
        x = x + functional.gelu(self.neighbours(y))
        pairs, length, width = x.shape
        parts = self.attended(self.before[1](x)).view(pairs, length, 3, self.heads, -1)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        scores = query @ key.transpose(-1, -2) * (width // self.heads) ** -0.5
        scores = scores + (mask[:, None, None] - 1) * 1e4
        y = (scores.softmax(-1) @ value).transpose(1, 2).reshape(pairs, length, width)
        x = x + self.joined(y)
        y = self.outer(functional.gelu(self.inner(self.before[2](x))))
        mixed: Tensor = x + y
        return mixed


class ReaderNetwork(nn.Module):
    """From a question's states and the codes of passages to spans and answerability."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        width, heads = shape.width, shape.heads
        places = np.arange(256)[:, np.newaxis] >> PLACES & 3
        self.decoded: Tensor
        self.register_buffer("decoded", torch.from_numpy(LEVELS[places]), persistent=False)
        self.projected = nn.Linear(shape.layers * shape.dimension, width)
        self.after = nn.LayerNorm(width)
        self.question = nn.Linear(3 * width, width)
        self.keys, self.queries = nn.Linear(width, width), nn.Linear(width, width)
        self.cosines = nn.Parameter(torch.full((heads, shape.layers), 4.0))
        self.values = nn.Linear(width, width)
        self.importance = nn.Linear(width, 2)
        matches = 2 * shape.layers
        self.fused = nn.Linear(4 * width + matches + 1, width)
        self.asked = nn.Linear(width, width)
        self.blocks = nn.ModuleList(ReaderBlock(shape) for _ in range(shape.blocks))
        self.last = nn.LayerNorm(width)
        self.ends = nn.Linear(width, 2)
        self.focus = nn.Linear(width, 1)
        self.judged = nn.Sequential(
            nn.Linear(2 * width + 2 * shape.layers + 1, width), nn.GELU(), nn.Linear(width, 1)
        )
        self.dropout = nn.Dropout(shape.dropout)

    def forward(
        self, question: Tensor, asked: Tensor, codes: Tensor, mask: Tensor, text: Tensor
    ) -> tuple[Tensor, Tensor]:
        """The logits of beginning and end, shape (pairs, tokens, 2), and of answering, shape
        (pairs,).

        `question` are rotated unit states, shape (pairs, tokens, layers * dimension), `codes` a
        passage's, shape (pairs, tokens, bytes); `asked` and `mask` say with 1 what is a token,
        `text` what is a token of the passage itself and not of its context.
        """
        shape = self.shape
        pairs, length, _ = codes.shape
        passage = functional.embedding(codes.int(), self.decoded).view(pairs, length, -1)
        question = question * shape.dimension**0.5
        q = self.dropout(self.after(self.projected(question)))
        p = self.dropout(self.after(self.projected(passage)))
        cosines = self._cosines(passage, question)
        q = self._question(q, asked)
        found, most = self._found(p, q, cosines, asked)
        weights = (self.importance(q) + (asked.unsqueeze(-1) - 1) * 1e4).softmax(1)
        pooled = (weights[..., :1] * q).sum(1)
        whole = pooled.unsqueeze(1)
        mean = (cosines * weights[:, None, None, :, 1]).sum(-1).permute(0, 2, 1)
        parts = [p, found, p * found, p * whole, most, mean, text.unsqueeze(-1)]
        x = functional.gelu(self.fused(torch.cat(parts, -1)) + self.asked(whole))
        x = self.dropout(x)
        for block in self.blocks:
            x = block(x, mask)
        x = self.last(x)
        ends = self.ends(x) + (text.unsqueeze(-1) - 1) * 1e4
        return ends, self._judged(x, ends, pooled, cosines, weights, asked, mask)

    def _cosines(self, passage: Tensor, question: Tensor) -> Tensor:
        """Shape (pairs, layers, passage's tokens, question's tokens)."""
        size = self.shape.dimension
        p, q = torch.split(passage, size, -1), torch.split(question, size, -1)
        found = [one @ other.transpose(1, 2) for one, other in zip(p, q, strict=True)]
        return torch.stack(found, 1) / size

    def _question(self, q: Tensor, asked: Tensor) -> Tensor:
        y = functional.pad(q * asked.unsqueeze(-1), (0, 0, 1, 1))
        length = q.shape[1]
        y = torch.cat([y[:, at : at + length] for at in range(3)], dim=-1)
        return q + functional.gelu(self.question(y))

    def _found(self, p: Tensor, q: Tensor, cosines: Tensor, asked: Tensor) -> tuple[Tensor, Tensor]:
        """What each token of a passage finds in the question, and its best cosines there."""
        pairs, length, width = p.shape
        heads = self.shape.heads
        keys = self.keys(p).view(pairs, length, heads, -1).transpose(1, 2)
        queries = self.queries(q).view(pairs, q.shape[1], heads, -1).transpose(1, 2)
        scores = keys @ queries.transpose(-1, -2) * (width // heads) ** -0.5
        scores = scores + torch.einsum("hl,bltn->bhtn", self.cosines, cosines)
        scores = scores + (asked[:, None, None] - 1) * 1e4
        values = self.values(q).view(pairs, q.shape[1], heads, -1).transpose(1, 2)
        found = (scores.softmax(-1) @ values).transpose(1, 2).reshape(pairs, length, width)
        most = (cosines + (asked[:, None, None] - 1) * 2).amax(-1).permute(0, 2, 1)
        return found, most

    def _judged(
        self,
        x: Tensor,
        ends: Tensor,
        pooled: Tensor,
        cosines: Tensor,
        weights: Tensor,
        asked: Tensor,
        mask: Tensor,
    ) -> Tensor:
        """Whether a passage answers: by what stands where the answer would be, by how well each
        token of the question is found, and by how sharply the answer stands out.
        """
        focus = self.focus(x).squeeze(-1) + ends.sum(-1) + (mask - 1) * 1e4
        here = (focus.softmax(1).unsqueeze(-1) * x).sum(1)
        best = (cosines + (mask[:, None, :, None] - 1) * 2).amax(2)
        mean = (best * weights[:, None, :, 0]).sum(-1)
        least = (best + (1 - asked[:, None]) * 2).amin(-1)
        sharp = ends.amax(1).sum(-1, keepdim=True) / 10
        answers: Tensor = self.judged(torch.cat([here, pooled, mean, least, sharp], -1))
        return answers.squeeze(-1)
