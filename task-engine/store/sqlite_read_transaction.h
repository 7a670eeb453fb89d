#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/sqlite.h"
#include "store/store.h"

namespace taskwire::engine {

/// A ReadTransaction on a connection of its own. Not thread-safe.
class SqliteReadTransaction final : public ReadTransaction {
 public:
  using Connection = std::unique_ptr<sqlite::Database>;
  using GiveBack = std::function<void(Connection)>;

  /// Begins it; if that fails, `error` says so. Gives the connection back in the end; null, if it has failed.
  SqliteReadTransaction(Connection connection, std::string epoch, GiveBack give_back);
  SqliteReadTransaction(const SqliteReadTransaction&) = delete;
  SqliteReadTransaction& operator=(const SqliteReadTransaction&) = delete;
  ~SqliteReadTransaction() override;

  [[nodiscard]] Cursor head() override { return head_; }
  [[nodiscard]] Floors floors(const std::string& topic) override;
  [[nodiscard]] bool has_more_than(std::int64_t count, const std::string& topic, Sequence after) override;
  [[nodiscard]] Sequence back(std::size_t events) override;
  Visited rows(const std::vector<TopicQuery>& sources, Sequence until, const Visit& visit) override;
  [[nodiscard]] std::optional<v1::Task> task(std::string_view task_id) override;
  [[nodiscard]] std::optional<v1::Task> bare_task(std::string_view task_id) override;
  [[nodiscard]] std::vector<v1::Task> open_tasks() override;
  [[nodiscard]] std::vector<KeptLease> leases() override;
  [[nodiscard]] std::vector<v1::RegisterTypeRequest> types() override;
  [[nodiscard]] std::vector<OutputRun> output_runs(std::string_view task_id) override;
  void output(std::string_view task_id, int attempt, std::int64_t place, const VisitOutput& visit) override;
  [[nodiscard]] std::int64_t output_bytes() override;
  [[nodiscard]] std::vector<EndedTask> ended_with_output(std::size_t most) override;
  bool tasks(const TaskQuery& query, const VisitTask& visit) override;
  [[nodiscard]] std::vector<std::string> topics(const std::string& after, std::size_t most) override;
  [[nodiscard]] Surplus surplus(const std::string& topic, const Keep& keep, std::size_t most) override;
  [[nodiscard]] Sequence written_by(SystemTime age) override;
  [[nodiscard]] std::optional<Note> last_note() override;
  [[nodiscard]] std::size_t topic_count() override;
  [[nodiscard]] std::set<std::string> topics_between(Sequence after, Sequence through) override;
  [[nodiscard]] Sequence first() override;
  [[nodiscard]] Sequence up_from(Measure what, Sequence after, std::int64_t bytes) override;
  [[nodiscard]] Sequence down_from_head(Measure what, std::int64_t bytes) override;
  [[nodiscard]] std::int64_t bytes() override;
  [[nodiscard]] std::optional<Error> error() const override;

 private:
  /// Rows of `seq`, `payload`; of every topic, unless living, also `key`, `deletion` and `topic_id`.
  struct Stream {
    const TopicQuery& source;
    sqlite::Query query;
    Sequence sequence;
  };
  using LatestTopics = std::unordered_map<std::int64_t, bool>;  // whether that topic is read so

  std::int64_t topic_id(const std::string& topic);
  void open(const TopicQuery& source, Sequence until, std::vector<Stream>& streams);
  /// Whether the row under `query` is what `source` asks for.
  [[nodiscard]] bool is_wanted(const TopicQuery& source, const sqlite::Query& query, LatestTopics& latest);

  Connection database_;
  Cursor head_;
  GiveBack give_back_;
};

}  // namespace taskwire::engine
