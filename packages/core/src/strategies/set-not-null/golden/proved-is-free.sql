-- # before
CREATE TABLE "User" ("id" serial PRIMARY KEY, "name" text);
ALTER TABLE "User" ADD CONSTRAINT "name_there" CHECK ("name" IS NOT NULL) NOT VALID;
ALTER TABLE "User" VALIDATE CONSTRAINT "name_there";
-- # migration
ALTER TABLE "User" ALTER COLUMN "name" SET NOT NULL;
