"""Backup and restore: what leaves the machine is encrypted to a key whose private half is not on it."""
