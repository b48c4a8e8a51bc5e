-- AlterTable
ALTER TABLE "Cluster" ADD COLUMN     "autoRestart" BOOLEAN NOT NULL DEFAULT true;

-- AlterTable
ALTER TABLE "Instance" ADD COLUMN     "adminSource" TEXT NOT NULL DEFAULT 'admin',
ADD COLUMN     "elsewhereId" UUID;

-- CreateIndex
CREATE INDEX "Instance_elsewhereId_idx" ON "Instance"("elsewhereId");

-- AddForeignKey
ALTER TABLE "Instance" ADD CONSTRAINT "Instance_elsewhereId_fkey" FOREIGN KEY ("elsewhereId") REFERENCES "Node"("id") ON DELETE SET NULL ON UPDATE CASCADE;

