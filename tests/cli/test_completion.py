"""What a shell completes."""

import re

from backtrader_walkforward.cli.main import main


def test_a_shell_completes_the_names_of_predictors_and_strategies(capsys):
    assert main(["completion", "bash"]) == 0
    script = capsys.readouterr().out
    for option, names in {"predictor": {"lstm", "ridge", "naive"}, "strategies": {"kelly", "fixed"}}.items():
        [choices] = re.findall(rf"^_shtab_\w+_run___{option}_choices=\((.*)\)$", script, re.MULTILINE)
        assert names <= set(choices.split())
