-- AlterTable
ALTER TABLE "Instance" ADD COLUMN     "machine" JSONB;

