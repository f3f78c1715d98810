-- # before
CREATE TABLE "players" ("id" integer PRIMARY KEY, "no" smallint, CONSTRAINT "players_no_key" UNIQUE("no"), CONSTRAINT "no_positive" CHECK ("no" > 0));
-- # migration
ALTER TABLE "players" ALTER COLUMN "no" SET DATA TYPE integer USING "no"::integer;
