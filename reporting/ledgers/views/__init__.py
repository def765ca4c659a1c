"""Pages of the ledger: a unit's months, the hand-in being checked, the receiver's decision, packages."""
