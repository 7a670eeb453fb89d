#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "store/sqlite.h"
#include "store/sqlite_event_rows.h"
#include "store/store.h"

namespace taskwire::engine {

/// A Transaction on the writing connection. Not thread-safe.
class SqliteTransaction final : public Transaction {
 public:
  struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
  };
  /// Row ids of topics by name; whoever keeps them forgets them when a transaction fails.
  using TopicIds = std::unordered_map<std::string, std::int64_t, NameHash, std::equal_to<>>;

  /// `age`: as `now`, by the clock that never jumps.
  /// `least_spare`: so many pages that nothing is in are left as they are by shrink().
  SqliteTransaction(sqlite::Database& database, TopicIds& topic_ids, Cursor head, SystemTime now, SystemTime age,
                    std::int64_t least_spare);

  [[nodiscard]] SystemTime now() const override { return now_; }
  [[nodiscard]] const std::string& epoch() const override { return head_.epoch; }
  [[nodiscard]] std::optional<Error> settle() override;
  using Transaction::append;
  Cursor append(const NewEvent& event) override;
  [[nodiscard]] std::optional<v1::Task> task(std::string_view task_id) override;
  [[nodiscard]] bool has_ended(const EndedTask& task) override;
  void add_details(v1::Task& task) override;
  void add_past_attempts(v1::Task& task) override;
  void put_task(v1::Task& task) override;
  Cursor delete_task(const v1::Task& task) override;
  [[nodiscard]] std::vector<v1::Task> open_tasks() override;
  void put_lease(const KeptLease& lease) override;
  [[nodiscard]] std::optional<KeptLease> lease(std::string_view task_id) override;
  void delete_lease(std::string_view task_id) override;
  [[nodiscard]] std::optional<OutputRun> output_run(std::string_view task_id, int attempt) override;
  void put_output(std::string_view task_id, const OutputRun& run, std::span<const OutputPiece> pieces,
                  const OutputLimits& limits) override;
  void forget_output(std::string_view task_id) override;
  void put_type(const v1::RegisterTypeRequest& type) override;
  void delete_type(std::string_view name) override;
  [[nodiscard]] std::optional<Remembered> recall(const std::string& scope, const std::string& key) override;
  void remember(const std::string& scope, const std::string& key, const Remembered& remembered,
                std::chrono::milliseconds keep) override;
  std::size_t forget_answers(std::size_t most) override;
  std::size_t trim(const std::string& topic, Sequence through, Sequence deletions_through, std::size_t most) override;
  std::size_t trim(const std::string& topic, std::span<const Sequence> superseded) override;
  [[nodiscard]] std::int64_t freed() const override { return freed_ + freed_output_; }
  bool forget_topic(const std::string& topic) override;
  void note(const Note& note, SystemTime oldest) override;
  bool shrink() override;

  /// Writes what is still to be written. The last call before the commit.
  void finish() { write_rows(); }
  [[nodiscard]] Sequence head() const { return head_.sequence; }
  /// By how much what is kept has grown.
  [[nodiscard]] std::int64_t added_bytes() const { return added_bytes_ - freed_; }
  [[nodiscard]] Events take_events() { return std::move(events_); }

 private:
  struct Trimming;
  void write_rows();
  /// With all that was appended so far.
  sqlite::Database& database();
  std::int64_t topic_id(std::string_view topic);
  std::size_t trim(const Trimming& trimming, std::int64_t topic, Sequence through, std::size_t most);
  void raise_floors(std::int64_t topic, Sequence trimmed, Sequence deletions_trimmed);
  std::size_t free_each(sqlite::Query deleted);

  sqlite::Database& database_;
  SqliteEventRows rows_;  // view into events_
  TopicIds& topic_ids_;
  Cursor head_;
  SystemTime now_;
  SystemTime age_;
  const std::int64_t least_spare_;
  google::protobuf::Timestamp time_;  // now_
  std::string time_bytes_;
  EventKeeper keeper_;
  Events events_;
  std::string written_;  // of one event
  std::int64_t added_bytes_ = 0;
  std::int64_t freed_ = 0;
  std::int64_t freed_output_ = 0;
  // As the last part left it.
  struct {
    std::int64_t changes;  // of rows, and those that waited then, once they are written
    Sequence head;
    std::size_t events = 0;
    std::int64_t added_bytes = 0;
    std::int64_t freed = 0;
    std::int64_t freed_output = 0;
  } settled_;
};

}  // namespace taskwire::engine
