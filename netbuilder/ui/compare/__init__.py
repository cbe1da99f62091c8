"""Two projects side by side, with what was added, removed and changed marked."""
