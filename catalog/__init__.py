"""What a child gets: items, kit kinds, versions of kit standards.

Not for stock: a catalogue line says how many packs belong in a set, never how many there are.
"""
