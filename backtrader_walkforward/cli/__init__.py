"""The command: arguments, subcommands, exit codes."""
