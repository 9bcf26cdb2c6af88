"""The regulation, one module per article of the plan: pure Python, plain values in and out.

The draws follow LAQD/1; all refusals are `errors.RuleError`, a Chinese sentence. Public:

- `sizes`: `SizeRule`, `size_by_rule`, `report_size` (warns under 10%)
- `precision`: `failure_interval`, `chance_of_meeting`
- `freeze`: `parse_freeze`; `freeze_sample.build_sample`, `freeze_experts.build_experts`,
  `freeze_match.build_match`; `canonical.Head` holds the common headers
- `seeds`: `check_digits`, `check_seed`, `compare_typings`, `readback`, `commitment`, `SeedSource`
- `sampling`: `announced_quotas` (before the seed), `draw_sample`, `next_reserve`
- `panels`: `check_pool` (before the seed), `draw_experts`, `replace_expert`
- `matching`: `prepare` (the proof before the seed), `draw_match`; `rematching`: `replace_case`,
  `recuse_late`; `conflicts.Recusals`
- `certificates`: `run_draw` (the one computation, any kind), `build_certificate`,
  `certificate_json`, `load_certificate`; `results`: `result_text`, `result_hash`
- `verification.verify`, `chains.verify_chain`; `explain.explain_case`; `characters.skeleton`
"""
