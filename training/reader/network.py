"""The reader in training: the embedding model over a question and a passage together, whose upper
layers learn, and two heads.

Weights that learn are kept in 32 bits; the network itself computes in bfloat16, which a processor
with AMX, or a GPU, multiplies several times as fast.
"""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoModel

#: Layers that learn, counted from the last.
LEARNING = 8


class ReaderNetwork(nn.Module):
    """Two logits a token (the answer begins, ends here), and one a pair (the passage answers)."""

    def __init__(self, folder: Path) -> None:
        """`folder` holds the embedding model."""
        super().__init__()
        self.encoder = AutoModel.from_pretrained(
            folder,
            attn_implementation="eager",  # of the fused one, going back is slow on a processor
            add_pooling_layer=False,
        )
        width = self.encoder.config.hidden_size
        self.ends = nn.Linear(width, 2)
        self.answers = nn.Linear(width, 1)
        for each in self.encoder.modules():
            if isinstance(each, nn.Dropout):
                each.p = 0.0
            if hasattr(each, "dropout_prob"):
                each.dropout_prob = 0.0
        for each in self.encoder.parameters():
            each.requires_grad = False
        for layer in self.encoder.encoder.layer[-LEARNING:]:
            for each in layer.parameters():
                each.requires_grad = True

    def learning(self) -> dict[str, nn.Parameter]:
        """The weights that learn, by name."""
        return {name: each for name, each in self.named_parameters() if each.requires_grad}

    def forward(self, ids: Tensor, mask: Tensor, text: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of ends, shape (pairs, tokens, 2), and of answering, shape (pairs,). `mask` and
        `text`, of the shape of `ids`, say which tokens are real and which may answer.
        """
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        ends = self.ends(states).float().masked_fill(~text.unsqueeze(-1), -1e4)
        return ends, self.answers(states[:, 0]).float().squeeze(-1)


class LearningWeights:
    """The weights that learn in 32 bits, and the moving average of them."""

    def __init__(self, network: ReaderNetwork, start: Mapping[str, Tensor]) -> None:
        """`start` has weights by name to begin with instead of the network's."""
        self._network = network
        self.now = {
            name: start.get(name, each).detach().to(each.device).float().clone()
            for name, each in network.learning().items()
        }
        self.average = {name: each.clone() for name, each in self.now.items()}
        for each in self.now.values():
            each.requires_grad = True

    @torch.no_grad()
    def take_gradients(self) -> None:
        """Those of the network, which has none then."""
        for name, each in self._network.learning().items():
            self.now[name].grad = None if each.grad is None else each.grad.float()
            each.grad = None

    @torch.no_grad()
    def put(self, kept: float) -> None:
        """Puts the weights into the network, and lets the average follow, which keeps a share."""
        for name, each in self._network.learning().items():
            each.copy_(self.now[name])
        torch._foreach_lerp_(list(self.average.values()), list(self.now.values()), 1 - kept)

    @torch.no_grad()
    def put_average(self) -> None:
        """Puts the average into the network, to measure or keep it."""
        for name, each in self._network.learning().items():
            each.copy_(self.average[name])
