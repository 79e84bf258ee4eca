"""The service's key pair is made once, private, and never made up when damaged."""

import pytest

from backend_service.live.curve_keys import ensure_curve_keys
from core.refusals import Fault


def test_keys_are_made_once_and_readable_by_the_owner_only(tmp_path):
    keys = ensure_curve_keys(tmp_path / "secrets")
    assert ensure_curve_keys(tmp_path / "secrets") == keys
    assert len(keys.public) == len(keys.secret) == 40
    [file] = (tmp_path / "secrets").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_damaged_keys_are_a_fault(tmp_path):
    ensure_curve_keys(tmp_path)
    (tmp_path / "feed.curve").write_text("cut off")
    with pytest.raises(Fault):
        ensure_curve_keys(tmp_path)
