"""The service's own command with a recording VFS below it: ``python -m backend_service.chaos.recorded_service``.

Its first argument is the record, its second the data directory whose files are recorded; the rest is the command.
"""

from __future__ import annotations

import sys
from pathlib import Path

from backend_service.__main__ import main
from backend_service.chaos.recorded_writes import Recorder
from backend_service.chaos.recording_vfs import RecordingVfs

if __name__ == "__main__":
    record, root, *command = sys.argv[1:]
    RecordingVfs(Recorder(Path(root), Path(record))).install()
    raise SystemExit(main(command))
