"""Names of files that one step leaves and others read; light, so that a report loads no model's libraries."""

ROWS = "rows.jsonl"
AUDIT = "group_audit.json"
HARNESS_OUTPUT = "lm_eval"
