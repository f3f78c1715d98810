-- # before
CREATE TABLE "Order" ("id" serial PRIMARY KEY, "amount" integer NOT NULL DEFAULT 0, "ref" integer);
CREATE INDEX "Order_amount_idx" ON "Order" ("amount");
CREATE UNIQUE INDEX "Order_ref_key" ON "Order" ("ref");
-- # migration
-- AlterTable
ALTER TABLE "Order" ALTER COLUMN "amount" SET DATA TYPE BIGINT;
-- # old code
INSERT INTO "Order" ("amount") VALUES (7);
INSERT INTO "Order" DEFAULT VALUES;
SELECT "id", "amount" FROM "Order";
UPDATE "Order" SET "amount" = "amount" + 1 WHERE "id" = 1;
-- # new code
INSERT INTO "Order" ("amount") VALUES (8);
INSERT INTO "Order" DEFAULT VALUES;
SELECT "id", "amount" FROM "Order";
UPDATE "Order" SET "amount" = "amount" + 2 WHERE "id" = 2;
