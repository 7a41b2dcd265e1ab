"""How to use the parts in scripts of your own."""
