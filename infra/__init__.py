"""The way from this repository to a cloud: package one template, deploy it, and the local cloud to deploy it to."""
