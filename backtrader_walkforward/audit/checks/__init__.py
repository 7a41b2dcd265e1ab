"""The checks of an audit, one file for each stage of a run."""
