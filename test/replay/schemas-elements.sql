-- CREATE SCHEMA with statements inside it.
CREATE SCHEMA shop
  CREATE TABLE kind (id int PRIMARY KEY, name text DEFAULT 'a b')
  CREATE TABLE item (id serial PRIMARY KEY, kind int REFERENCES kind, price numeric(5, 2) DEFAULT 1.5 CHECK (price > 0))
  CREATE INDEX item_price ON item (price) WHERE price > 10
  CREATE VIEW cheap AS SELECT id FROM item WHERE price < 2
  CREATE SEQUENCE tickets
  GRANT SELECT ON item TO public;
CREATE SCHEMA IF NOT EXISTS shop;
CREATE SCHEMA other CREATE TABLE other.thing (id int) CREATE VIEW seen AS SELECT id FROM thing;
CREATE TABLE item (id int);
