"""核验: every invariant re-checked over what is stored, for operators and auditors."""
