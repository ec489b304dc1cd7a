-- Service desk. SQLite since 2012. Foreign keys are not declared, the import of
-- 2012 had too many orphans (HD-291).

CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE audit_log (id INTEGER PRIMARY KEY, at TEXT, who TEXT, what TEXT, detail TEXT);

CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT, email TEXT);
CREATE TABLE agents (
    id INTEGER PRIMARY KEY, login TEXT UNIQUE, name TEXT, email TEXT, pw_md5 TEXT, role TEXT DEFAULT 'agent',
    team_id INTEGER, active INTEGER DEFAULT 1, last_seen TEXT, open_count INTEGER DEFAULT 0
);
CREATE TABLE absences (
    id INTEGER PRIMARY KEY, agent_id INTEGER, from_day TEXT, to_day TEXT, reason TEXT, cover_agent_id INTEGER
);

CREATE TABLE customers (
    id INTEGER PRIMARY KEY, code TEXT UNIQUE, name TEXT, street TEXT, city TEXT, phone TEXT, active INTEGER DEFAULT 1,
    notes TEXT, open_tickets INTEGER DEFAULT 0, last_contact TEXT
);
CREATE TABLE contacts (
    id INTEGER PRIMARY KEY, customer_id INTEGER, name TEXT, email TEXT, phone TEXT, portal_md5 TEXT
);
CREATE TABLE contracts (
    id INTEGER PRIMARY KEY, customer_id INTEGER, number TEXT, sla_id INTEGER, starts TEXT, ends TEXT,
    minutes_included INTEGER DEFAULT 0, minutes_used INTEGER DEFAULT 0, rate_cents INTEGER DEFAULT 0
);

CREATE TABLE tickets (
    id INTEGER PRIMARY KEY, number TEXT, customer_id INTEGER, contact_id INTEGER, contract_id INTEGER, subject TEXT,
    status TEXT DEFAULT 'new', priority INTEGER DEFAULT 3, team_id INTEGER, agent_id INTEGER, source TEXT,
    created TEXT, changed TEXT, first_reply TEXT, closed TEXT, due_reply TEXT, due_fix TEXT,
    escalation INTEGER DEFAULT 0, merged_into INTEGER
);
CREATE TABLE ticket_messages (
    id INTEGER PRIMARY KEY, ticket_id INTEGER, kind TEXT, author TEXT, body TEXT, created TEXT
);
CREATE TABLE attachments (
    id INTEGER PRIMARY KEY, ticket_id INTEGER, name TEXT, stored TEXT, size INTEGER, created TEXT
);
CREATE TABLE time_entries (
    id INTEGER PRIMARY KEY, ticket_id INTEGER, agent_id INTEGER, day TEXT, minutes INTEGER, billable INTEGER DEFAULT 1,
    billed_run INTEGER, text TEXT
);

CREATE TABLE kb_categories (id INTEGER PRIMARY KEY, name TEXT, position INTEGER DEFAULT 0);
CREATE TABLE kb_articles (
    id INTEGER PRIMARY KEY, category_id INTEGER, title TEXT, body TEXT, status TEXT DEFAULT 'draft', author_id INTEGER,
    created TEXT, changed TEXT, views INTEGER DEFAULT 0, good INTEGER DEFAULT 0, bad INTEGER DEFAULT 0
);
CREATE TABLE kb_links (ticket_id INTEGER, article_id INTEGER, agent_id INTEGER, created TEXT);

CREATE TABLE mail_queue (
    id INTEGER PRIMARY KEY, to_addr TEXT, subject TEXT, body TEXT, created TEXT, sent TEXT, tries INTEGER DEFAULT 0,
    error TEXT
);
CREATE TABLE mail_templates (name TEXT PRIMARY KEY, subject TEXT, body TEXT);
CREATE TABLE mail_seen (message_id TEXT PRIMARY KEY, received TEXT);

CREATE TABLE sla_policies (
    id INTEGER PRIMARY KEY, name TEXT, reply_minutes INTEGER, fix_minutes INTEGER, hours_from INTEGER, hours_to INTEGER,
    days TEXT
);
CREATE TABLE holidays (day TEXT PRIMARY KEY, name TEXT);
CREATE TABLE escalations (
    id INTEGER PRIMARY KEY, ticket_id INTEGER, level INTEGER, kind TEXT, created TEXT, told TEXT
);

CREATE TABLE billing_runs (id INTEGER PRIMARY KEY, created TEXT, file TEXT, lines INTEGER, minutes INTEGER, sent TEXT);

-- 2013 and later
CREATE TABLE canned_replies (id INTEGER PRIMARY KEY, team_id INTEGER, title TEXT, body TEXT, used INTEGER DEFAULT 0);
CREATE TABLE watchers (ticket_id INTEGER, agent_id INTEGER, PRIMARY KEY (ticket_id, agent_id));
CREATE TABLE assets (
    id INTEGER PRIMARY KEY, customer_id INTEGER, tag TEXT UNIQUE, kind TEXT, model TEXT, serial TEXT, bought TEXT,
    warranty_until TEXT, status TEXT DEFAULT 'used', ticket_count INTEGER DEFAULT 0
);
CREATE TABLE ticket_assets (ticket_id INTEGER, asset_id INTEGER, PRIMARY KEY (ticket_id, asset_id));
CREATE TABLE kb_versions (id INTEGER PRIMARY KEY, article_id INTEGER, body TEXT, author_id INTEGER, created TEXT);
CREATE TABLE surveys (id INTEGER PRIMARY KEY, ticket_id INTEGER, token TEXT, sent TEXT, answered TEXT, score INTEGER, remark TEXT);
CREATE TABLE sla_pauses (id INTEGER PRIMARY KEY, ticket_id INTEGER, from_at TEXT, to_at TEXT);
CREATE TABLE billing_credits (id INTEGER PRIMARY KEY, contract_id INTEGER, minutes INTEGER, reason TEXT, agent_id INTEGER, created TEXT, run_id INTEGER);
