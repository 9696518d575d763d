"""What runs inside the clean kernel and watches it; it needs only the standard library.

The kernel may belong to an environment that holds nothing of ours, so this package is loaded from
its folder, under another name, and its modules import each other relatively. A live session
imports it as it is, for the digests.
"""
