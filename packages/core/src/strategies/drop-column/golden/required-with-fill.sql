-- # before
CREATE TYPE "Role" AS ENUM ('USER', 'ADMIN');
CREATE TABLE "User" ("id" serial PRIMARY KEY, "email" text NOT NULL, "role" "Role" NOT NULL);
-- # migration
-- AlterTable
ALTER TABLE "User" DROP COLUMN "role";

-- DropEnum
DROP TYPE "Role";
-- # intent
-- {"kind":"fill","table":"User","column":"role","with":"'USER'"}
