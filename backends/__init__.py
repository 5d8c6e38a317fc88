"""The backends, one module each; the name of a backend is that of its module, with dashes.

These modules are light to import: libraries are imported when a session class is asked for. Packages whose
names begin with an underscore contain the sessions, and what several backends share.
"""
