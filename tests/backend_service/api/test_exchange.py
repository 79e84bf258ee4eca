"""Files over REST: looked at, kept whole or in part, taken out, and brought into an empty service again."""

from __future__ import annotations

from typing import Any

import pytest

from core.vocabulary import Role

CSV = {"content-type": "text/csv"}
HEADER = "order_id,pickup_name,pickup_lat,pickup_lon,delivery_lat,delivery_lon,promise_by_at\r\n"
ROW = "{},Cocina,-29.9,-71.25,-29.92,-71.26,2027-01-15T08:40:00Z\r\n"
GOOD = (HEADER + ROW.format("O-7") + ROW.format("O-8")).encode()
MIXED = (HEADER + ROW.format("O-7") + ROW.format("O-1") + ROW.format("O 9")).encode()


async def sent(world: Any, kind: str, content: bytes, mode: str | None = None, **rest: Any) -> Any:
    query = f"?mode={mode}" if mode else ""
    headers = CSV | rest.pop("headers", {})
    rest.setdefault("role", Role.ADMINISTRATOR)
    return await world.ask("POST", f"/api/v1/imports/{kind}{query}", content=content, headers=headers, **rest)


def orders_of(world: Any) -> set[str]:
    return set(world.bus.operation.orders.orders)


def test_a_dry_run_names_every_bad_row_and_keeps_nothing(run: Any) -> None:
    async def scenario(world: Any) -> None:
        position = world.bus.operation.position
        answer = (await sent(world, "orders", MIXED)).json()
        assert (answer["rows"], answer["good"], answer["kept"], answer["problem_count"]) == (3, 1, 0, 2)
        assert [(one["row"], one["column"], one["code"]) for one in answer["problems"]] == [
            (3, "order_id", "order.exists"),
            (4, "order_id", "cell.unreadable"),
        ]
        assert world.bus.operation.position == position

    run(scenario)


def test_all_or_nothing_is_nothing_for_one_bad_row(run: Any) -> None:
    async def scenario(world: Any) -> None:
        for content in (MIXED, (HEADER + ROW.format("O-7") + ROW.format("O-1")).encode()):
            refused = await sent(world, "orders", content, "all_or_nothing")
            assert (refused.status_code, refused.json()["code"]) == (422, "import.bad_rows")
            assert refused.json()["problems"][0]["row"] == 3
            assert orders_of(world) == {"O-1"}
        kept = await sent(world, "orders", GOOD, "all_or_nothing")
        assert (kept.status_code, kept.json()["kept"]) == (200, 2)
        assert orders_of(world) == {"O-1", "O-7", "O-8"}

    run(scenario)


def test_good_rows_are_kept_and_the_others_named(run: Any) -> None:
    async def scenario(world: Any) -> None:
        answer = (await sent(world, "orders", MIXED, "good_rows")).json()
        assert (answer["kept"], answer["problem_count"]) == (1, 2)
        assert orders_of(world) == {"O-1", "O-7"}

    run(scenario)


def test_a_file_sent_again_under_its_key_is_kept_once(run: Any) -> None:
    async def scenario(world: Any) -> None:
        key = {"Idempotency-Key": "monday"}
        first = await sent(world, "orders", GOOD, "all_or_nothing", headers=key)
        again = await sent(world, "orders", GOOD, "all_or_nothing", headers=key)
        assert first.json() == again.json()
        other = await sent(world, "orders", MIXED, "good_rows", headers=key)
        assert (other.status_code, other.json()["code"]) == (422, "request.idempotency_key_reused")

    run(scenario)


def test_the_fleet_is_the_administrators(run: Any) -> None:
    async def scenario(world: Any) -> None:
        for role, status in ((Role.DISPATCHER, 403), (Role.SUPERVISOR, 403), (Role.ADMINISTRATOR, 200)):
            content = b"vehicle_id,plate\nV-9,CC-33\n"
            assert (await sent(world, "vehicles", content, "good_rows", role=role)).status_code == status
        assert (await sent(world, "orders", GOOD, role=Role.DISPATCHER)).status_code == 200
        assert (await sent(world, "orders", GOOD, role=Role.DRIVER)).status_code == 403

    run(scenario)


def test_what_is_no_file_is_refused(run: Any) -> None:
    async def scenario(world: Any) -> None:
        picture = await sent(world, "orders", b"x", headers={"content-type": "image/png"})
        assert (picture.status_code, picture.json()["code"]) == (415, "request.media_type")
        large = await sent(world, "orders", b"x" * 8_000_001)
        assert (large.status_code, large.json()["code"]) == (413, "request.too_large")
        assert (await sent(world, "customers", GOOD)).status_code == 400

    run(scenario)


@pytest.mark.parametrize("file_format", ["csv", "json"])
def test_what_is_taken_out_can_be_brought_into_an_empty_service(run: Any, file_format: str) -> None:
    taken: dict[str, bytes] = {}
    before: list[Any] = []

    def facts(world: Any) -> list[Any]:
        operation = world.bus.operation
        return [
            [
                (o.order_id, o.customer_id, o.customer, o.pickup, o.delivery, o.promise, o.ready_at, o.load, o.value)
                for o in operation.orders.orders.values()
            ],
            [(v.vehicle_id, v.plate, v.make, v.model, v.capacity) for v in operation.fleet.vehicles.values()],
            [(d.driver_id, d.person, d.skills) for d in operation.fleet.drivers.values()],
        ]

    async def take_out(world: Any) -> None:
        for kind in ("orders", "vehicles", "drivers"):
            answer = await world.ask("GET", f"/api/v1/exports/{kind}?format={file_format}", role=Role.SUPERVISOR)
            assert answer.status_code == 200
            assert f"{kind}.{file_format}" in answer.headers["content-disposition"]
            taken[kind] = answer.content
        before.extend(facts(world))
        kinds = [envelope.type for envelope in await world.tower.bus._log.read_stream("operation")]
        assert kinds.count("RecordsExported") == 3

    async def bring_in(world: Any) -> None:
        media = {"content-type": "text/csv" if file_format == "csv" else "application/json"}
        for kind, content in taken.items():
            kept = await sent(world, kind, content, "all_or_nothing", headers=media)
            assert kept.status_code == 200, kept.text
        assert facts(world) == before

    run(take_out)
    run(bring_in, fleet=())


def test_a_dispatchers_file_holds_no_personal_data(run: Any) -> None:
    async def scenario(world: Any) -> None:
        for role, is_there in ((Role.DISPATCHER, False), (Role.SUPERVISOR, True)):
            for kind, name in (("orders", "R. Araya"), ("drivers", "Ana")):
                answer = await world.ask("GET", f"/api/v1/exports/{kind}", role=role)
                assert (name in answer.text) is is_there

    run(scenario)


def test_only_open_orders_when_asked(run: Any) -> None:
    async def scenario(world: Any) -> None:
        await world.ask(
            "POST", "/api/v1/orders/O-1/cancel", role=Role.DISPATCHER, json={"reason": "customer_cancelled"}
        )
        all_of_them = await world.ask("GET", "/api/v1/exports/orders", role=Role.SUPERVISOR)
        assert "O-1" in all_of_them.text
        still_open = await world.ask("GET", "/api/v1/exports/orders?reach=open", role=Role.SUPERVISOR)
        assert "O-1" not in still_open.text

    run(scenario)


@pytest.mark.parametrize("kind", ["orders", "vehicles", "drivers"])
def test_a_template_can_be_read_by_what_reads_files(run: Any, kind: str) -> None:
    async def scenario(world: Any) -> None:
        template = await world.ask("GET", f"/api/v1/imports/{kind}/template", role=Role.ADMINISTRATOR)
        assert template.headers["content-type"].startswith("text/csv")
        answer = (await sent(world, kind, template.content)).json()
        assert answer["rows"] == 1
        # The example's promise lies in the past; nothing else is wrong with it.
        assert {one["code"] for one in answer["problems"]} <= {"order.promise_out_of_range"}

    run(scenario)
