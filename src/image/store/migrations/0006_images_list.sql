-- What lists of images show of a manifest, and how the use of storage went.

-- image_size is the bytes of config and layers, of an index those of all its images. platforms has the platforms,
-- sorted, with a space before and after each (" linux/amd64 linux/arm64 "); empty for artifacts, NULL until the config
-- was read: manifests that were put before this column was there are read after the next start.
ALTER TABLE manifests ADD COLUMN image_size BIGINT NOT NULL DEFAULT 0;
ALTER TABLE manifests ADD COLUMN platforms TEXT;
CREATE INDEX manifests_undescribed ON manifests (id) WHERE platforms IS NULL;

CREATE TABLE storage_samples (
  at BIGINT NOT NULL PRIMARY KEY,
  bytes BIGINT NOT NULL,
  logical_bytes BIGINT NOT NULL,
  objects BIGINT NOT NULL,
  repositories BIGINT NOT NULL,
  tags BIGINT NOT NULL,
  manifests BIGINT NOT NULL
);
