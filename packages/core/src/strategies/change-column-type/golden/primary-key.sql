-- # before
CREATE TABLE "Post" ("id" integer PRIMARY KEY, "title" text);
-- # migration
ALTER TABLE "Post" ALTER COLUMN "id" SET DATA TYPE bigint;
