#include "store/sqlite_check.h"

#include <filesystem>
#include <google/protobuf/empty.pb.h>
#include <google/protobuf/struct.pb.h>
#include <unordered_map>
#include <utility>

#include "base/timestamp.h"
#include "base/wire.h"
#include "resume/topic.h"
#include "store/logged_event.h"
#include "store/sqlite.h"
#include "store/sqlite_layout.h"
#include "store/sqlite_schema.h"
#include "taskwire/v1/worker_service.pb.h"
#include "text/terminal_state.h"

namespace taskwire::engine {
namespace {

using sqlite::Database;

class Check {
 public:
  explicit Check(Database& database) : database_(database) {}

  CheckReport run() {
    check_file();
    read_meta();
    read_topics();
    check_events();
    check_tasks();
    check_details();
    check_leases();
    check_types();
    check_answers();
    check_output();
    check_bytes();
    check_marks();
    return std::move(report_);
  }

 private:
  struct TopicRow {
    std::string name;
    bool is_keyed = false;
    std::int64_t trimmed = 0;
    std::int64_t deletions_trimmed = 0;
  };

  void find(std::string what) {
    if (report_.findings.size() < CheckReport::kMostFindings) {
      report_.findings.push_back(std::move(what));
    } else {
      ++report_.more_findings;
    }
  }

  void check_file() {
    auto row = database_.query("PRAGMA integrity_check(20)");
    while (row.next()) {
      if (row.bytes(0) != "ok") find("the file: " + std::string(row.bytes(0)));
    }
  }

  void read_meta() {
    auto row = database_.query(
        "SELECT epoch, head, trimmed_through, deletions_trimmed_through, bytes, output_bytes FROM meta");
    if (!row.next()) return;
    report_.epoch = row.bytes(0);
    report_.head = row.integer(1);
    bytes_ = row.integer(4);
    output_bytes_ = row.integer(5);
    if (!parse_cursor(report_.epoch + "-1")) find("meta: '" + report_.epoch + "' cannot name a log");
    check_floors("meta", row.integer(2), row.integer(3));
  }

  void check_floors(const std::string& whose, std::int64_t trimmed, std::int64_t deletions_trimmed) {
    if (deletions_trimmed >= 0 && deletions_trimmed <= trimmed && trimmed <= report_.head) return;
    find(whose + ": its floors are " + std::to_string(trimmed) + " and " + std::to_string(deletions_trimmed) +
         ", though the head is " + std::to_string(report_.head));
  }

  void read_topics() {
    auto row = database_.query("SELECT id, name, keyed, trimmed_through, deletions_trimmed_through FROM topic");
    while (row.next()) {
      TopicRow topic{std::string(row.bytes(1)), row.integer(2) != 0, row.integer(3), row.integer(4)};
      if (!parse_topic(topic.name)) find("topic " + topic.name + ": is no topic");
      if (topic.is_keyed != is_keyed(topic.name)) find("topic " + topic.name + ": is marked for another kind");
      check_floors("topic " + topic.name, topic.trimmed, topic.deletions_trimmed);
      topics_.emplace(row.integer(0), std::move(topic));
    }
    report_.topics = topics_.size();
  }

  void check_events() {
    auto row = database_.query("SELECT seq, topic_id, key, deletion, at_ms, payload FROM event ORDER BY seq");
    while (row.next()) {
      ++report_.events;
      const auto seq = row.integer(0);
      const auto wrong = [&](const std::string& what) { find("event " + std::to_string(seq) + ": " + what); };
      if (seq < 1 || seq > report_.head) wrong("lies beyond the head, " + std::to_string(report_.head));
      const auto topic = topics_.find(row.integer(1));
      if (topic == topics_.end()) {
        wrong("its topic is not there");
        continue;
      }
      v1::Event event;
      if (!read_message(row.bytes(5), event)) {
        wrong("is not what was written");
        continue;
      }
      const bool is_deletion = row.integer(3) != 0;
      if (event.topic() != topic->second.name) wrong("is of topic '" + event.topic() + "', not " + topic->second.name);
      if (key_of(event) != row.bytes(2) || event.has_task_deleted() != is_deletion ||
          row.bytes(2).empty() == topic->second.is_keyed)
        wrong("is not of the task that its row names");
      const auto at = event.time().seconds() * 1000 + event.time().nanos() / 1'000'000;
      if (at != row.integer(4)) wrong("its time is not its row's");
      check_kept(seq, topic->second, is_deletion, wrong);
      if (topic->second.is_keyed) check_key(seq, std::string(row.bytes(2)), is_deletion, topic->second, wrong);
    }
    for (const auto& [key, seq] : orphans_)
      find("event " + std::to_string(seq) + ": its task " + key + " is not there");
  }

  template <class Wrong>
  void check_kept(std::int64_t seq, const TopicRow& topic, bool is_deletion, const Wrong& wrong) {
    if (!topic.is_keyed && seq <= topic.trimmed) wrong("lies at or below what was trimmed of " + topic.name);
    if (is_deletion && seq <= topic.deletions_trimmed) wrong("lies at or below the trimmed deletions of " + topic.name);
  }

  template <class Wrong>
  void check_key(std::int64_t seq, const std::string& key, bool is_deletion, const TopicRow& topic,
                 const Wrong& wrong) {
    auto row = database_.query("SELECT last_seq FROM task WHERE id = ?", std::string_view(key));
    const bool is_there = row.next();
    if (is_deletion) {
      orphans_.erase(key);
      if (is_there) wrong("says that task " + key + " is gone, and it is there");
    } else if (is_there && row.integer(0) < seq) {
      wrong("is newer than what task " + key + " points at, " + std::to_string(row.integer(0)));
    } else if (!is_there && seq > topic.deletions_trimmed) {
      orphans_[key] = seq;
    }
  }

  void check_tasks() {
    auto row = database_.query(
        "SELECT task.id, task.state, first_seq, last_seq, payload, task.topic_id = event.topic_id "
        "FROM task LEFT JOIN event ON event.seq = last_seq");
    while (row.next()) {
      ++report_.tasks;
      const auto wrong = [&](const std::string& what) { find("task " + std::string(row.bytes(0)) + ": " + what); };
      if (row.is_null(4)) {
        wrong("its last event, " + std::to_string(row.integer(3)) + ", is not there");
        continue;
      }
      v1::Event event;
      if (!read_message(row.bytes(4), event) || !event.has_task() || event.task().task_id() != row.bytes(0) ||
          row.integer(5) == 0) {
        wrong("event " + std::to_string(row.integer(3)) + " is not its own");
      } else if (event.task().state() != row.integer(1)) {
        wrong("its state is not its last event's");
      }
      if (row.integer(2) < 1 || row.integer(2) > row.integer(3)) wrong("begins behind its last event");
    }
  }

  void check_details() {
    auto row = database_.query(
        "SELECT task_detail.id, params, result, task.id IS NULL, attempts FROM task_detail LEFT JOIN task USING (id)");
    const auto is_struct = [&row](int column) {
      google::protobuf::Struct any;
      return row.is_null(column) || read_message(row.bytes(column), any);
    };
    while (row.next()) {
      const auto whose = "task " + std::string(row.bytes(0));
      if (row.integer(3) != 0) find(whose + ": is not there, though what it was given is");
      if (!is_struct(1) || !is_struct(2)) find(whose + ": what it was given or answered is not what was written");
      v1::Task kept;
      if (!row.is_null(4) && !read_message(row.bytes(4), kept))
        find(whose + ": what became of its attempts is not what was written");
    }
  }

  void check_leases() {
    auto row = database_.query(
        "SELECT task_id FROM lease LEFT JOIN task ON id = task_id WHERE state IS NOT 2 AND state IS NOT 3");
    while (row.next()) find("task " + std::string(row.bytes(0)) + ": is leased, though it is not under way");
  }

  void check_types() {
    auto row = database_.query("SELECT name, type FROM task_type");
    while (row.next()) {
      v1::RegisterTypeRequest type;
      if (!read_message(row.bytes(1), type) || type.type() != row.bytes(0))
        find("task type " + std::string(row.bytes(0)) + ": is not what was written");
    }
  }

  void check_answers() {
    auto row = database_.query("SELECT scope, key, hash, answer FROM idempotency");
    while (row.next()) {
      google::protobuf::Empty any;  // takes every message, whose fields it does not know
      if (row.bytes(2).empty() || row.bytes(3).empty() || !read_message(row.bytes(3), any))
        find("key " + std::string(row.bytes(1)) + " of " + std::string(row.bytes(0)) + ": is not what was written");
    }
  }

  void check_output() {
    std::int64_t bytes = 0;
    auto run = database_.query(
        "SELECT task_id, attempt, next, place, kept, task.id IS NULL, (SELECT ifnull(sum(max(length(text), 256)), 0) "
        "FROM output_piece AS piece WHERE piece.task_id = run.task_id AND piece.attempt = run.attempt), stdout, stderr "
        "FROM output_run AS run LEFT JOIN task ON id = task_id");
    while (run.next()) {
      const auto wrong = [&](const std::string& what) {
        find("task " + std::string(run.bytes(0)) + ": the output of attempt " + std::to_string(run.integer(1)) + what);
      };
      if (run.integer(5) != 0) wrong(" is there, though the task is not");
      if (run.integer(4) != run.integer(6))
        wrong(" tells of " + std::to_string(run.integer(4)) + " bytes, and " + std::to_string(run.integer(6)) +
              " are kept");
      if (run.integer(2) < 0 || run.integer(3) < 0) wrong(" ends before it begins");
      if (!read_terminal(run.bytes(7)) || !read_terminal(run.bytes(8)))
        wrong(" stands unfinished in a way that it cannot");
      bytes += run.integer(6);
    }
    auto piece = database_.query(
        "SELECT piece.task_id, piece.attempt, piece.place FROM output_piece AS piece LEFT JOIN output_run AS run "
        "USING (task_id, attempt) WHERE run.place IS NULL OR piece.place < 0 OR piece.place + length(text) > run.place "
        "OR EXISTS (SELECT 1 FROM output_piece AS next WHERE next.task_id = piece.task_id AND next.attempt = "
        "piece.attempt AND next.place > piece.place AND next.place < piece.place + length(piece.text))");
    while (piece.next())
      find("task " + std::string(piece.bytes(0)) + ": a piece of the output of attempt " +
           std::to_string(piece.integer(1)) + ", at " + std::to_string(piece.integer(2)) + ", is not where it can be");
    if (bytes != output_bytes_)
      find("meta: tells of " + std::to_string(output_bytes_) + " bytes of output, and " + std::to_string(bytes) +
           " are kept");
  }

  void check_bytes() {
    static const std::string kBytes = std::string("SELECT ") + kSqliteAllBytes;
    auto row = database_.query(kBytes);
    if (row.next() && row.integer(0) != bytes_)
      find("meta: tells of " + std::to_string(bytes_) + " bytes, and what is kept takes " +
           std::to_string(row.integer(0)));
  }

  void check_marks() {
    auto row = database_.query("SELECT seq, age_ms FROM mark ORDER BY seq");
    std::int64_t last = 0;
    while (row.next()) {
      if (row.integer(0) > report_.head || row.integer(1) < last)
        find("mark " + std::to_string(row.integer(0)) + ": lies beyond the head, or before an earlier one in time");
      last = row.integer(1);
    }
  }

  Database& database_;
  CheckReport report_;
  std::int64_t bytes_ = 0;
  std::int64_t output_bytes_ = 0;
  std::unordered_map<std::int64_t, TopicRow> topics_;
  std::unordered_map<std::string, std::int64_t> orphans_;  // of updates whose task is not there, the last one
};

}  // namespace

Result<CheckReport> check_log(const std::string& path) {
  auto database = open_log(path);
  if (!database) return tl::make_unexpected(database.error());
  auto& log = **database;
  log.script("BEGIN");
  auto report = Check(log).run();
  log.script("COMMIT");
  // What cannot be read on is a finding too, and what SQLite says of it is the first word.
  if (log.failure()) report.findings.push_back(log.failure()->message);
  return report;
}

}  // namespace taskwire::engine
