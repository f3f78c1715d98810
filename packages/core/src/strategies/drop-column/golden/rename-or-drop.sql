-- # before
CREATE TABLE "User" ("id" serial PRIMARY KEY, "name" text);
-- # migration
-- AlterTable
ALTER TABLE "User" DROP COLUMN "name",
ADD COLUMN     "fullName" TEXT NOT NULL;
