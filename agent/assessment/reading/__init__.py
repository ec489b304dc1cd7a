"""Source text for lenses: a file's bytes in; the text, the same with comments and strings blanked, calls and loops out."""

from agent.assessment.reading.blocks import Block, functions, loops
from agent.assessment.reading.calls import Call, calls
from agent.assessment.reading.masking import Source, read_source
from agent.assessment.reading.patterns import Pattern, match_patterns

__all__ = ["Block", "Call", "Pattern", "Source", "calls", "functions", "loops", "match_patterns", "read_source"]
