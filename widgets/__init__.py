"""Qt parts that know no orders and no drivers: tokens, marks, tables, charts, the map and its base map."""
