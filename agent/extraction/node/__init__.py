"""Records and replays the HTTP requests of Node.js programs: the same recordings and answers as `agent.extraction`'s, made under Node.js."""

from agent.extraction.node.recording import record_node
from agent.extraction.node.replaying import replay_node
from agent.extraction.node.staging import run_script, stage_node, top_names

__all__ = ["record_node", "replay_node", "run_script", "stage_node", "top_names"]
