"""A bucket of object storage that speaks S3 as the place of shelved days (ADR 0044).

An object is there as a whole or not at all: its parts become one when the last has arrived. A draft is copied onto its
name within the storage after it was read back. Which days are there is listed when the service starts and once an hour,
so that a question about a vehicle does not wait for a list. Keys come from where Amazon's own tools look for them; they
are in no message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress

import pyarrow as pa  # type: ignore[import-untyped]
from pyarrow import fs

CONNECT_WITHIN_S = 5.0
ANSWER_WITHIN_S = 30.0
ATTEMPTS = 3

_FAILED = re.compile(r"AWS Error (\w+)(?: \[[^\]]*\])? during (\w+)")


class BucketPlace:
    """Implements `ShelfPlace`.

    Parameters
    ----------
    address : ``bucket`` or ``bucket/prefix``
    variables : the environment: ``AWS_ENDPOINT_URL_S3`` or ``AWS_ENDPOINT_URL``, ``AWS_REGION`` or
        ``AWS_DEFAULT_REGION``; the keys are looked for by the storage's client itself
    """

    def __init__(self, address: str, variables: Mapping[str, str]) -> None:
        self._root = address.strip("/")
        self._known: set[str] | None = None
        self._files = fs.S3FileSystem(
            endpoint_override=variables.get("AWS_ENDPOINT_URL_S3") or variables.get("AWS_ENDPOINT_URL"),
            region=variables.get("AWS_REGION") or variables.get("AWS_DEFAULT_REGION") or "us-east-1",
            connect_timeout=CONNECT_WITHIN_S,
            request_timeout=ANSWER_WITHIN_S,
            retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=ATTEMPTS),
        )

    def address_of(self, name: str) -> str:
        """Return where a file is, or would be."""
        return f"s3://{self._root}/{name}"

    def look(self) -> None:
        """List anew what lies there; raises `OSError` if the storage, the bucket or the right to it is missing."""
        bucket = self._root.partition("/")[0]
        if self._files.get_file_info(bucket).type is fs.FileType.NotFound:
            raise FileNotFoundError(f"AWS Error NO_SUCH_BUCKET during HeadBucket operation: {bucket}")
        found = self._files.get_file_info(fs.FileSelector(self._root, allow_not_found=True))
        self._known = {file.base_name for file in found if file.base_name.endswith(".parquet")}

    def names(self) -> list[str]:
        """Return the files there were when it was last looked, and those put there since; errors as in `look`."""
        if self._known is None:
            self.look()
        return [name for name in self._known or () if not name.startswith(".")]

    def is_away(self, error: OSError) -> bool:
        """Say whether the place, not a file in it, is to blame."""
        return "AWS Error" in str(error)

    def open(self, name: str) -> pa.NativeFile:
        """Return a file for reading, in parts as they are asked for."""
        return self._files.open_input_file(f"{self._root}/{name}")

    def write(self, draft: str) -> pa.NativeFile:
        """Return a new file for writing; it is there when it is closed."""
        return self._files.open_output_stream(f"{self._root}/{draft}")

    def settle(self, draft: str, name: str) -> None:
        """Copy a draft onto its name; there as a whole when this returns."""
        self._files.copy_file(f"{self._root}/{draft}", f"{self._root}/{name}")
        if self._known is not None:
            self._known.add(name)

    def discard(self, draft: str) -> None:
        """Delete a draft, if it is there and can be."""
        with suppress(OSError):
            self._files.delete_file(f"{self._root}/{draft}")


def what_failed(error: OSError) -> str:
    """Return which request failed and how, in a few words without anything else of the storage's answer."""
    found = _FAILED.search(str(error))
    return "no answer" if found is None else f"{found[2]}: {found[1].lower().replace('_', ' ')}"
