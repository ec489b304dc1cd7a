"""What both sides run while tables move: outbox, triggers, fence, and the function that takes events in. A split in, SQL out.

The rules that it keeps:

- an event carries the whole row and a version from one sequence; row locks make versions of one row grow in the order of commits;
- the target takes an event only if its version is higher than what it holds, so that repeated and swapped events do no harm, and a
  deleted row leaves its version behind as a tombstone;
- rows of a backfill have version 0: any event wins over them;
- a fence is a trigger: switching it on waits for every transaction that has written, and no later one gets past it.
"""

from __future__ import annotations

from agent.extraction.own_schema.split import Split, quoted
from agent.extraction.own_schema.tables import Table

__all__ = ["end_sql", "remove_sql"]

_BOOKS = """\
CREATE SCHEMA split;

-- One sequence for all versions. A gap is a transaction that was rolled back.
CREATE SEQUENCE split.version;

-- What happened here and has not been acknowledged by the other side. op: U row as it is now, D row is gone,
-- L and H low and high watermark of a backfilled chunk, M marker.
CREATE TABLE split.outbox (
  seq bigint PRIMARY KEY DEFAULT nextval('split.version'),
  tab text NOT NULL,
  op "char" NOT NULL,
  key jsonb NOT NULL,
  row jsonb,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- What came from the other side: the version of each row, and whether that was its end.
CREATE TABLE split.applied (
  tab text,
  key jsonb,
  version bigint NOT NULL,
  deleted boolean NOT NULL,
  PRIMARY KEY (tab, key)
);

-- Counters for a monitor. repeated: the same event again; late: one that a newer one had overtaken; dropped: a backfilled row
-- that was older than what is here.
CREATE TABLE split.seen (what text PRIMARY KEY, number bigint NOT NULL);
INSERT INTO split.seen VALUES ('applied', 0), ('repeated', 0), ('late', 0), ('dropped', 0);

CREATE TABLE split.chunk (tab text, first jsonb, last jsonb, rows bigint, low bigint, high bigint, PRIMARY KEY (tab, low));
CREATE TABLE split.heartbeat (name text PRIMARY KEY, at timestamptz NOT NULL);
CREATE TABLE split.setting (name text PRIMARY KEY, value text NOT NULL);

-- Every change of the application's, within its own transaction. What arrives from the other side is not sent back.
CREATE FUNCTION split.capture() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $split$
DECLARE
  key_before jsonb;
  key_after jsonb;
BEGIN
  IF current_setting('split.applying', true) = 'on' THEN
    RETURN NULL;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    key_before := (SELECT jsonb_object_agg(name, to_jsonb(OLD) -> name) FROM unnest(TG_ARGV) AS name);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    key_after := (SELECT jsonb_object_agg(name, to_jsonb(NEW) -> name) FROM unnest(TG_ARGV) AS name);
  END IF;
  IF key_before IS NOT NULL AND key_before IS DISTINCT FROM key_after THEN
    INSERT INTO split.outbox (tab, op, key) VALUES (TG_TABLE_NAME, 'D', key_before);
  END IF;
  IF key_after IS NOT NULL THEN
    INSERT INTO split.outbox (tab, op, key, row) VALUES (TG_TABLE_NAME, 'U', key_after, to_jsonb(NEW));
  END IF;
  RETURN NULL;
END
$split$;

CREATE FUNCTION split.refuse() RETURNS trigger LANGUAGE plpgsql AS $split$
BEGIN
  IF TG_OP <> 'TRUNCATE' AND current_setting('split.applying', true) = 'on' THEN
    RETURN NULL;
  END IF;
  IF TG_OP = 'TRUNCATE' THEN
    RAISE EXCEPTION '% cannot be truncated while it moves: delete its rows', TG_TABLE_NAME USING ERRCODE = 'SP002';
  END IF;
  RAISE EXCEPTION '% is not written here now: ask the other side', TG_TABLE_NAME USING ERRCODE = 'SP001';
END
$split$;

-- The foreign keys of these columns, whatever they are called.
CREATE FUNCTION split.drop_reference(space text, tab text, names text[]) RETURNS void LANGUAGE plpgsql AS $split$
DECLARE
  one record;
BEGIN
  FOR one IN
    SELECT c.conname FROM pg_constraint c
    WHERE c.contype = 'f' AND c.conrelid = format('%I.%I', space, tab)::regclass
      AND ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY AS k(num, place)
                JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.num ORDER BY k.place) = names
  LOOP
    EXECUTE format('ALTER TABLE %I.%I DROP CONSTRAINT %I', space, tab, one.conname);
  END LOOP;
END
$split$;
"""

_APPLY = """\
-- Takes a list of events in, in its order, all or none. Without ``guarded`` it believes everything: that is for drills.
CREATE FUNCTION split.apply(events jsonb, guarded boolean DEFAULT true) RETURNS void LANGUAGE plpgsql AS $split$
DECLARE
  one record;
  fresh boolean;
  held bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('split.apply'));
  PERFORM set_config('split.applying', 'on', true);
  SET CONSTRAINTS ALL DEFERRED;
  FOR one IN
    SELECT (e.value ->> 'seq')::bigint AS seq, e.value ->> 'tab' AS tab, e.value ->> 'op' AS op,
           e.value -> 'key' AS key, e.value -> 'row' AS row
    FROM jsonb_array_elements(events) WITH ORDINALITY AS e(value, place) WHERE e.value ->> 'op' IN ('U', 'D')
    ORDER BY e.place
  LOOP
    fresh := NULL;
    INSERT INTO split.applied AS a VALUES (one.tab, one.key, one.seq, one.op = 'D')
    ON CONFLICT (tab, key) DO UPDATE SET version = excluded.version, deleted = excluded.deleted
    WHERE NOT guarded OR a.version < excluded.version
    RETURNING true INTO fresh;
    IF fresh IS NULL THEN
      SELECT version INTO held FROM split.applied WHERE tab = one.tab AND key = one.key;
      UPDATE split.seen SET number = number + 1
      WHERE what = CASE WHEN one.seq = 0 THEN 'dropped' WHEN held = one.seq THEN 'repeated' ELSE 'late' END;
      CONTINUE;
    END IF;
    UPDATE split.seen SET number = number + 1 WHERE what = 'applied';
    CASE one.tab
{cases}
    END CASE;
  END LOOP;
END
$split$;
"""

_CASE = """\
      WHEN '{name}' THEN
        IF one.op = 'D' THEN
          DELETE FROM {table} WHERE ({key}) =
            (SELECT {key} FROM jsonb_populate_record(NULL::{table}, one.key));
        ELSE
          INSERT INTO {table} ({columns})
          SELECT {columns} FROM jsonb_populate_record(NULL::{table}, one.row)
          ON CONFLICT ({key}) DO {update};
        END IF;
"""


def end_sql(split: Split, schema: str, *, written: bool) -> str:
    """Books, triggers and the apply function of one side. ``written``: the application writes here; else its writes are refused."""
    cases = "".join(_case(one, schema) for one in split.tables).rstrip("\n")
    return (
        _BOOKS
        + "\n"
        + _APPLY.replace("{cases}", cases)
        + "\n"
        + "".join(_triggers(one, schema, written) for one in split.tables)
    )


def _case(table: Table, schema: str) -> str:
    columns = [one.name for one in table.columns]
    changed = [name for name in columns if name not in table.key]
    update = (
        "UPDATE SET " + ", ".join(f"{quoted(one)} = excluded.{quoted(one)}" for one in changed)
        if changed
        else "NOTHING"
    )
    return (
        _CASE.replace("{columns}", ", ".join(quoted(one) for one in columns))
        .replace("{key}", ", ".join(quoted(one) for one in table.key))
        .replace("{update}", update)
        .replace("{table}", f"{quoted(schema)}.{quoted(table.name)}")
        .replace("{name}", table.name)
    )


def _triggers(table: Table, schema: str, written: bool) -> str:
    name = f"{quoted(schema)}.{quoted(table.name)}"
    keys = ", ".join(f"'{one}'" for one in table.key)
    off = "split_fence" if written else "split_capture"
    return (
        f"CREATE TRIGGER split_capture AFTER INSERT OR UPDATE OR DELETE ON {name}\n"
        f"  FOR EACH ROW EXECUTE FUNCTION split.capture({keys});\n"
        f"CREATE TRIGGER split_truncate BEFORE TRUNCATE ON {name} EXECUTE FUNCTION split.refuse();\n"
        f"CREATE TRIGGER split_fence BEFORE INSERT OR UPDATE OR DELETE ON {name} EXECUTE FUNCTION split.refuse();\n"
        f"ALTER TABLE {name} DISABLE TRIGGER {off};\n\n"
    )


def remove_sql(split: Split, schema: str) -> str:
    """Leaves the tables as they are, and nothing else."""
    lines = []
    for table in split.tables:
        name = f"{quoted(schema)}.{quoted(table.name)}"
        lines += [
            f"DROP TRIGGER IF EXISTS {one} ON {name};" for one in ("split_capture", "split_truncate", "split_fence")
        ]
    return "\n".join([*lines, "DROP SCHEMA IF EXISTS split CASCADE;"]) + "\n"
