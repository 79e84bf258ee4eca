"""What overrides teach about the policy: changes of it that are proposed with evidence, never made in silence."""
