"""Every bench is listed, and has a module that declares its options and runs."""

from __future__ import annotations

import argparse
from importlib import import_module

import pytest

from backend_service.benchmarks import registry


def test_help_lists_every_bench(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        registry.run(["--help"])
    text = capsys.readouterr().out
    assert all(f"    {name} " in text or f"    {name}\n" in text for name in registry.BENCHES)


@pytest.mark.parametrize("name", ["start", "position", "decide", "feed", "nearest"])
def test_bench_declares_options_that_have_a_default(name: str) -> None:
    parser = argparse.ArgumentParser()
    module = import_module(registry.BENCHES[name][0])
    module.declare(parser)
    assert parser.parse_args([]).runs >= 3
    assert callable(module.run)
