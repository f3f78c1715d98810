-- # before
CREATE TABLE "User" ("id" serial PRIMARY KEY, "name" text);
-- # migration
-- AlterTable
ALTER TABLE "User" DROP COLUMN "name",
ADD COLUMN     "fullName" VARCHAR(50) NOT NULL;
-- # intent
-- {"kind":"rename","table":"User","column":"name","to":"fullName"}
