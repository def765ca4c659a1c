"""Our figures beside a peer's and the floor; see README.md in this folder."""
