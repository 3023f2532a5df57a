"""An independent reading of the verdict rules, in plain Python.

Written from the specification alone, for the corpus generator: clarity over speed, and not
constant time. Never use it to protect anything.
"""
