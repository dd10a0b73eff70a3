"""The commands of `microtask`: a module for each command or group of commands."""
