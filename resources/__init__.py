"""What ships with Tower and is not code: the demo city, map page parts, style sheets, translations."""
