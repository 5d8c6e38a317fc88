"""The operations that are compared, one module each; other distributions add theirs by an entry point.

An operation is a frozen dataclass. From its fields follow its JSON, its command line options, the
call of the session's method, and what identifies a case. See `rasterbout.operations.operation`.
"""
