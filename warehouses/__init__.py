"""Places, lots and the stock ledger: where every pack is and how it came there.

Not for why goods move: orders, transfers and hand-overs live above and leave a document reference here.
"""
