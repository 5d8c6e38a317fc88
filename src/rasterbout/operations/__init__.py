"""The operations, one module each; other distributions add theirs through an entry point.

An operation is a frozen dataclass. Its fields determine its JSON, its command line options, the
arguments of the session's method, and the key of a case. See `rasterbout.operations.operation`.
"""
