-- Images of the warehouse: facts only, the bytes are in the object store.
-- Timestamps are milliseconds since 1970 in UTC; digests are text, "sha256:…".

-- tags and manifests are counts kept by the stores, so that a page of the catalog never counts rows.
CREATE TABLE repositories (
  id $ID$,
  name TEXT $BYTES$ NOT NULL UNIQUE,
  tags BIGINT NOT NULL DEFAULT 0,
  manifests BIGINT NOT NULL DEFAULT 0,
  updated_at BIGINT NOT NULL
);

-- An object whose bytes are in the store, manifests included. touched_at protects it from collection.
CREATE TABLE objects (
  id $ID$,
  digest TEXT $BYTES$ NOT NULL UNIQUE,
  size BIGINT NOT NULL,
  touched_at BIGINT NOT NULL
);

-- The blobs that can be seen in a repository.
CREATE TABLE repository_blobs (
  repository_id BIGINT NOT NULL REFERENCES repositories (id),
  object_id BIGINT NOT NULL REFERENCES objects (id),
  PRIMARY KEY (repository_id, object_id)
);
CREATE INDEX repository_blobs_by_object ON repository_blobs (object_id);

-- subject is text, because a referrer may arrive before its subject. annotations is JSON, kept for referrers only.
CREATE TABLE manifests (
  id $ID$,
  repository_id BIGINT NOT NULL REFERENCES repositories (id),
  object_id BIGINT NOT NULL REFERENCES objects (id),
  media_type TEXT NOT NULL,
  artifact_type TEXT NOT NULL,
  subject TEXT,
  annotations TEXT NOT NULL,
  pushed_at BIGINT NOT NULL,
  UNIQUE (repository_id, object_id)
);
CREATE INDEX manifests_by_object ON manifests (object_id);
CREATE INDEX manifests_by_subject ON manifests (repository_id, subject);

-- repository_id repeats the manifest's, so that one look tells whether a repository still uses a blob.
CREATE TABLE manifest_blobs (
  manifest_id BIGINT NOT NULL REFERENCES manifests (id) ON DELETE CASCADE,
  repository_id BIGINT NOT NULL REFERENCES repositories (id),
  object_id BIGINT NOT NULL REFERENCES objects (id),
  PRIMARY KEY (manifest_id, object_id)
);
CREATE INDEX manifest_blobs_by_object ON manifest_blobs (object_id, repository_id);

CREATE TABLE manifest_children (
  manifest_id BIGINT NOT NULL REFERENCES manifests (id) ON DELETE CASCADE,
  child_id BIGINT NOT NULL REFERENCES manifests (id) ON DELETE CASCADE,
  PRIMARY KEY (manifest_id, child_id)
);
CREATE INDEX manifest_children_by_child ON manifest_children (child_id);

CREATE TABLE tags (
  repository_id BIGINT NOT NULL REFERENCES repositories (id),
  name TEXT $BYTES$ NOT NULL,
  manifest_id BIGINT NOT NULL REFERENCES manifests (id) ON DELETE CASCADE,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (repository_id, name)
);
CREATE INDEX tags_by_manifest ON tags (manifest_id);

-- The stored form of a layer, by the digest of its uncompressed tar.
CREATE TABLE layers (
  diff_id TEXT $BYTES$ NOT NULL PRIMARY KEY,
  digest TEXT $BYTES$ NOT NULL,
  media_type TEXT NOT NULL,
  size BIGINT NOT NULL
);

-- Single facts about the warehouse itself.
CREATE TABLE warehouse (
  name TEXT NOT NULL PRIMARY KEY,
  value BIGINT NOT NULL
);
