"""Who takes which bundle, and for whom waiting still helps: set partitioning over bundles and drivers."""
