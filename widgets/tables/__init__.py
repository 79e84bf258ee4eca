"""Dense tables with declared columns: the record model, its order, its cell painting and its view."""
