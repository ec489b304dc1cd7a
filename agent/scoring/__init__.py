"""How far a plan agrees with what people expected: their file and the plan's parts in, figures and every difference out.

The evaluation and ``figwright score`` count with the same code.
"""

from agent.scoring.agreement import adjusted_rand, agreement_scores, labelled, mojo, mojofm, pairwise_f1
from agent.scoring.expected import Expected, ExpectedEntry, ExpectedFinding, read_expected, read_members
from agent.scoring.score import Found, Score, score_plan
from agent.scoring.telling import tell_score
from agent.scoring.units import find_units

__all__ = [
    "Expected",
    "ExpectedEntry",
    "ExpectedFinding",
    "Found",
    "Score",
    "adjusted_rand",
    "agreement_scores",
    "find_units",
    "labelled",
    "mojo",
    "mojofm",
    "pairwise_f1",
    "read_expected",
    "read_members",
    "score_plan",
    "tell_score",
]
