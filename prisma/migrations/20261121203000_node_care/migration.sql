-- AlterTable
ALTER TABLE "Cluster" ADD COLUMN     "fenceHook" TEXT;

-- AlterTable
ALTER TABLE "Node" ADD COLUMN     "answersSince" TIMESTAMPTZ(3),
ADD COLUMN     "evacuationId" UUID,
ADD COLUMN     "volumes" JSONB,
ADD COLUMN     "volumesSeenAt" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "JoinToken" ADD COLUMN     "forNodeId" UUID;

-- AlterTable
ALTER TABLE "Job" ADD COLUMN     "batchId" UUID;

-- CreateIndex
CREATE INDEX "Job_batchId_idx" ON "Job"("batchId");

