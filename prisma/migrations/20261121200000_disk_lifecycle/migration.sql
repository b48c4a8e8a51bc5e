-- AlterTable
ALTER TABLE "Disk" ADD COLUMN     "lifecycle" TEXT NOT NULL DEFAULT 'ready';

