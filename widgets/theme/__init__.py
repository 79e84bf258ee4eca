"""How the desk looks: colour tokens, type, icons, the style sheet, and the arithmetic of contrast."""
