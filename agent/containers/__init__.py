"""Containers: deployables found, their Dockerfiles, Compose and Kubernetes files, and the facade in front of them."""
