-- AlterTable
ALTER TABLE "Cluster" ADD COLUMN     "verifiedAt" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "VerifyFinding" (
    "clusterId" UUID NOT NULL,
    "meaning" TEXT NOT NULL,
    "targetKind" TEXT NOT NULL,
    "targetId" UUID NOT NULL,
    "targetName" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "values" JSONB NOT NULL,
    "mend" JSONB,
    "firstSeenAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "VerifyFinding_pkey" PRIMARY KEY ("clusterId","meaning","targetId","subject")
);

-- AddForeignKey
ALTER TABLE "VerifyFinding" ADD CONSTRAINT "VerifyFinding_clusterId_fkey" FOREIGN KEY ("clusterId") REFERENCES "Cluster"("id") ON DELETE CASCADE ON UPDATE CASCADE;

