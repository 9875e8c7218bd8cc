"""Official papers of goods, as PDF."""
