"""How the service's own commands reach a running service: its REST door, with the administrator's token.

Address and token are found in the data directory, which only the service's owner can read; both can be given instead.
A token is never taken from the command line, where every user of the machine could read it.
"""

from __future__ import annotations

import argparse
import ssl
from pathlib import Path
from typing import Any

import httpx
import msgspec

from backend_service.streets.city import default_data_dir
from core.invitation import parse
from core.refusals import Fault, Refusal

PATIENCE_S = 120.0


def add_options(parser: argparse.ArgumentParser) -> None:
    """Let a command say which service it means."""
    which = parser.add_argument_group("which service")
    which.add_argument(
        "--data-dir",
        type=Path,
        default=default_data_dir(),
        help="folder of the service on this machine (default: %(default)s)",
    )
    which.add_argument("--address", metavar="URL", help="http:// or https:// of a service elsewhere")
    which.add_argument("--token-file", type=Path, metavar="FILE", help="file with an access token or an invitation")


class ServiceClient:
    """Asks a running service; every answer is an HTTP response that went well."""

    def __init__(self, address: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.Client(
            base_url=f"{address.rstrip('/')}/api/v1",
            headers=headers,
            timeout=PATIENCE_S,
            trust_env=False,
            verify=ssl.create_default_context(),  # it heeds SSL_CERT_FILE
        )

    @classmethod
    def of(cls, options: argparse.Namespace) -> ServiceClient:
        """Return a client for the service that `add_options` asked for.

        Raises
        ------
        Fault
            ``service.not_running``; ``service.no_token``.
        """
        return cls(options.address or _address_in(options.data_dir), _token_of(options))

    def ask(self, method: str, path: str, **rest: Any) -> httpx.Response:
        """Return what the service answers.

        Raises
        ------
        Refusal
            Whatever the service refuses, under its own code and sentence; `details` holds the problem's members.
        Fault
            ``service.unreachable``, or whatever failed there.
        """
        try:
            answer = self._http.request(method, path, **rest)
        except httpx.HTTPError as error:
            raise Fault("service.unreachable", f"{self._http.base_url.host} does not answer ({error}).") from error
        if answer.is_success:
            return answer
        problem = _problem(answer)
        code, sentence = str(problem.pop("code", "service.refused")), str(problem.pop("detail", answer.reason_phrase))
        if answer.status_code >= 500:
            raise Fault(code, sentence)
        problem.pop("status", None)
        raise Refusal(code, sentence, status=answer.status_code, **problem)

    def __enter__(self) -> ServiceClient:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()


def _address_in(data_dir: Path) -> str:
    try:
        doors = msgspec.json.decode((data_dir / "ready.json").read_bytes())
        return str(doors["http"])
    except (OSError, msgspec.DecodeError, KeyError, TypeError):
        raise Fault(
            "service.not_running", f"No service runs on {data_dir}. Start one: tower backend. Or give --data-dir."
        ) from None


def _token_of(options: argparse.Namespace) -> str:
    path: Path = options.token_file or options.data_dir / "invitations" / "administrator.invitation"
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise Fault("service.no_token", f"{path} cannot be read. Give --token-file.") from None
    return parse(text).token if text.startswith("tower1:") else text


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        return msgspec.json.decode(answer.content, type=dict[str, Any])
    except msgspec.DecodeError:
        return {}
