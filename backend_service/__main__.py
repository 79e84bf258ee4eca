"""The service's own commands, ``serve`` and what looks after its data. People use ``tower``, which starts this."""

from __future__ import annotations

import sys

from core.refusals import Fault, Refusal


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    try:
        match command:
            case "serve":
                from backend_service.serve_options import serve_settings
                from backend_service.serving import serve

                return serve(*serve_settings(rest))
            case "audit":
                from backend_service.audit.command import run

                return run(rest)
            case "backup":
                from backend_service.backup.command import run_backup

                return run_backup(rest)
            case "restore":
                from backend_service.backup.command import run_restore

                return run_restore(rest)
            case "bench":
                from backend_service.benchmarks.registry import run as run_bench

                return run_bench(rest)
            case "chaos":
                from backend_service.chaos.registry import run as run_chaos

                return run_chaos(rest)
            case "city":
                from backend_service.streets.city_command import run as run_city

                return run_city(rest)
            case "user":
                from backend_service.people.command import run as run_user

                return run_user(rest)
            case "arrivals":
                from backend_service.forecasting.command import run as run_arrivals

                return run_arrivals(rest)
            case "import":
                from backend_service.exchange.command import run_import

                return run_import(rest)
            case "export":
                from backend_service.exchange.command import run_export

                return run_export(rest)
            case _:
                commands = "serve|arrivals|audit|backup|restore|bench|chaos|city|user|import|export"
                print(f"usage: python -m backend_service {commands} ...", file=sys.stderr)
                return 2
    except (Refusal, Fault) as expected:
        print(f"tower: {expected.sentence}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
