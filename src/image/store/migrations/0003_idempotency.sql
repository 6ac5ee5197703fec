-- Answers to requests that carried an Idempotency-Key, for the day in which the same key gives the same answer.

-- fingerprint tells what was asked for: another request with the same key is refused.
CREATE TABLE idempotent_answers (
  requested_by TEXT $BYTES$ NOT NULL,
  idempotency_key TEXT $BYTES$ NOT NULL,
  fingerprint TEXT NOT NULL,
  status BIGINT NOT NULL,
  location TEXT NOT NULL,
  content_type TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (requested_by, idempotency_key)
);
CREATE INDEX idempotent_answers_by_age ON idempotent_answers (created_at);
