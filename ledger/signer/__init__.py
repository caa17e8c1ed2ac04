"""The signer of the record: a process of its own with its own key and memory, without Django or a database.

It trusts nobody about the past. What it once signed stands in its memory, and it signs a larger tree only after
it has hashed the published entries itself and found the old tree at their beginning.
"""
