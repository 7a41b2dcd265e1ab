"""Studies behind the defaults and the verdict: hours of training, run by hand."""
