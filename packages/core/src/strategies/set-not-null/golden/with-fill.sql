-- # before
CREATE TABLE "User" ("id" serial PRIMARY KEY, "email" text NOT NULL, "name" text);
-- # migration
-- AlterTable
ALTER TABLE "User" ALTER COLUMN "name" SET NOT NULL;
-- # intent
-- {"kind":"fill","table":"User","column":"name","with":"split_part(email, '@', 1)"}
