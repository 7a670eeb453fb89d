#pragma once

namespace taskwire::engine {

/// Makes a log of the fourth layout, as an engine of then left it, of that of kLayout3: a worker holds t2.
constexpr char kLayout4[] = R"sql(
CREATE TABLE lease (
  task_id TEXT PRIMARY KEY,
  token TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  worker TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE task_type (
  name TEXT PRIMARY KEY,
  type BLOB NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO lease VALUES ('t2', 'token', 1, 'worker');
INSERT INTO task_type VALUES ('resize', x'0a06726573697a65');
UPDATE meta SET schema = 4;
)sql";

}  // namespace taskwire::engine
