"""Writes `resources/translations/tower_en.ts`, the texts that a translator of the desk starts from.

    python -m app.translation_template [--check]

Qt's `lupdate` finds `tr` in classes and `QCoreApplication.translate`. Two kinds of text it cannot see by itself: those
behind a module's own `_tr`, whose context is the one that function names, and the statements of decisions, which core
keeps as plain templates because it knows no Qt.
"""

from __future__ import annotations

import argparse
import ast
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree as ET

from core.dispatch.rationale import PHRASES, TERM_NAMES

from app.house_checks import TREE

TEMPLATE = TREE / "resources" / "translations" / "tower_en.ts"
_ROOMS = ("app", "ui", "widgets")
_STATEMENTS_CONTEXT = "phrasebook"

type Texts = dict[str, list[str]]
"""Context -> its texts, in the order in which they stand in the code."""


def main(arguments: list[str]) -> int:
    """Write the template, or with ``--check`` say whether it is as the code has it."""
    parser = argparse.ArgumentParser(prog="python -m app.translation_template", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the template is out of date")
    options = parser.parse_args(arguments)
    written = render(find_texts(TREE))
    if not options.check:
        TEMPLATE.write_bytes(written)
        return 0
    if TEMPLATE.read_bytes() == written:
        return 0
    print("tower_en.ts is out of date: run python -m app.translation_template", file=sys.stderr)
    return 1


def find_texts(tree: Path) -> Texts:
    """Return every text of the desk that can be translated.

    Parameters
    ----------
    tree : Path
        The folder that holds the rooms ``app``, ``ui`` and ``widgets``.
    """
    modules = sorted(path for room in _ROOMS for path in (tree / room).rglob("*.py"))
    texts = _extract(modules)
    for module in modules:
        context = own_context(module.read_text(encoding="utf-8"))
        if context is not None:
            _add(texts, context, _extract([module], "-tr-function-alias", "tr+=_tr").get("", ()))
    _add(texts, _STATEMENTS_CONTEXT, [*PHRASES.values(), *TERM_NAMES.values()])
    texts.pop("", None)
    return dict(sorted(texts.items()))


def own_context(source: str) -> str | None:
    """Return the context that a module's own `_tr` translates in, if it has one."""
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.FunctionDef) and statement.name == "_tr":
            call = next(node for node in ast.walk(statement) if isinstance(node, ast.Call))
            context = call.args[0]
            return str(context.value) if isinstance(context, ast.Constant) else None
    return None


def render(texts: Texts) -> bytes:
    """Return the texts as a Qt translation source, nothing translated yet."""
    root = ET.Element("TS", version="2.1", language="en_US")
    for context, sources in texts.items():
        element = ET.SubElement(root, "context")
        ET.SubElement(element, "name").text = context
        for source in sources:
            message = ET.SubElement(element, "message")
            ET.SubElement(message, "source").text = source
            ET.SubElement(message, "translation", type="unfinished")
    ET.indent(root, "    ")
    body = ET.tostring(root, encoding="unicode", short_empty_elements=False)
    return f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n'.encode()


def _extract(modules: Iterable[Path], *options: str) -> Texts:
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "found.ts"
        command = [str(Path(sys.executable).parent / "pyside6-lupdate"), "-silent", *options]
        subprocess.run([*command, *map(str, modules), "-ts", str(found)], check=True, stdout=subprocess.DEVNULL)
        texts: Texts = {}
        for context in ET.parse(found).getroot().iter("context"):  # noqa: S314 - lupdate's own
            sources = (message.findtext("source", "") for message in context.iter("message"))
            _add(texts, context.findtext("name", ""), sources)
        return texts


def _add(texts: Texts, context: str, more: Iterable[str]) -> None:
    texts[context] = list(dict.fromkeys([*texts.get(context, ()), *more]))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
