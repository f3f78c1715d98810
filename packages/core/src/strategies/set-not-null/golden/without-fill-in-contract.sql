-- # before
CREATE TABLE "User" ("id" serial PRIMARY KEY, "name" text);
-- # rows
INSERT INTO "User" ("name") VALUES ('Ada'), ('Grace');
-- # migration
-- AlterTable
ALTER TABLE "User" ALTER COLUMN "name" SET NOT NULL;
