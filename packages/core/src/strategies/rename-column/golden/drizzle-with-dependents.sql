-- # before
CREATE TABLE "teams" ("id" integer PRIMARY KEY);
CREATE TABLE "users" ("id" integer PRIMARY KEY, "nick" varchar(40) DEFAULT 'anon' NOT NULL, "team" integer, CONSTRAINT "users_nick_unique" UNIQUE("nick"), CONSTRAINT "nick_length" CHECK (length("nick") > 0));
ALTER TABLE "users" ADD CONSTRAINT "users_team_teams_id_fk" FOREIGN KEY ("team") REFERENCES "public"."teams"("id") ON DELETE set null ON UPDATE no action;
CREATE INDEX "users_lower_nick" ON "users" USING btree (lower("nick")) WHERE "nick" <> 'anon';
CREATE INDEX "users_team_nick" ON "users" USING btree ("team","nick" DESC NULLS LAST);
-- # migration
ALTER TABLE "users" RENAME COLUMN "nick" TO "handle";--> statement-breakpoint
ALTER TABLE "users" RENAME COLUMN "team" TO "team_id";
