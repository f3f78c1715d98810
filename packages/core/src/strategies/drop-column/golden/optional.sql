-- # before
CREATE TABLE "User" ("id" serial PRIMARY KEY, "bio" text);
CREATE INDEX "User_bio_idx" ON "User" ("bio");
-- # migration
-- DropIndex
DROP INDEX "User_bio_idx";

-- AlterTable
ALTER TABLE "User" DROP COLUMN "bio";
