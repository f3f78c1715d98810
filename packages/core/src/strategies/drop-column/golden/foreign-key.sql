-- # before
CREATE TABLE "teams" ("id" serial PRIMARY KEY);
CREATE TABLE "users" ("id" serial PRIMARY KEY, "team_id" integer REFERENCES "teams"("id"));
-- # migration
ALTER TABLE "users" DROP CONSTRAINT "users_team_id_fkey";
--> statement-breakpoint
ALTER TABLE "users" DROP COLUMN "team_id";
