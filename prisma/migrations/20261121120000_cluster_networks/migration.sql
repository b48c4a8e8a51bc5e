-- AlterTable
ALTER TABLE "Cluster" ADD COLUMN     "bridges" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "userNetwork" BOOLEAN NOT NULL DEFAULT true;
