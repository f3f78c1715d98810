import type { Files } from './temp-folder.ts'

/** Names of the migrations of {@link PRISMA_PROJECT}. */
export const INIT = '20260105101500_init'
export const RENAME = '20260212093000_rename_name'

/** A Prisma project whose newest migration renames User.name, as `prisma migrate dev` writes it. */
export const PRISMA_PROJECT: Files = {
  'prisma/schema.prisma': `generator client {
  provider = "prisma-client"
  output   = "../generated"
}

datasource db {
  provider = "postgresql"
}

model User {
  id       Int    @id @default(autoincrement())
  email    String @unique
  fullName String
}
`,
  'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
  [`prisma/migrations/${INIT}/migration.sql`]: `-- CreateTable
CREATE TABLE "User" (
    "id" SERIAL NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
`,
  [`prisma/migrations/${RENAME}/migration.sql`]: `/*
  Warnings:

  - You are about to drop the column \`name\` on the \`User\` table. All the data in the column will be lost.
  - Added the required column \`fullName\` to the \`User\` table without a default value. This is not possible if the table is not empty.

*/
-- AlterTable
ALTER TABLE "User" DROP COLUMN "name",
ADD COLUMN     "fullName" TEXT NOT NULL;
`,
}
