"""The checks of an audit, a file for each stage of a run."""
