"""Weights that are tied stay as they are while the harness takes a model over.

HFLM ties the weights of every model that it is given. One that `from_pretrained` loaded is tied; and where an
adapter lies on the tied output layer, transformers 5.24 cannot tie it again ("attribute 'weight' already
exists"): the layer's weight is then a view of the adapter's class.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from peft import PeftModel


@contextmanager
def tied_already() -> Iterator[None]:
    """Meanwhile a model with an adapter ties nothing."""
    PeftModel.tie_weights = lambda self: None
    try:
        yield
    finally:
        del PeftModel.tie_weights
