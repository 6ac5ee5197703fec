-- Remote registries that people have described: where they are and who we are there.

-- sealed_password is sealed with a key that is not in the database; empty: there is none. ca_certificate is PEM.
-- search_text is name and host in lower case. last_test is JSON; empty: these settings were not tested.
CREATE TABLE remote_registries (
  id $ID$,
  registry_id TEXT $BYTES$ NOT NULL UNIQUE,
  name TEXT $BYTES$ NOT NULL UNIQUE,
  host TEXT $BYTES$ NOT NULL UNIQUE,
  plain_http BIGINT NOT NULL,
  user_name TEXT NOT NULL,
  sealed_password TEXT NOT NULL,
  tls_verify BIGINT NOT NULL,
  ca_certificate TEXT NOT NULL,
  search_text TEXT NOT NULL,
  last_test TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
