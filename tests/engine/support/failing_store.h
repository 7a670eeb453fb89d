#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <shared_mutex>
#include <utility>

#include "store/store.h"

namespace taskwire::engine {

/// A reading that fails after it gave some rows. Not thread-safe.
class CutReading final : public ReadTransaction {
 public:
  CutReading(std::unique_ptr<ReadTransaction> reader, int rows) : reader_(std::move(reader)), rows_(rows) {}
  Cursor head() override { return reader_->head(); }
  Floors floors(const std::string& topic) override { return reader_->floors(topic); }
  bool has_more_than(std::int64_t count, const std::string& topic, Sequence after) override {
    return reader_->has_more_than(count, topic, after);
  }
  Sequence back(std::size_t events) override { return reader_->back(events); }
  Visited rows(const std::vector<TopicQuery>& sources, Sequence until, const Visit& visit) override {
    return reader_->rows(sources, until, [&](const EventPtr& event) {
      if (rows_-- > 0) return visit(event);
      has_failed_ = true;
      return false;
    });
  }
  std::optional<v1::Task> bare_task(std::string_view task_id) override { return reader_->bare_task(task_id); }
  std::vector<v1::Task> open_tasks() override { return reader_->open_tasks(); }
  std::vector<KeptLease> leases() override { return reader_->leases(); }
  std::vector<v1::RegisterTypeRequest> types() override { return reader_->types(); }
  std::optional<v1::Task> task(std::string_view task_id) override { return reader_->task(task_id); }
  std::vector<OutputRun> output_runs(std::string_view task_id) override { return reader_->output_runs(task_id); }
  void output(std::string_view task_id, int attempt, std::int64_t place, const VisitOutput& visit) override {
    reader_->output(task_id, attempt, place, visit);
  }
  std::int64_t output_bytes() override { return reader_->output_bytes(); }
  std::vector<EndedTask> ended_with_output(std::size_t most) override { return reader_->ended_with_output(most); }
  bool tasks(const TaskQuery& query, const VisitTask& visit) override { return reader_->tasks(query, visit); }
  std::vector<std::string> topics(const std::string& after, std::size_t most) override {
    return reader_->topics(after, most);
  }
  Surplus surplus(const std::string& topic, const Keep& keep, std::size_t most) override {
    return reader_->surplus(topic, keep, most);
  }
  Sequence written_by(SystemTime age) override { return reader_->written_by(age); }
  std::optional<Note> last_note() override { return reader_->last_note(); }
  std::size_t topic_count() override { return reader_->topic_count(); }
  std::set<std::string> topics_between(Sequence after, Sequence through) override {
    return reader_->topics_between(after, through);
  }
  Sequence first() override { return reader_->first(); }
  Sequence up_from(Measure what, Sequence after, std::int64_t bytes) override {
    return reader_->up_from(what, after, bytes);
  }
  Sequence down_from_head(Measure what, std::int64_t bytes) override { return reader_->down_from_head(what, bytes); }
  std::int64_t bytes() override { return reader_->bytes(); }
  std::optional<Error> error() const override {
    if (has_failed_) return Error{Reason::store_failed, "cut"};
    return reader_->error();
  }

 private:
  std::unique_ptr<ReadTransaction> reader_;
  int rows_;
  bool has_failed_ = false;
};

/// A store that fails when told to: before it commits anything, or after it has, or now and again in one of these ways;
/// when it is reopened; when it is read, at once or after some rows. Thread-safe where the store is.
class FailingStore final : public Store {
 public:
  explicit FailingStore(Store& store) : store_(store) {}
  Result<Committed> commit(const std::function<void(Transaction&)>& write) override {
    ++commits;
    const auto fate = random_() % 100;
    const bool fails = fate < failures_per_cent;
    auto committed = fail_before || (fails && fate % 2 == 0)
                         ? Result<Committed>(refuse(Reason::store_failed, "told to fail"))
                         : store_.commit(write);
    if (fail_after || fails) return refuse(Reason::unknown_outcome, "");
    return committed;
  }
  Result<void> reopen() override {
    ++reopened;
    if (fail_reopen) return refuse(Reason::store_failed, "");
    return store_.reopen();
  }
  Result<void> close() override { return store_.close(); }
  const std::string& epoch() const override { return store_.epoch(); }
  Result<std::unique_ptr<ReadTransaction>> read() override {
    const std::shared_lock held(reads_);
    if (fail_read) return refuse(Reason::store_failed, "unreadable");
    auto reader = store_.read();
    if (after_read) after_read();
    if (reader && rows_until_cut >= 0) return std::make_unique<CutReading>(std::move(*reader), rows_until_cut);
    return reader;
  }

  /// No reading begins as long as the answer lives.
  [[nodiscard]] std::unique_lock<std::shared_mutex> hold_reads() { return std::unique_lock(reads_); }

  std::atomic<bool> fail_before{false};
  std::atomic<bool> fail_after = false;
  std::atomic<bool> fail_reopen = false;
  std::atomic<bool> fail_read = false;
  std::atomic<int> rows_until_cut = -1;         ///< Of each reading; -1: never.
  std::atomic<unsigned> failures_per_cent = 0;  ///< Of the commits; half of these take place.
  std::function<void()> after_read;             ///< Called when a reading has begun; set it while reads are held.
  std::atomic<int> commits = 0;
  std::atomic<int> reopened = 0;

 private:
  Store& store_;
  std::shared_mutex reads_;
  std::minstd_rand random_{7};
};

}  // namespace taskwire::engine
