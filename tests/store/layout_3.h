#pragma once

namespace taskwire::engine {

/// Makes a log of the third layout, as an engine of then left it, of that of kLayout2: t1 ended in its second attempt.
constexpr char kLayout3[] = R"sql(
ALTER TABLE task_detail ADD COLUMN attempts BLOB;
DROP INDEX task_latest;
DROP INDEX task_open;
CREATE INDEX task_waiting ON task (topic_id, last_seq) WHERE state = 1;
CREATE INDEX task_waiting_ever ON task (last_seq) WHERE state = 1;
CREATE INDEX task_running ON task (topic_id) WHERE state IN (2, 3);
CREATE INDEX task_ended_ever ON task (last_seq) WHERE state > 3;
CREATE INDEX topic_lost ON topic (iif(keyed, deletions_trimmed_through, trimmed_through));
CREATE INDEX topic_trimmed ON topic (trimmed_through);
INSERT INTO task_detail (id, attempts) VALUES ('t1', x'aa010408012005');
UPDATE meta SET schema = 3;
)sql";

}  // namespace taskwire::engine
