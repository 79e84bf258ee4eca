"""What every command is: a frozen wish with its class name as its tag.

Apart from `core.commands`, which lists them all, so that an area can keep its own commands beside its decisions.
"""

from __future__ import annotations

import msgspec


class CommandBase(msgspec.Struct, frozen=True, kw_only=True, tag=True, tag_field="command"):
    """Base of all commands; the tag is the class name."""
