"""States kept to start from, and what makes one unusable."""

from __future__ import annotations

import pytest

from backend_service.storage.snapshots import KEPT, Snapshots
from core.fleet.fleet import Driver, DriverPerson
from core.projections.operation import Operation, encode_operation
from core.refusals import Fault
from core.vocabulary import DriverId


def state_at(position: int) -> bytes:
    operation = Operation(position=position)
    ana = DriverId("D-7")
    operation.fleet.drivers[ana] = Driver(driver_id=ana, person=DriverPerson(name="Anastasia"))
    return encode_operation(operation)


@pytest.fixture
def snapshots(tmp_path, keys):
    return Snapshots(tmp_path, "log-1", keys, every=10)


def save(run, snapshots, *positions):
    for position in positions:
        run(snapshots.save(position, state_at(position)))


def test_newest_state_comes_back(run, snapshots):
    save(run, snapshots, 10, 20)
    operation = run(snapshots.newest(head=25))
    assert operation.position == 20
    assert operation.fleet.drivers["D-7"].person.name == "Anastasia"


def test_nothing_kept_means_none(run, snapshots):
    assert run(snapshots.newest(head=25)) is None


def test_state_ahead_of_the_log_means_that_the_log_lost_its_end(run, snapshots):
    save(run, snapshots, 10, 20)
    with pytest.raises(Fault) as caught:
        run(snapshots.newest(head=15))
    assert caught.value.code == "log.shortened"


def test_accepted_loss_drops_the_states_beyond_it(run, snapshots, tmp_path):
    save(run, snapshots, 10, 20)
    assert run(snapshots.newest(head=15, accept_loss=True)).position == 10
    assert [path.name for path in tmp_path.glob("*.snapshot")] == ["000000000000010.snapshot"]


def test_damaged_state_is_passed_over(run, snapshots, tmp_path, caplog):
    save(run, snapshots, 10, 20)
    [newest] = tmp_path.glob("*20.snapshot")
    whole = newest.read_bytes()
    newest.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert run(snapshots.newest(head=25)).position == 10
    assert "does not fit its digest" in caplog.text
    newest.write_bytes(whole[: len(whole) // 2])
    assert run(snapshots.newest(head=25)).position == 10


def test_state_of_another_log_is_passed_over(run, snapshots, tmp_path, keys):
    save(run, snapshots, 10)
    assert run(Snapshots(tmp_path, "log-2", keys).newest(head=25)) is None


def test_erasure_makes_every_snapshot_unusable(run, snapshots, keys):
    keys.ensure(["driver:D-7"])
    save(run, snapshots, 10)
    keys.erase("driver:D-7")
    assert run(snapshots.newest(head=25)) is None
    save(run, snapshots, 20)
    assert run(snapshots.newest(head=25)).position == 20


def test_no_personal_data_lies_readable_in_a_snapshot(run, snapshots, tmp_path):
    save(run, snapshots, 10)
    [path] = tmp_path.glob("*.snapshot")
    assert b"Anastasia" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600


def test_only_the_newest_few_are_kept(run, snapshots, tmp_path):
    save(run, snapshots, 10, 20, 30, 40, 50)
    assert len(list(tmp_path.glob("*.snapshot"))) == KEPT


def test_snapshot_is_due_again_after_so_many_events(run, snapshots):
    assert not snapshots.is_due(9)
    assert snapshots.is_due(10)
    save(run, snapshots, 10)
    assert not snapshots.is_due(19)


def test_snapshot_is_due_at_once_after_an_erasure_took_the_last(run, snapshots, keys):
    save(run, snapshots, 20)
    assert not snapshots.is_due(21)
    keys.erase("order:C-1")
    assert snapshots.is_due(21)


def test_state_of_the_past_is_the_newest_that_is_not_after_it(run, snapshots):
    save(run, snapshots, 10, 20, 30)
    assert run(snapshots.before(25)).position == 20
    assert run(snapshots.before(20)).position == 20
    assert run(snapshots.before(9)) is None
