"""异议申辩、复评、问题处理和归档; also the year at a glance, which looks at everything below."""
