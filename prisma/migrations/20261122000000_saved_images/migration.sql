-- AlterTable
ALTER TABLE "Image" ADD COLUMN     "script" JSONB;
