INSERT INTO categories (id, slug, title, position) VALUES (1, 'vegetables', 'Vegetables', 1);
INSERT INTO categories (id, slug, title, position) VALUES (2, 'flowers', 'Flowers', 2);
INSERT INTO categories (id, slug, title, position) VALUES (3, 'tools', 'Tools & Sundries', 3);
INSERT INTO postage_rates (zone, up_to_g, price) VALUES ('GB', 100, 95);
INSERT INTO postage_rates (zone, up_to_g, price) VALUES ('GB', 1000, 295);
INSERT INTO postage_rates (zone, up_to_g, price) VALUES ('GB', 20000, 595);
INSERT INTO postage_rates (zone, up_to_g, price) VALUES ('OFF', 100, 195);
INSERT INTO postage_rates (zone, up_to_g, price) VALUES ('OFF', 20000, 995);
INSERT INTO staff (login, password, role) VALUES ('owner', '5f4dcc3b5aa765d61d8327deb882cf99', 'owner');
