-- # before
CREATE TABLE "User" ("id" serial PRIMARY KEY, "name" varchar(50), "price" numeric(8,2), "at" timestamp(3));
-- # migration
ALTER TABLE "User" ALTER COLUMN "name" SET DATA TYPE TEXT,
ALTER COLUMN "price" SET DATA TYPE DECIMAL(12,2),
ALTER COLUMN "at" SET DATA TYPE TIMESTAMP(6);
