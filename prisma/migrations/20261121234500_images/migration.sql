-- CreateTable
CREATE TABLE "Image" (
    "id" UUID NOT NULL,
    "clusterId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "isPublic" BOOLEAN NOT NULL DEFAULT false,
    "state" TEXT NOT NULL,
    "problem" TEXT,
    "source" TEXT NOT NULL,
    "url" TEXT,
    "sha256" TEXT,
    "bytes" BIGINT,
    "receivedBytes" BIGINT NOT NULL DEFAULT 0,
    "virtualBytes" BIGINT,
    "createdById" UUID,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "receivedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Image_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Image_clusterId_name_key" ON "Image"("clusterId", "name");

-- AddForeignKey
ALTER TABLE "Image" ADD CONSTRAINT "Image_clusterId_fkey" FOREIGN KEY ("clusterId") REFERENCES "Cluster"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
