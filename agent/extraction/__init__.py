"""Takes a service out of a monolith by evidence: records requests, replays them against both sides, compares the answers."""

from agent.extraction.comparing import compare
from agent.extraction.ground import Ground
from agent.extraction.recording import Recording, read_recording, record
from agent.extraction.replaying import Replayed, Side, replay, replay_sides

__all__ = ["Ground", "Recording", "Replayed", "Side", "compare", "read_recording", "record", "replay", "replay_sides"]
