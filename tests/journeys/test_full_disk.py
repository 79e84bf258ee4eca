"""A full disk: nothing is acknowledged that is not kept, everybody is told to come again, and space ends the matter.

The disk is a small file system of its own where mounting is permitted. Elsewhere the kernel refuses the service's
writes (RLIMIT_FSIZE), which is another error by the same way through the service.
"""

from __future__ import annotations

import contextlib
import resource
import shutil
import subprocess
import time
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

BALLAST = "ballast"


class SmallDisk:
    """A folder on a disk that can be filled and freed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
        mount = shutil.which("mount")
        self.is_mounted = (
            mount is not None and subprocess.run(command, capture_output=True, check=False).returncode == 0
        )

    def fill(self, service) -> None:
        if not self.is_mounted:
            resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
            return
        with (self.folder / BALLAST).open("ab", buffering=0) as ballast, contextlib.suppress(OSError):
            while True:
                ballast.write(bytes(4096))

    def free(self, service) -> None:
        if not self.is_mounted:
            resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
            return
        (self.folder / BALLAST).unlink()

    def close(self) -> None:
        if self.is_mounted:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True)


@pytest.fixture
def disk(tmp_path):
    small = SmallDisk(tmp_path / "disk")
    yield small
    small.close()


@pytest.fixture
def service(disk, service_on):
    return service_on(data_dir=disk.folder / "data")


def assert_busy(answer: httpx.Response, *stores: str) -> None:
    problem = answer.json()
    assert answer.status_code == 503, problem
    assert problem["code"] in {f"{store}.{what}" for store in stores for what in ("disk_full", "unavailable")}, problem
    assert "nothing was kept" in problem["detail"]
    assert float(answer.headers["Retry-After"]) > 0


def refused_vehicle(town) -> httpx.Response | None:
    answer = town.post("/vehicles", {"vehicle_id": f"V-{uuid4()}", "plate": "AB-1"})
    return None if answer.status_code == 201 else answer


def test_a_full_disk_refuses_orders_and_space_brings_them_back(service, disk, town_of, until):
    town = town_of(service)
    kept = [town.place(number=number).json()["id"] for number in range(5)]
    disk.fill(service)
    refused_key, at = "", time.time()  # asked again, it is the same order to the second

    def is_refused() -> httpx.Response | None:
        nonlocal refused_key
        refused_key = str(uuid4())
        answer = town.place(key=refused_key, at=at)
        if answer.status_code == 201:  # pages that the log had claimed before
            kept.append(answer.json()["id"])
            return None
        return answer

    # A customer's own key is kept before the order is: whichever of the two files is full first says so.
    assert_busy(until(is_refused), "keys", "log")
    assert_busy(until(lambda: refused_vehicle(town)), "log")
    assert town.orders().keys() == set(kept), "what was refused is on no screen"
    assert town.client.get("/health").status_code == 200
    disk.free(service)
    again = until(lambda: (answer := town.place(key=refused_key, at=at)).status_code == 201 and answer)
    kept.append(again.json()["id"])
    assert town.place(key=refused_key, at=at).json()["id"] == kept[-1]
    service.kill()
    service.start()
    found = town_of(service).orders()
    assert found.keys() == set(kept) and len(kept) == len(set(kept))


def test_a_full_disk_refuses_fixes_and_space_brings_them_back(service, disk, town_of, until):
    town = town_of(service)
    town.on_shift(1)
    disk.fill(service)
    kept: set[float] = set()
    began_at = round(time.time()) - 600.0

    def is_refused() -> httpx.Response | None:
        at = began_at + len(kept) / 10
        answer = town.report("V-1", at)
        if answer.status_code == 200:
            kept.add(at)
            return None
        return answer

    assert_busy(until(is_refused), "fixes")
    refused_at = began_at + len(kept) / 10
    assert "tower_fixes_failed_total 0.0" not in town.metrics()
    disk.free(service)
    answer = until(lambda: (told := town.report("V-1", refused_at)).status_code == 200 and told)
    assert answer.json()["accepted"] == 1
