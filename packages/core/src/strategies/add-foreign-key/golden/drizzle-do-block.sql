-- # before
CREATE TABLE "users" ("id" serial PRIMARY KEY);
CREATE TABLE "posts" ("id" serial PRIMARY KEY, "title" text);
-- # migration
ALTER TABLE "posts" ADD COLUMN "editor_id" integer;--> statement-breakpoint
DO $$ BEGIN
 ALTER TABLE "posts" ADD CONSTRAINT "posts_editor_id_users_id_fk" FOREIGN KEY ("editor_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
EXCEPTION
 WHEN duplicate_object THEN null;
END $$;
