"""Widgets take their colours from the tokens, their type from the type scale, and no capitals."""

import ast
import re
from pathlib import Path

import pytest

import widgets

ROOM = Path(widgets.__file__).parent
OTHER_ROOMS = {"basemap", "live_map"}
SOURCES = sorted(
    path
    for path in ROOM.rglob("*.py")
    if not OTHER_ROOMS & set(path.relative_to(ROOM).parts) and path.name != "tokens.py"
)
HEX = re.compile(r"#[0-9A-Fa-f]{3,8}\b")
PIXELS = {11, 12, 13, 15, 20, 28}


def is_docstring(node, tree):
    holders = (ast.Module, ast.FunctionDef, ast.ClassDef)
    return any(
        isinstance(holder, holders) and ast.get_docstring(holder, clean=False) == node.value
        for holder in ast.walk(tree)
    )


def is_color_made(node):
    if isinstance(node, ast.Attribute):
        return node.attr == "GlobalColor"
    return isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("QColor", "qRgb", "fromRgb"))


def colors_written_down(path):
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and HEX.search(node.value) and not is_docstring(node, tree):
            yield node.value
        elif is_color_made(node):
            yield ast.unparse(node)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOM)))
def test_no_colour_is_written_down_outside_the_tokens(path):
    assert list(colors_written_down(path)) == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOM)))
def test_every_size_is_on_the_type_scale(path):
    calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    for call in calls:
        if isinstance(call.func, ast.Name) and call.func.id == "font" and isinstance(call.args[0], ast.Constant):
            assert call.args[0].value in PIXELS, ast.unparse(call)


def test_the_check_sees_a_colour_that_is_planted(tmp_path):
    planted = tmp_path / "planted.py"
    planted.write_text('"""Doc #FFFFFF."""\nINK = "#FF0000"\n')
    assert list(colors_written_down(planted)) == ["#FF0000"]
