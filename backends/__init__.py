"""The backends, one module each; a module's name with dashes is the backend's name.

Modules that begin with an underscore hold what several of them share.
"""
