"""Reusable parts of a panel: title bar, buttons with keys, chips, banners, lists, fact grids, sheets."""
