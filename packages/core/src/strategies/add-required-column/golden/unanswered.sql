-- # before
CREATE TABLE "User" ("id" serial PRIMARY KEY, "email" text NOT NULL);
-- # migration
-- AlterTable
ALTER TABLE "User" ADD COLUMN     "country" TEXT NOT NULL;
