"""This control room's screens: panels, dialogs and the main window that composes them."""
