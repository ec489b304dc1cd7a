"""The loop that proposes, judges and keeps patches: a repository in, patches with their verdicts out."""
