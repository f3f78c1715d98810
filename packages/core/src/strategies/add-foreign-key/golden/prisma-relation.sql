-- # before
CREATE TABLE "User" ("id" serial PRIMARY KEY);
CREATE TABLE "Post" ("id" serial PRIMARY KEY, "authorId" integer NOT NULL);
-- # rows
INSERT INTO "User" ("id") VALUES (1), (2);
INSERT INTO "Post" ("authorId") VALUES (1), (1), (2);
-- # migration
-- AddForeignKey
ALTER TABLE "Post" ADD CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
-- # old code
INSERT INTO "Post" ("authorId") VALUES (1);
SELECT "id", "authorId" FROM "Post";
-- # new code
INSERT INTO "Post" ("authorId") VALUES (2);
SELECT "id", "authorId" FROM "Post";
