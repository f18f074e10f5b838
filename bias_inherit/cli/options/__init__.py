"""Options that several commands share: read off settings, margins of equivalence, and flags."""
