-- # before
CREATE TABLE "users" ("id" integer PRIMARY KEY, "prefs" json, "when" timestamp(3) DEFAULT CURRENT_TIMESTAMP NOT NULL);
-- # migration
ALTER TABLE "users" RENAME COLUMN "prefs" TO "settings";--> statement-breakpoint
ALTER TABLE "users" RENAME COLUMN "when" TO "created at";
