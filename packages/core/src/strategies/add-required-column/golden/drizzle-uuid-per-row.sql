-- # before
CREATE TABLE "users" ("id" integer PRIMARY KEY, "email" text NOT NULL);
-- # migration
ALTER TABLE "users" ADD COLUMN "public_id" uuid NOT NULL;
-- # intent
-- {"kind":"fill","table":"users","column":"public_id","with":"gen_random_uuid()"}
