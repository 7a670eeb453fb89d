#pragma once

#include <functional>
#include <memory>

#include "engine/sqlite.h"
#include "engine/store.h"

namespace taskwire::engine {

/// A ReadSession on a connection of its own. Not thread-safe.
class SqliteSession final : public ReadSession {
 public:
  using Connection = std::unique_ptr<sqlite::Database>;
  using GiveBack = std::function<void(Connection)>;

  /// Gives the connection back in the end, unless it has failed.
  SqliteSession(Connection connection, std::string epoch, GiveBack give_back);
  SqliteSession(const SqliteSession&) = delete;
  SqliteSession& operator=(const SqliteSession&) = delete;
  ~SqliteSession() override;

  [[nodiscard]] Cursor head() override;
  [[nodiscard]] Floors floors(const std::string& topic) override;
  [[nodiscard]] bool has_more_than(std::int64_t count, const std::string& topic, Sequence after) override;
  [[nodiscard]] Sequence back(std::size_t events) override;
  bool rows(const std::vector<Source>& sources, Sequence until, const Visit& visit) override;
  [[nodiscard]] std::optional<v1::Task> task(std::string_view task_id) override;
  bool tasks(const TaskQuery& query, const VisitTask& visit) override;
  [[nodiscard]] std::optional<Error> error() const override;

 private:
  std::int64_t topic_id(const std::string& topic);
  sqlite::Query open(const Source& source, Sequence until);

  Connection database_;
  std::string epoch_;
  GiveBack give_back_;
};

}  // namespace taskwire::engine
