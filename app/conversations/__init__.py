"""The exchange between one contact and us: its messages, its owner, where it stands."""
