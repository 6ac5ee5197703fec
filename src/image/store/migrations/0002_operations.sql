-- Operations: all slow work, stored before it starts and kept as history.

-- input, resources, result and progress are JSON. search_text is title, id and input in lower case. resume marks an
-- operation that a stopping server interrupted and that the next start continues.
CREATE TABLE operations (
  id $ID$,
  operation_id TEXT $BYTES$ NOT NULL UNIQUE,
  type TEXT $BYTES$ NOT NULL,
  title TEXT NOT NULL,
  state TEXT $BYTES$ NOT NULL,
  input TEXT NOT NULL,
  resources TEXT NOT NULL,
  requested_by TEXT $BYTES$ NOT NULL,
  idempotency_key TEXT $BYTES$,
  retry_of TEXT $BYTES$,
  result TEXT NOT NULL,
  progress TEXT NOT NULL,
  error_kind TEXT NOT NULL,
  error_message TEXT NOT NULL,
  search_text TEXT NOT NULL,
  resume BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  started_at BIGINT,
  finished_at BIGINT,
  UNIQUE (requested_by, idempotency_key)
);
CREATE INDEX operations_by_state ON operations (state, id);
CREATE INDEX operations_by_type ON operations (type, finished_at);

CREATE TABLE operation_events (
  operation_id BIGINT NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
  sequence BIGINT NOT NULL,
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  payload TEXT NOT NULL,
  PRIMARY KEY (operation_id, sequence)
);
