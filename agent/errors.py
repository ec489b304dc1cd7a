"""Every error that figwright raises on purpose, as one tree; a user sees the message and no traceback.

FigwrightError
├── InputError            what the user gave cannot be used (path, URL, revision, option)
│   ├── RepositoryError   the repository cannot be read: missing, empty, not clonable, no such revision
│   ├── UnusablePatchError   a patch that does not apply, or does what a change must not
│   └── BoundariesError   a boundaries file that contradicts itself or the code; names the line
├── SettingsError         a configuration file or variable with an unknown key or a bad value
├── OutputError           a result cannot be written: disk full, permission, an edited file in the way
├── ValidationError        tests cannot be run: the common root of what follows
│   ├── SandboxError      no box can be made on this machine, or the one asked for is not there
│   └── EnvironmentUnmakeableError   what the tests need cannot be had here; names the step
├── ContainerError         a container cannot be built, started or asked
├── ExtractionError        a service cannot be taken out: no boundary of that name, no routes, nothing that can be replayed
├── DeliveryError          branches cannot be made or pushed
│   └── ForgeError         a forge (GitHub, GitLab, Gitea) refused or cannot be reached
│       └── ForgeUnsureError  nobody knows whether a write was carried out: look before it is tried again
└── IndexUnusableError         the vector index or a cache cannot be opened and could not be rebuilt

Each message says what happened, where, and what to do next, in one sentence.
"""

from __future__ import annotations

__all__ = [
    "BoundariesError",
    "ContainerError",
    "DeliveryError",
    "EnvironmentUnmakeableError",
    "ExtractionError",
    "FigwrightError",
    "ForgeError",
    "ForgeUnsureError",
    "IndexUnusableError",
    "InputError",
    "OutputError",
    "RepositoryError",
    "SandboxError",
    "SettingsError",
    "UnusablePatchError",
    "ValidationError",
]


class FigwrightError(Exception):
    """The root of the tree; its text is shown to the user as it is."""


class InputError(FigwrightError):
    """What the user asked for cannot be used as it stands."""


class RepositoryError(InputError):
    """The repository cannot be read."""


class BoundariesError(InputError):
    """A boundaries file contradicts itself or the code; the message names its line."""


class UnusablePatchError(InputError):
    """A patch that does not apply as it stands, or that does what a change must not: a link, a path outside."""


class SettingsError(FigwrightError):
    """A configuration source holds an unknown key or a value that does not fit."""


class OutputError(FigwrightError):
    """A result cannot be written where it was asked for."""


class IndexUnusableError(FigwrightError):
    """The vector index or another cache cannot be opened and could not be rebuilt."""


class ValidationError(FigwrightError):
    """Tests cannot be run."""


class SandboxError(ValidationError):
    """No box can be made on this machine, or not the one that was asked for."""


class EnvironmentUnmakeableError(ValidationError):
    """What the tests need cannot be had here; the message names what is missing and what to do."""


class ContainerError(FigwrightError):
    """No container program can be used here, or it refused what was asked of it."""


class ExtractionError(FigwrightError):
    """A service cannot be taken out as asked; the message says what stands in the way."""


class DeliveryError(FigwrightError):
    """Branches cannot be made, pushed or read back."""


class ForgeError(DeliveryError):
    """A forge refused what was asked of it, or cannot be reached."""


class ForgeUnsureError(ForgeError):
    """A write went out and no answer came back: it may have been carried out."""
