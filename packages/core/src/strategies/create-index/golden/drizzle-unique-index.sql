-- # before
CREATE TABLE "users" ("id" serial PRIMARY KEY, "email" text, "org" integer NOT NULL);
-- # migration
CREATE UNIQUE INDEX "users_email_org_idx" ON "users" USING btree ("email","org");--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "users_lower_idx" ON "users" USING btree (lower("email"));
