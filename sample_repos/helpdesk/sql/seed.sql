-- what a new desk needs. Change the password of admin (it is admin)!
INSERT INTO settings (name, value) VALUES ('seq_ticket', '0');
INSERT INTO settings (name, value) VALUES ('seq_billing', '0');
INSERT INTO settings (name, value) VALUES ('auto_close_days', '7');
INSERT INTO settings (name, value) VALUES ('default_team', '1');
INSERT INTO teams (id, name, email) VALUES (1, 'First line', 'first@brackwell.example');
INSERT INTO teams (id, name, email) VALUES (2, 'Networks', 'networks@brackwell.example');
INSERT INTO agents (id, login, name, email, pw_md5, role, team_id) VALUES
    (1, 'admin', 'Administrator', 'desk@brackwell.example', '21232f297a57a5a743894a0e4a801fc3', 'admin', 1);
INSERT INTO sla_policies (id, name, reply_minutes, fix_minutes, hours_from, hours_to, days) VALUES
    (1, 'Standard', 240, 1440, 9, 17, '12345');
INSERT INTO sla_policies (id, name, reply_minutes, fix_minutes, hours_from, hours_to, days) VALUES
    (2, 'Gold', 60, 480, 8, 20, '123456');
INSERT INTO kb_categories (id, name, position) VALUES (1, 'Printers', 1);
INSERT INTO kb_categories (id, name, position) VALUES (2, 'Mail and calendar', 2);
INSERT INTO mail_templates (name, subject, body) VALUES ('received', '[#%number%] We have received your request',
    'Dear %contact%,' || char(10) || 'your request "%subject%" has the number %number%.' || char(10) || '%company%');
INSERT INTO mail_templates (name, subject, body) VALUES ('reply', '[#%number%] %subject%',
    'Dear %contact%,' || char(10) || '%body%' || char(10) || '%agent%, %company%');
INSERT INTO mail_templates (name, subject, body) VALUES ('solved', '[#%number%] Solved: %subject%',
    'Dear %contact%,' || char(10) || 'we think that %number% is solved. Without an answer it is closed in %days% days.');
INSERT INTO mail_templates (name, subject, body) VALUES ('escalated', 'ESCALATION %level%: %number% %subject%',
    '%number% of %customer% is late (%kind%).');
INSERT INTO mail_templates (name, subject, body) VALUES ('assigned', '%number% is yours now',
    '%subject%' || char(10) || '%url%');
