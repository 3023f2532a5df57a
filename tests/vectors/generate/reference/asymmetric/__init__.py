"""Public keys and the signatures that they verify, in the plainest way: not constant-time."""
