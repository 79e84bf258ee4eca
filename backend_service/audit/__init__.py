"""The audit trail: signed heads over a tree of audited records, and the proof that nothing was changed."""
