"""Whatever bytes come, a decoder takes them or refuses them with a reason, and nothing else happens."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend_service.chaos.fuzz import fuzzed
from backend_service.chaos.fuzzed_decoders import FUZZED, FuzzedDecoder
from backend_service.chaos.mutation import LONGEST, mutated
from backend_service.ingestion.http_protocols import HTTP_PROTOCOLS
from core.refusals import Refusal

NAMES = sorted(FUZZED)

TAKEN = "taken"
EXPECTED = (TAKEN, "telemetry.", "import.")
"""What may come of a message: it is taken, or refused with a code that begins so."""


def outcome(decoder: FuzzedDecoder, message: bytes) -> str:
    """Return ``taken`` or the code of the refusal; whatever else is raised is a bug."""
    try:
        rows = decoder.decode(message)
    except Refusal as refusal:
        return refusal.code
    return TAKEN if rows >= 0 else f"{rows} rows"


@pytest.mark.parametrize("name", NAMES)
def test_what_is_really_sent_is_taken(name: str) -> None:
    assert {outcome(FUZZED[name], sample) for sample in FUZZED[name].samples} == {TAKEN}


@pytest.mark.parametrize("name", NAMES)
@given(message=st.binary(max_size=300))
@settings(max_examples=60)
def test_noise_is_taken_or_refused(name: str, message: bytes) -> None:
    decoder = FUZZED[name]
    assert outcome(decoder, message).startswith(EXPECTED)
    if decoder.mend is not None:
        assert outcome(decoder, decoder.mend(message)).startswith(EXPECTED)


@pytest.mark.parametrize("name", NAMES)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=120)
def test_a_message_made_worse_is_taken_or_refused(name: str, seed: int) -> None:
    decoder, dice = FUZZED[name], random.Random(seed)
    message = mutated(decoder.samples, dice)
    assert len(message) <= LONGEST
    sent = message if decoder.mend is None else decoder.mend(message)
    assert outcome(decoder, sent).startswith(EXPECTED)


def test_every_protocol_over_http_is_fuzzed() -> None:
    assert set(HTTP_PROTOCOLS) <= set(FUZZED)


def test_the_verdict_names_a_decoder_that_breaks_and_the_message() -> None:
    def fragile(body: bytes) -> int:
        if len(body) > 3:
            raise KeyError("a bug")
        return 0

    verdict = fuzzed({"fragile": FuzzedDecoder(fragile, (b"abcdef",))}, seconds=0.01, seed=1)
    assert verdict.counts["failures"] > 0
    assert verdict.broken[0].startswith("fragile: KeyError('a bug') at ")


def test_the_same_seed_tries_the_same_messages() -> None:
    heard: list[list[bytes]] = []
    for _ in range(2):
        said: list[bytes] = []
        decoder = FuzzedDecoder(lambda body, said=said: said.append(body) or 0, (b'{"a": 12}', b"xyz"))  # type: ignore[misc]
        fuzzed({"one": decoder}, seconds=0.001, seed=5)
        heard.append(said[:200])
    assert heard[0] == heard[1]
