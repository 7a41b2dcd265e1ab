"""QuantStats tear sheets."""
