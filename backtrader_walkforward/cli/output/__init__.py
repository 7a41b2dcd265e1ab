"""What a command gives: streams that may be lost, and what it hands over at its end."""
