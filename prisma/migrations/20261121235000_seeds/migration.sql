-- AlterTable
ALTER TABLE "Instance" ADD COLUMN     "seed" JSONB;
