-- CreateTable
CREATE TABLE "Attempt" (
    "instanceId" UUID NOT NULL,
    "watcher" TEXT NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 1,
    "nextAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Attempt_pkey" PRIMARY KEY ("instanceId","watcher")
);

-- CreateIndex
CREATE INDEX "Job_endedAt_idx" ON "Job"("endedAt");

-- AddForeignKey
ALTER TABLE "Attempt" ADD CONSTRAINT "Attempt_instanceId_fkey" FOREIGN KEY ("instanceId") REFERENCES "Instance"("id") ON DELETE CASCADE ON UPDATE CASCADE;

