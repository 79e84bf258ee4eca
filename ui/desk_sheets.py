"""The dialogs of one desk, made once and opened over it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtWidgets import QWidget

from ui.about_sheet import AboutSheet, versions_in_words
from ui.coverage_sheet import CoverageSheet
from ui.depots.depots_sheet import DepotsSheet
from ui.desk_context import DeskContext
from ui.desk_settings import SettingsFile
from ui.invitation_file import InvitationFiles
from ui.keys_sheet import KeysSheet
from ui.override_ledger_sheet import OverrideLedgerSheet
from ui.palette import Palette
from ui.panels.override_sheet import OverrideSheet
from ui.policy_sheet import PolicySheet
from ui.report_sheet import ReportSheet
from ui.settings_sheet import SettingsSheet
from ui.sources_sheet import SourcesSheet
from ui.wave_sheet import WaveSheet
from ui.why_not_sheet import WhyNotSheet


class DeskSheets:
    """Override, keys, palette, settings, policy, ledger, coverage, sources, waves, depots, why not, about, report.

    Parameters
    ----------
    over : QWidget
    context : DeskContext
    settings : SettingsFile
    state_dir : where the invitation is kept, and reports are saved in a folder of their own
    """

    def __init__(self, over: QWidget, context: DeskContext, settings: SettingsFile, state_dir: Path) -> None:
        self.override = OverrideSheet(over, context)
        self.keys = KeysSheet(over, context.person.role)
        self.palette = Palette(over, context)
        self.settings = SettingsSheet(over, settings, InvitationFiles(state_dir / "invitation", over))
        self.policy = PolicySheet(over, context)
        self.ledger = OverrideLedgerSheet(over, context)
        self.coverage = CoverageSheet(over, context)
        self.sources = SourcesSheet(over, context)
        self.waves = WaveSheet(over, context)
        self.depots = DepotsSheet(over, context)
        self.why_not = WhyNotSheet(over, context)
        self.about = AboutSheet(over, context.store)
        self.report = ReportSheet(
            over, state_dir / "reports", lambda: versions_in_words(context.store), _stamp_of(context)
        )

    @property
    def is_open(self) -> bool:
        """Whether one lies over the desk."""
        sheets = (
            self.override,
            self.keys,
            self.palette,
            self.settings,
            self.policy,
            self.ledger,
            self.coverage,
            self.sources,
            self.waves,
            self.depots,
            self.why_not,
            self.about,
            self.report,
        )
        return any(sheet.isVisible() for sheet in sheets)


def _stamp_of(context: DeskContext) -> Callable[[], str]:
    """Return what tells the operation time in the form that file names take."""
    return lambda: datetime.fromtimestamp(context.now(), context.zone).strftime("%Y%m%d-%H%M%S")
