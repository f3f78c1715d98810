-- # before
CREATE TABLE "users" ("id" serial PRIMARY KEY, "score" text);
-- # migration
ALTER TABLE "users" ALTER COLUMN "score" SET DATA TYPE integer USING "score"::integer;
