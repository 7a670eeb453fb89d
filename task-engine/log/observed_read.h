#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "store/store.h"

namespace taskwire::engine {

/// A reading of which somebody hears how it went. Not thread-safe.
class ObservedRead final : public ReadTransaction {
 public:
  /// Gets the error that the reading met, or null.
  using Tell = std::function<void(const Error*)>;

  /// Calls `tell`, which must outlive it, once: when somebody asks for the error and there is one, else when it is
  /// destroyed.
  ObservedRead(std::unique_ptr<ReadTransaction> reader, const Tell& tell) : reader_(std::move(reader)), tell_(tell) {}
  ObservedRead(const ObservedRead&) = delete;
  ObservedRead& operator=(const ObservedRead&) = delete;
  ~ObservedRead() override {
    if (!error()) tell_(nullptr);
  }

  [[nodiscard]] Cursor head() override { return reader_->head(); }
  [[nodiscard]] Floors floors(const std::string& topic) override { return reader_->floors(topic); }
  [[nodiscard]] bool has_more_than(std::int64_t count, const std::string& topic, Sequence after) override {
    return reader_->has_more_than(count, topic, after);
  }
  [[nodiscard]] Sequence back(std::size_t events) override { return reader_->back(events); }
  Visited rows(const std::vector<TopicQuery>& sources, Sequence until, const Visit& visit) override {
    return reader_->rows(sources, until, visit);
  }
  [[nodiscard]] std::optional<v1::Task> task(std::string_view task_id) override { return reader_->task(task_id); }
  [[nodiscard]] std::optional<v1::Task> bare_task(std::string_view task_id) override {
    return reader_->bare_task(task_id);
  }
  [[nodiscard]] std::vector<v1::Task> open_tasks() override { return reader_->open_tasks(); }
  [[nodiscard]] std::vector<KeptLease> leases() override { return reader_->leases(); }
  [[nodiscard]] std::vector<v1::RegisterTypeRequest> types() override { return reader_->types(); }
  [[nodiscard]] std::vector<OutputRun> output_runs(std::string_view task_id) override {
    return reader_->output_runs(task_id);
  }
  void output(std::string_view task_id, int attempt, std::int64_t place, const VisitOutput& visit) override {
    reader_->output(task_id, attempt, place, visit);
  }
  [[nodiscard]] std::int64_t output_bytes() override { return reader_->output_bytes(); }
  [[nodiscard]] std::vector<EndedTask> ended_with_output(std::size_t most) override {
    return reader_->ended_with_output(most);
  }
  bool tasks(const TaskQuery& query, const VisitTask& visit) override { return reader_->tasks(query, visit); }
  [[nodiscard]] std::vector<std::string> topics(const std::string& after, std::size_t most) override {
    return reader_->topics(after, most);
  }
  [[nodiscard]] Surplus surplus(const std::string& topic, const Keep& keep, std::size_t most) override {
    return reader_->surplus(topic, keep, most);
  }
  [[nodiscard]] Sequence written_by(SystemTime age) override { return reader_->written_by(age); }
  [[nodiscard]] std::optional<Note> last_note() override { return reader_->last_note(); }
  [[nodiscard]] std::size_t topic_count() override { return reader_->topic_count(); }
  [[nodiscard]] std::set<std::string> topics_between(Sequence after, Sequence through) override {
    return reader_->topics_between(after, through);
  }
  [[nodiscard]] Sequence first() override { return reader_->first(); }
  [[nodiscard]] Sequence up_from(Measure what, Sequence after, std::int64_t bytes) override {
    return reader_->up_from(what, after, bytes);
  }
  [[nodiscard]] Sequence down_from_head(Measure what, std::int64_t bytes) override {
    return reader_->down_from_head(what, bytes);
  }
  [[nodiscard]] std::int64_t bytes() override { return reader_->bytes(); }
  [[nodiscard]] std::optional<Error> error() const override {
    auto error = reader_->error();
    // Before whoever asks can answer with it.
    if (error && !std::exchange(is_told_, true)) tell_(&*error);
    return error;
  }

 private:
  std::unique_ptr<ReadTransaction> reader_;
  const Tell& tell_;
  mutable bool is_told_ = false;
};

}  // namespace taskwire::engine
