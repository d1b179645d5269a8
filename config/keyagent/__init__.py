"""The key agent as a process: the only one that can read the organisations' private keys and the shred salts."""
