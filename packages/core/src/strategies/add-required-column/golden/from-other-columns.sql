-- # before
CREATE TABLE "User" ("id" uuid PRIMARY KEY, "First Name" text NOT NULL, "last""name" text);
-- # migration
-- AlterTable
ALTER TABLE "User" ADD COLUMN     "displayName" VARCHAR(300) NOT NULL,
ADD COLUMN     "note" TEXT;
-- # intent
-- {"kind":"fill","table":"public.User","column":"displayName","with":"left(concat_ws(' ', \"First Name\", \"last\"\"name\"), 300)"}
