-- # before
CREATE TABLE "Post" ("id" serial PRIMARY KEY, "title" text NOT NULL);
CREATE INDEX "Post_title_idx" ON "Post" ("title");
-- # migration
-- DropIndex
DROP INDEX "Post_title_idx";
