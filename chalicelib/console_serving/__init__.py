"""The web console: serves the files that infra/console_build.py builds from console/, under a strict policy."""
