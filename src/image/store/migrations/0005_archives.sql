-- Archives that clients upload for imports.

-- The bytes are in archives/uploads/<upload_id>; how many have arrived is that file's length. name is the client's label.
CREATE TABLE archive_uploads (
  id $ID$,
  upload_id TEXT $BYTES$ NOT NULL UNIQUE,
  name TEXT NOT NULL,
  size BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX archive_uploads_by_expiry ON archive_uploads (expires_at);
