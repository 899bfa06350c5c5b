"""The tests: a package, so that files may share `tests.op_cases` and mirror the packages they test."""
