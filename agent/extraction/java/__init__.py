"""Records and replays requests to Java servlets: the same recordings and answers as `agent.extraction`'s, made under a JVM."""

from agent.extraction.java.recording import record_java, types_in_sessions
from agent.extraction.java.replaying import load_java, replay_java
from agent.extraction.java.staging import stage_java

__all__ = ["load_java", "record_java", "replay_java", "stage_java", "types_in_sessions"]
