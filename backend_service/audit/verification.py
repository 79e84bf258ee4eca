"""Checks a log against its signed heads and says which entry is wrong; changes nothing, needs no service.

Two lines of evidence. Inside the database every record must fit its digest and every audited record its leaf: that
names an edit, a deletion or a swap exactly. Outside it the signed heads must be roots of the leaves: that shows a
truncation and a database recomputed as a whole. The copy of the leaves beside the heads then names the entry; without
it, the entries between the last head that fits and the first that does not are named.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from backend_service.audit.checkpoint import NO_PREVIOUS, NotACheckpoint, TreeHead, Verifier, digest_of
from backend_service.audit.evidence import Evidence, SqliteEvidence
from backend_service.audit.heads_file import read_leaves, read_notes
from backend_service.audit.signing_key import HEADS_FILE, LEAVES_NAME, PUBLIC_KEY_NAME
from backend_service.event_log.stored_record import StoredRecord, record_of
from backend_service.storage.directory_lock import is_in_use
from core.audit.merkle_log import Frontier, Hash
from core.events.envelope import event_classes
from core.refusals import Fault

LOG_FILE = "tower.sqlite"
MOST_NAMED = 10
_MISSING: Hash = b""

type _Leaf = tuple[int | None, Hash]
"""Position and leaf hash; ``(None, b"")`` where the row is gone."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `leaf_index` counts audited entries from 0, `position` the whole log from 1."""

    kind: str
    sentence: str
    leaf_index: int | None = None
    position: int | None = None


@dataclass(slots=True)
class VerificationReport:
    """`entries` audited records were checked against `heads` signed heads; `unsigned` of them are newer than any."""

    entries: int = 0
    heads: int = 0
    unsigned: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def verified(self) -> bool:
        """Say whether nothing was found."""
        return not self.findings


def verify(
    data_dir: Path,
    heads_file: Path | None = None,
    public_key: str | None = None,
    *,
    evidence: Evidence | None = None,
) -> VerificationReport:
    """Return what is wrong with the audit trail of a stopped or running service's directory.

    Parameters
    ----------
    heads_file : the heads to believe, such as the copy outside `data_dir`; default the one inside
    public_key : the verifier line to believe; default `public_key.txt` beside the heads
    evidence : where the records and leaves are; default the SQLite file inside
    """
    report = VerificationReport()
    inside = data_dir / HEADS_FILE
    believed = heads_file or inside
    is_running = is_in_use(data_dir)
    try:
        heads = _signed_heads(believed, public_key, report.findings)
        if believed != inside:
            report.findings += _compare_copies(inside, believed, is_running=is_running)
        report.heads = len(heads)
        with evidence or SqliteEvidence(data_dir / LOG_FILE) as found:
            examined = _Examined(found)
    except Fault as fault:
        report.findings.append(Finding("unreadable", f"The database cannot be read: {fault.sentence}"))
        return report
    leaves = examined.leaves
    report.findings += examined.findings
    report.entries = len(leaves)
    _compare_with_heads(leaves, heads, read_leaves(believed.with_name(LEAVES_NAME)), report)
    if report.unsigned and not is_running:
        report.findings.append(_unsigned(leaves, report.unsigned))
    return report


def _signed_heads(path: Path, public_key: str | None, findings: list[Finding]) -> list[TreeHead]:
    notes, torn = read_notes(path)
    if not notes:
        findings.append(Finding("heads_missing", f"There are no signed heads in {path}: nothing vouches for the log."))
        return []
    if torn:
        findings.append(Finding("heads_edited", f"{path} does not end with a complete head."))
    try:
        verifier = Verifier.parse(public_key or path.with_name(PUBLIC_KEY_NAME).read_text("utf-8"))
    except (NotACheckpoint, OSError) as error:
        findings.append(Finding("key_missing", f"The public key cannot be read: {error}."))
        return []
    return list(_checked_heads(notes, verifier, findings))


def _checked_heads(notes: list[str], verifier: Verifier, findings: list[Finding]) -> Iterator[TreeHead]:
    previous, size = NO_PREVIOUS, 0
    for number, note in enumerate(notes, start=1):
        try:
            head = verifier.read(note)
        except NotACheckpoint as error:
            findings.append(Finding("heads_edited", f"Signed head {number} of {len(notes)} was altered: {error}."))
        else:
            if head.previous != previous:
                findings.append(Finding("heads_removed", f"One or more heads before number {number} were taken out."))
            if head.size < size:
                sentence = f"Head {number} covers {head.size} entries, the one before it {size}: the log went back."
                findings.append(Finding("truncation", sentence, leaf_index=head.size))
            size = head.size
            yield head
        previous = digest_of(note)


def _compare_copies(inside: Path, believed: Path, *, is_running: bool) -> Iterator[Finding]:
    here, there = read_notes(inside)[0], read_notes(believed)[0]
    common = min(len(here), len(there))
    if here[:common] != there[:common]:
        yield Finding("heads_disagree", f"{inside} and {believed} hold different heads.")
    elif len(here) > len(there) + 1 and not is_running:
        yield Finding("heads_removed", f"{believed} lacks the last {len(here) - common} heads of {inside}.")
    elif len(there) > len(here) + 1 and not is_running:
        yield Finding("heads_removed", f"{inside} lacks the last {len(there) - common} heads of {believed}.")


class _Examined:
    """The leaves of the tree, and what is wrong among records and leaves themselves."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self.findings: list[Finding] = []
        self.leaves: list[_Leaf] = []
        self._read_leaves()
        self._check_records()

    def _read_leaves(self) -> None:
        last_position = 0
        for index, position, leaf in self._evidence.leaves():
            while len(self.leaves) < index:
                gone = len(self.leaves)
                self.findings.append(Finding("deletion", f"Audit entry {gone} was deleted.", leaf_index=gone))
                self.leaves.append((None, _MISSING))
            if position < last_position:
                sentence = f"Audit entry {index} (position {position}) stands after a later one."
                self.findings.append(Finding("reordering", sentence, index, position))
            last_position = max(last_position, position)
            self.leaves.append((position, bytes(leaf)))

    def _check_records(self) -> None:
        index_at = {position: index for index, (position, _) in enumerate(self.leaves) if position is not None}
        index_of = {leaf: index for index, (_, leaf) in enumerate(self.leaves)}
        audited = {name for name, event in event_classes().items() if event.is_audited}
        expected = 1
        for row in self._evidence.records():
            record = record_of(row)
            self._missing(expected, record.position - 1, index_at)
            expected = record.position + 1
            index = index_at.pop(record.position, None)
            if index is not None:
                self._check_leaf(record, bytes(row[-1]), index, index_of)
            elif record.type in audited:
                self._say("deletion", "has no entry in the audit tree any more", record.position, None)
            elif record.digest() != row[-1]:
                self._say("edit", "was edited", record.position, None)
        self._missing(expected, max(index_at, default=0), index_at)

    def _missing(self, first: int, last: int, index_at: dict[int, int]) -> None:
        if last < first:
            return
        audited = sorted(position for position in index_at if first <= position <= last)
        for position in audited:
            self._say("deletion", "was deleted", position, index_at.pop(position))
        if not audited:
            self._say("deletion", f"was deleted, and so on up to position {last}", first, None)

    def _check_leaf(self, record: StoredRecord, digest: Hash, index: int, index_of: dict[Hash, int]) -> None:
        if record.digest() == self.leaves[index][1]:
            return
        elsewhere = index_of.get(digest, index)
        if elsewhere != index:
            self._say("reordering", f"stood as audit entry {elsewhere}", record.position, index)
        else:
            self._say("edit", "was edited", record.position, index)

    def _say(self, kind: str, what: str, position: int, index: int | None) -> None:
        name = "The record" if index is None else f"Audit entry {index},"
        self.findings.append(Finding(kind, f"{name} at position {position}, {what}.", index, position))


def _compare_with_heads(
    leaves: list[_Leaf], heads: list[TreeHead], copy: list[Hash], report: VerificationReport
) -> None:
    frontier = Frontier()
    fitting = 0
    for head in sorted(heads, key=lambda head: head.size):
        if head.size > len(leaves):
            gone = f"Audit entries {len(leaves)} to {head.size - 1} are gone: a signed head covers {head.size} entries."
            report.findings.append(Finding("truncation", gone, leaf_index=len(leaves)))
            return
        for _, leaf in itertools.islice(leaves, frontier.size, head.size):
            frontier.append(leaf)
        if frontier.root() != head.root:
            named = {finding.leaf_index for finding in report.findings}
            report.findings += _recomputed(leaves, fitting, _vouched(copy, heads), head, named)
            return
        fitting = head.size
    report.unsigned = len(leaves) - fitting


def _vouched(copy: list[Hash], heads: list[TreeHead]) -> list[Hash]:
    """Return as much of the copy of the leaves as the largest head that fits it vouches for."""
    frontier = Frontier()
    vouched = 0
    for head in sorted(heads, key=lambda head: head.size):
        if head.size > len(copy):
            break
        for leaf in itertools.islice(copy, frontier.size, head.size):
            frontier.append(leaf)
        if frontier.root() == head.root:
            vouched = head.size
    return copy[:vouched]


def _recomputed(
    leaves: list[_Leaf], fitting: int, copy: list[Hash], head: TreeHead, named: set[int | None]
) -> Iterator[Finding]:
    """Yield the entries from `fitting` on that are not what was signed, unless the database itself named them."""
    wrong = [n for n, (signed, leaf) in enumerate(zip(copy, leaves, strict=False)) if signed != leaf[1]]
    for index in wrong[:MOST_NAMED]:
        if index not in named:
            sentence = f"Audit entry {index} is not what was signed: the database was recomputed."
            yield Finding("recomputed", sentence, index, leaves[index][0])
    suspects = range(fitting, head.size)
    if wrong or named.intersection(suspects):
        return
    if not suspects:
        yield Finding("heads_disagree", f"Two signed heads over {head.size} entries differ.")
        return
    sentence = f"Among audit entries {fitting} to {head.size - 1} one is not what was signed."
    yield Finding("recomputed", sentence, fitting, leaves[fitting][0])


def _unsigned(leaves: list[_Leaf], count: int) -> Finding:
    first = len(leaves) - count
    sentence = (
        f"Audit entries from {first} on are under no signed head: "
        "the service was killed (start it once) or heads were removed."
    )
    return Finding("unsigned", sentence, first, leaves[first][0])
