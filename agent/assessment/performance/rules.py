"""The rules of the performance lens."""

from __future__ import annotations

from agent.domain.finding import Rule

__all__ = ["BY_ID", "RULES"]

_LENS = "performance"

RULES = (
    Rule(
        id="performance.query-in-loop", lens=_LENS, severity="medium", title="A query runs once for each item of a loop",
        matches="Reads and writes of tables inside a loop's body, directly or by a function that the body calls.",
        why="With the database one network hop further away, each round costs that hop; the page's time grows with its rows.",
        remedy="Fetch all at once (a join, IN, a batch, the mapper's eager loading) and look up in memory.",
        step="Take queries out of loops", references=("CWE-1073",),
    ),
    Rule(
        id="performance.unbounded-read", lens=_LENS, severity="medium", title="A request reads a growing table as a whole",
        matches="Reads without condition and limit, on a request's path, of tables that requests also write.",
        why="It gets slower with each row that customers add, and an instance's memory has to hold them all.",
        remedy="Page it (by key rather than by offset), or answer from a summary.",
        step="Bound what a request reads", references=("CWE-1049", "CWE-770"),
    ),
    Rule(
        id="performance.external-call", lens=_LENS, severity="medium", title="A request waits for another system",
        matches="HTTP, SOAP, FTP and mail calls in code that is reached from a route.",
        why="Its slowness becomes ours, and its outage takes all workers; from the cloud it may be a wide-area hop further away.",
        remedy="Queue what needs no answer; give the rest a time-out, few retries and a circuit breaker.",
        step="Decouple requests from other systems", references=("CWE-1088",),
    ),
    Rule(
        id="performance.no-timeout", lens=_LENS, severity="medium", title="A call to another system has no time-out",
        matches="Calls of HTTP clients that wait for ever unless told otherwise, without a time-out at the call or in the file.",
        why="A partner that hangs holds a worker for ever.",
        remedy="Set a time-out for connecting and one for reading, shorter than the caller's.",
        step="Decouple requests from other systems", references=("CWE-1088",),
    ),
    Rule(
        id="performance.missing-index", lens=_LENS, severity="low", title="A query looks for a column without an index",
        matches="Equality conditions of SQL statements on columns of declared tables that no key or index starts with, where no other "
        "condition of the statement has one.",
        why="The table is read as a whole each time; a managed database bills and slows by what is read.",
        remedy="Look at the plan on real volumes; add the index in a migration before the load test.",
        step="Add the indexes that queries need", references=("CWE-1067",),
    ),
    Rule(
        id="performance.local-session", lens=_LENS, severity="medium", title="Sessions live in one process or on one disk",
        matches="Session stores in memory or in local files: Express' default, PHP's default, Java's HttpSession, filesystem stores.",
        why="A second replica, or a new one, does not know who is logged in.",
        remedy="Keep sessions in a shared store, or in a signed cookie; sticky routing only for the time of the move.",
        step="Make the process stateless",
    ),
    Rule(
        id="performance.local-cache", lens=_LENS, severity="low", title="State is kept in one process",
        matches="Maps and lists at module level or in static fields that functions fill.",
        why="Two replicas see two truths, and a restart forgets it.",
        remedy="Decide for each: a shared cache, a short life where staleness does no harm, or the database.",
        step="Make the process stateless",
    ),
    Rule(
        id="performance.local-timer", lens=_LENS, severity="medium", title="A timer runs in every replica",
        matches="Schedulers and intervals inside the application: @Scheduled, TimerTask, setInterval, node-cron, APScheduler.",
        why="With two replicas the job runs twice.",
        remedy="Make it a job of the platform (CronJob), or elect one runner by a lock in the database; make it idempotent.",
        step="Make the process stateless",
    ),
    Rule(
        id="performance.local-lock", lens=_LENS, severity="medium", title="A lock holds on one machine only",
        matches="File locks and lock files that keep two runs apart.",
        why="A second replica, or a job in another container, does not see it.",
        remedy="Lock in the database or let the platform forbid concurrent runs (concurrencyPolicy: Forbid).",
        step="Make the process stateless",
    ),
    Rule(
        id="performance.local-file", lens=_LENS, severity="medium", title="Uploads are kept on the local disk",
        matches="Uploads that are moved to a folder of the machine.",
        why="A container's disk is gone with it, and the second replica never had the file.",
        remedy="Put them into an object store behind one adapter; serve them by signed addresses.",
        step="Make the process stateless",
    ),
    Rule(
        id="performance.chatty", lens=_LENS, severity="medium", title="A use case would cross services often",
        matches="Routes and jobs whose call tree has five or more distinct calls between proposed services.",
        why="Every call adds the latency between services and its own chance to fail.",
        remedy="Offer a coarser operation, hand over what the callee needs, or keep the two together.",
    ),
    Rule(
        id="performance.leading-wildcard", lens=_LENS, severity="low", title="A search begins with a wildcard",
        matches="LIKE '%...' in SQL, and the same in queries of mappers, written out or put together.",
        why="No ordinary index serves it: the table is read from end to end for each search, and a managed database bills and slows by what is read.",
        remedy="Search by the beginning where that is enough; else a full-text or trigram index, or a search service fed by events.",
        step="Make queries fit for a network", references=("CWE-1176",),
    ),
    Rule(
        id="performance.upload-in-memory", lens=_LENS, severity="low", title="An upload is held in memory as a whole",
        matches="file_get_contents of $_FILES, .read() of request files, byte arrays of multipart parts, multer's memory storage.",
        why="A few large files at once take the memory of an instance, and with it everybody else's requests.",
        remedy="Stream it to an object store by a signed address, limit its size at the gateway, and process it from a queue.",
        step="Make the process stateless", references=("CWE-400",),
    ),
)  # fmt: skip
BY_ID = {rule.id: rule for rule in RULES}
