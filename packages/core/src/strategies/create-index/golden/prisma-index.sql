-- # before
CREATE TABLE "Post" ("id" serial PRIMARY KEY, "title" text NOT NULL, "authorId" integer);
-- # migration
-- CreateIndex
CREATE INDEX "Post_authorId_idx" ON "Post"("authorId");
