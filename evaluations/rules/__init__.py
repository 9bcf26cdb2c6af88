"""The regulation, one module per article of the plan: pure Python, plain values in and out."""
