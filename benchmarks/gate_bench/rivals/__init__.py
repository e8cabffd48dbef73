"""Acceptors that look reasonable and are not, one file each: the bench must see every one of them fail."""
