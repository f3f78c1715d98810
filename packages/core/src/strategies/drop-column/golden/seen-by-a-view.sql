-- # before
CREATE TABLE "users" ("id" serial PRIMARY KEY, "bio" text);
CREATE VIEW "bios" AS SELECT "bio" FROM "users";
-- # migration
ALTER TABLE "users" DROP COLUMN "bio";
