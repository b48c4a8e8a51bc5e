-- AlterTable
ALTER TABLE "Cluster" ADD COLUMN     "diskParams" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "hvParams" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "userShutdown" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "wipeDisks" BOOLEAN NOT NULL DEFAULT true;

-- AlterTable
ALTER TABLE "Node" ADD COLUMN     "fencedAt" TIMESTAMPTZ(3),
ADD COLUMN     "fencedHow" TEXT,
ADD COLUMN     "groupId" UUID;

-- AlterTable
ALTER TABLE "Instance" ADD COLUMN     "disksActive" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "hvParams" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "minMemoryMiB" INTEGER,
ADD COLUMN     "secondaryId" UUID;

-- AlterTable
ALTER TABLE "Disk" ADD COLUMN     "metaVg" TEXT,
ADD COLUMN     "mode" TEXT NOT NULL DEFAULT 'rw',
ADD COLUMN     "name" TEXT,
ADD COLUMN     "params" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "stripes" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "vg" TEXT;

-- CreateTable
CREATE TABLE "NodeGroup" (
    "id" UUID NOT NULL,
    "clusterId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "diskParams" JSONB NOT NULL DEFAULT '{}',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "NodeGroup_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Mirror" (
    "diskId" UUID NOT NULL,
    "clusterId" UUID NOT NULL,
    "port" INTEGER NOT NULL,
    "secret" TEXT NOT NULL,

    CONSTRAINT "Mirror_pkey" PRIMARY KEY ("diskId")
);

-- CreateTable
CREATE TABLE "MirrorSide" (
    "diskId" UUID NOT NULL,
    "nodeId" UUID NOT NULL,
    "minor" INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    "status" JSONB,
    "seenAt" TIMESTAMPTZ(3),

    CONSTRAINT "MirrorSide_pkey" PRIMARY KEY ("diskId","nodeId")
);

-- CreateIndex
CREATE UNIQUE INDEX "NodeGroup_clusterId_name_key" ON "NodeGroup"("clusterId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "Mirror_clusterId_port_key" ON "Mirror"("clusterId", "port");

-- CreateIndex
CREATE UNIQUE INDEX "MirrorSide_nodeId_minor_key" ON "MirrorSide"("nodeId", "minor");

-- CreateIndex
CREATE INDEX "Instance_secondaryId_idx" ON "Instance"("secondaryId");

-- AddForeignKey
ALTER TABLE "NodeGroup" ADD CONSTRAINT "NodeGroup_clusterId_fkey" FOREIGN KEY ("clusterId") REFERENCES "Cluster"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Node" ADD CONSTRAINT "Node_groupId_fkey" FOREIGN KEY ("groupId") REFERENCES "NodeGroup"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Instance" ADD CONSTRAINT "Instance_secondaryId_fkey" FOREIGN KEY ("secondaryId") REFERENCES "Node"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Mirror" ADD CONSTRAINT "Mirror_diskId_fkey" FOREIGN KEY ("diskId") REFERENCES "Disk"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "MirrorSide" ADD CONSTRAINT "MirrorSide_diskId_fkey" FOREIGN KEY ("diskId") REFERENCES "Mirror"("diskId") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "MirrorSide" ADD CONSTRAINT "MirrorSide_nodeId_fkey" FOREIGN KEY ("nodeId") REFERENCES "Node"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

