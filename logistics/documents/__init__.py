"""Official papers of goods that are sent, as PDF."""
