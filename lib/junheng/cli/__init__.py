"""The command line: one module a command, over shared options and wording."""
