"""Opens what ships with Tower: the one way from a name below `resources/` to a path on disk."""

from importlib import resources
from pathlib import Path


def open_path(name: str) -> Path:
    """Return the path of a shipped file or folder.

    Parameters
    ----------
    name : str
        The name below `resources/`, with forward slashes, such as ``"city/la_serena.osm.pbf"``.

    Returns
    -------
    Path
        The absolute path.

    Raises
    ------
    FileNotFoundError
        When nothing of this name ships, or the name leads out of the folder.
    """
    folder = Path(str(resources.files("resources"))).resolve()
    path = (folder / name).resolve()
    if not path.is_relative_to(folder) or not path.exists():
        raise FileNotFoundError(f"no such resource: {name}")
    return path
