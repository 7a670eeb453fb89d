#pragma once

namespace taskwire::engine {

/// Makes a log of the second layout, as an engine of then left it, of that of kLayout1.
constexpr char kLayout2[] = R"sql(
ALTER TABLE meta ADD COLUMN trimmed_through INTEGER NOT NULL DEFAULT 0;
ALTER TABLE meta ADD COLUMN deletions_trimmed_through INTEGER NOT NULL DEFAULT 0;
ALTER TABLE meta ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE meta ADD COLUMN noted_age_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE meta ADD COLUMN noted_wall_ms INTEGER NOT NULL DEFAULT 0;
CREATE INDEX event_update ON event (topic_id) WHERE deletion = 0 AND key <> '';
CREATE INDEX task_ended ON task (topic_id, last_seq) WHERE state > 3;
CREATE TABLE mark (
  seq INTEGER PRIMARY KEY,
  age_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX mark_age ON mark (age_ms, seq);
INSERT INTO mark VALUES (2, 1800000000000), (4, 1800000002000), (6, 1800000003000);
UPDATE meta SET schema = 2, noted_age_ms = 1800000003000, noted_wall_ms = 1800000003000,
  bytes = (SELECT sum(length(payload) + 100) FROM event);
)sql";

}  // namespace taskwire::engine
