-- # before
CREATE TABLE "User" ("id" serial PRIMARY KEY, "email" text NOT NULL);
CREATE UNIQUE INDEX "User_email_key" ON "User" ("email");
-- # migration
-- DropIndex
DROP INDEX "User_email_key";
-- # old code
INSERT INTO "User" ("email") VALUES ('old@example.org') ON CONFLICT ("email") DO UPDATE SET "email" = excluded."email";
SELECT "id", "email" FROM "User";
-- # new code
INSERT INTO "User" ("email") VALUES (gen_random_uuid()::text);
SELECT "id", "email" FROM "User";
