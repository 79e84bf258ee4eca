"""Every way to hurt a service is listed, and its verdict is what the command answers with."""

from __future__ import annotations

import argparse
from importlib import import_module

import pytest

from backend_service.benchmarks.report import Machine
from backend_service.chaos import registry
from backend_service.chaos.verdict import Verdict


def verdict(*broken: str) -> Verdict:
    return Verdict(
        chaos="kill", promise="nothing is lost", machine=Machine.here(), counts={"kills": 20.0}, broken=broken
    )


def test_help_lists_every_way(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        registry.run(["--help"])
    text = capsys.readouterr().out
    assert all(f"    {name} " in text or f"    {name}\n" in text for name in registry.CHAOS)


def test_every_way_declares_options_that_have_a_default() -> None:
    for module, _ in registry.CHAOS.values():
        parser = argparse.ArgumentParser()
        import_module(module).declare(parser)
        parser.parse_args([])
        assert callable(import_module(module).run)


def test_broken_promise_is_told_in_words() -> None:
    assert "BROKEN: an order is missing" in verdict("an order is missing").as_text()
    assert "kept" not in verdict("an order is missing").as_text()
    assert verdict().as_text().endswith("kept\n")
