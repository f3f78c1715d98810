-- # before
CREATE TABLE "User" ("id" serial PRIMARY KEY, "score" text);
-- # migration
-- AlterTable
ALTER TABLE "User" DROP COLUMN "score",
ADD COLUMN     "score" INTEGER;
