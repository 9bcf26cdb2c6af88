"""The built-in Word templates, drawn once after GB/T 9704; the bureau edits copies in Word."""
