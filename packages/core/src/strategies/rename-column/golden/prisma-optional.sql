-- # before
CREATE TABLE "User" ("id" serial PRIMARY KEY, "email" text NOT NULL, "name" text);
-- # migration
/*
  Warnings:

  - You are about to drop the column `name` on the `User` table. All the data in the column will be lost.

*/
-- AlterTable
ALTER TABLE "User" DROP COLUMN "name",
ADD COLUMN     "fullName" TEXT;
-- # intent
-- {"kind":"rename","table":"User","column":"name","to":"fullName"}
-- # old code
INSERT INTO "User" ("email", "name") VALUES ('old@example.org', 'Old Ada');
SELECT "id", "email", "name" FROM "User";
UPDATE "User" SET "name" = 'Old Grace' WHERE "id" = 1;
UPDATE "User" SET "name" = NULL WHERE "id" = 2;
-- # new code
INSERT INTO "User" ("email", "fullName") VALUES ('new@example.org', 'New Ada');
SELECT "id", "email", "fullName" FROM "User";
UPDATE "User" SET "fullName" = 'New Grace' WHERE "id" = 1;
UPDATE "User" SET "fullName" = NULL WHERE "id" = 2;
