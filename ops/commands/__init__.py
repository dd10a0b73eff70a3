"""The commands of `microtask`. Each module holds the command, or the group of commands, of its name."""
