"""Every message arrives as what it was sent as."""

import dataclasses
import inspect
from typing import Literal, get_args, get_origin, get_type_hints

import pytest

from rasterbout.measure import messages
from rasterbout.measure.codec import decode, encode

PARTS = {messages.Work, messages.Limits, messages.Result}
"""What travels inside of messages alone."""

MESSAGES = [
    kind
    for _, kind in inspect.getmembers(messages, inspect.isclass)
    if kind.__module__ == messages.__name__ and kind not in PARTS
]


def made(kind):
    """Return an instance with some value in each field that needs one."""
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    if not dataclasses.is_dataclass(kind):
        return next((value for value in (1, 1.5, "x", [], {}) if isinstance(value, get_origin(kind) or kind)), "x")
    hints = get_type_hints(kind)
    needed = [one.name for one in dataclasses.fields(kind) if one.default is one.default_factory is dataclasses.MISSING]
    return kind(**{name: made(hints[name]) for name in needed})


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.__name__)
def test_a_message_arrives_as_it_was_sent(kind):
    message = made(kind)
    assert decode(encode(message)) == message


def test_there_are_messages():
    assert len(MESSAGES) > 15
