"""The significance of a panel: what is tested, the warnings and the words of the verdict."""
