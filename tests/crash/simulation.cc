#include "crash/simulation.h"

#include <array>
#include <filesystem>
#include <sqlite3.h>
#include <utility>

#include "crash/observe.h"
#include "store/layout_1.h"
#include "store/layout_2.h"
#include "store/layout_3.h"
#include "store/layout_4.h"
#include "store/sqlite_schema.h"

namespace taskwire::engine {
namespace {

constexpr std::size_t kMostLives = 6;
constexpr std::size_t kMostSteps = 50;
constexpr std::size_t kTraced = 40;
constexpr int kMostTries = 5;
constexpr int kMostFailedStarts = 20;
constexpr std::uint64_t kForGood = 1'000'000;

}  // namespace

Simulation::Simulation(std::uint64_t seed, Rules rules, const std::string& folder)
    : rules_(rules),
      dice_(seed),
      disk_(seed + 1),
      vfs_(disk_, folder, seed + 2),
      folder_(folder),
      workload_(dice_, clock_, dice_.one_in(4) ? 15 : 0) {
  vfs_.show();
  if (rules_.disk_lies) disk_.lie();
  if (rules_.ignores_synchronous) vfs_.ignore_synchronous();
  if (dice_.one_in(2)) make_small_pages();
  if (rules_.layout > 0) make_old_log();
  constexpr std::array<int, 4> kFrames = {1000, 200, 40, 10};
  checkpoints_ = {.frames = kFrames[dice_.below(4)], .restart_frames = 0, .between_restarts = {}};
  checkpoints_.restart_frames = checkpoints_.frames * static_cast<int>(1 + dice_.below(3));
}

void Simulation::make_small_pages() {
  constexpr std::array<const char*, 2> kSizes = {"PRAGMA page_size = 512", "PRAGMA page_size = 1024"};
  sqlite3* database = nullptr;
  const auto path = folder_ + "/taskwire.db";
  sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  for (const auto* const sql :
       {kSizes[dice_.below(2)], "PRAGMA auto_vacuum = INCREMENTAL", "PRAGMA journal_mode = WAL"})
    sqlite3_exec(database, sql, nullptr, nullptr, nullptr);
  sqlite3_close(database);
}

/// A log of an older layout lies there already.
void Simulation::make_old_log() {
  clock_.advance(std::chrono::hours(1));  // its events are old
  const auto make = [this](const std::string& file) {
    sqlite3* database = nullptr;
    sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
    constexpr std::array kLayouts = {kLayout1, kLayout2, kLayout3, kLayout4};  // each of the one before
    for (std::size_t i = 0; i < static_cast<std::size_t>(rules_.layout); ++i)
      sqlite3_exec(database, kLayouts.at(i), nullptr, nullptr, nullptr);
    sqlite3_close(database);
  };
  const TempDir brought;
  make(SqliteStore::file_in(brought.path()));
  auto store = *SqliteStore::open({.data_dir = brought.path()}, clock_);
  auto model = observe(*store)->model;
  {
    const auto database =
        *sqlite::Database::open(SqliteStore::file_in(brought.path()), sqlite::Database::Access::read_only);
    auto mark = database->query("SELECT seq, age_ms FROM mark");
    while (mark.next()) model.marks[mark.integer(0)] = mark.integer(1);
  }
  epoch_ = store->epoch();
  judge_.begin(std::move(model), epoch_);
  make(SqliteStore::file_in(folder_));
  (void)vfs_.sync_folder();
}

/// Before a log is brought to a new layout there is a copy of what was.
Simulation::Fault Simulation::look_at_copy() const {
  const auto copy = SqliteStore::file_in(folder_) + ".layout-" + std::to_string(rules_.layout);
  const auto database = sqlite::Database::open(copy, sqlite::Database::Access::unchanging);
  if (!database) return Violation{Violation::Kind::lost, database.error().message};
  auto row = (*database)->query("SELECT schema, (SELECT count(*) FROM event) FROM meta");
  if (row.next() && row.integer(0) == rules_.layout && row.integer(1) == 5) return std::nullopt;
  return Violation{Violation::Kind::lost, copy + " is not what was"};
}

std::optional<Violation> Simulation::run() {
  for (auto lives = 2 + dice_.below(kMostLives - 1); lives > 0; --lives) {
    if (auto violation = live()) {
      drop();
      return explain(std::move(*violation));
    }
    end();
  }
  // What the last one left.
  trace("a last look");
  disk_.start({});
  auto violation = open();
  drop();
  return violation ? std::optional(explain(std::move(*violation))) : std::nullopt;
}

Disk::Plan Simulation::make_plan() {
  constexpr std::array<std::size_t, 4> kSpans = {30, 200, 800, 3000};
  Disk::Plan plan;
  if (!dice_.one_in(4)) plan.cut = 1 + dice_.below(kSpans[dice_.below(kSpans.size())]);
  if (dice_.one_in(3)) plan.failed_sync = 1 + dice_.below(dice_.one_in(2) ? 12 : 60);
  if (dice_.one_in(2)) plan.failing_syncs = 1 + dice_.below(8);
  if (plan.failed_sync > 0 && dice_.one_in(3)) plan.cut_after_failed_sync = 1 + dice_.below(12);
  if (dice_.one_in(6)) plan.failed_write = 1 + dice_.below(dice_.one_in(2) ? 100 : 600);
  if (rules_.kills_after_failed_syncs)
    plan = {.failed_sync = 4 + dice_.below(20), .cut_after_failed_sync = 3 + dice_.below(3)};
  if (rules_.syncs_fail_for_good) plan = {.failed_sync = 4 + dice_.below(20), .failing_syncs = kForGood};
  plan.is_full = dice_.one_in(2);
  return plan;
}

Simulation::Fault Simulation::live() {
  ++counts_.lives;
  const auto plan = make_plan();
  disk_.start(plan);
  durability_ = rules_.durability.value_or(dice_.one_in(2) ? Durability::full : Durability::normal);
  trace("a life, " + std::string(durability_ == Durability::full ? "full" : "normal") + ": cut at call " +
        std::to_string(plan.cut) + ", failed sync " + std::to_string(plan.failed_sync) + " and " +
        std::to_string(plan.failing_syncs - 1) + " more, failed write " + std::to_string(plan.failed_write));
  if (auto fault = open()) return fault;
  for (auto steps = dice_.below(kMostSteps); steps > 0 && store_ && !disk_.is_off(); --steps) {
    if (auto fault = step()) return fault;
  }
  if (auto fault = let_go()) return fault;
  return store_ && !disk_.is_off() && dice_.one_in(3) ? close() : std::nullopt;
}

Simulation::Fault Simulation::open() {
  judge_.promise(rules_.promises_more ? Durability::full : durability_);
  const auto boot = rules_.hides_falls ? "boot" : "boot " + std::to_string(boot_);
  const bool was_marked = is_marked();
  std::string refusal;
  // Each failure may keep it from opening once.
  for (int tried = -1; tried < disk_.failures() && !store_ && !disk_.is_off();) {
    tried = disk_.failures();
    if (tried > kMostFailedStarts) disk_.cut();
    auto opened = SqliteStore::open({.data_dir = folder_,
                                     .durability = durability_,
                                     .boot_id = boot,
                                     .random = [this] { return dice_.bits(); },
                                     .checkpoints = checkpoints_,
                                     .spare_pages = 4,
                                     .lock_patience = std::chrono::milliseconds(0)},
                                    clock_);
    if (opened) {
      store_ = std::move(*opened);
    } else {
      refusal = opened.error().message;
      trace("refused: " + refusal);
      judge_.interrupt();
    }
  }
  // Also of a start that did not come to its end.
  const auto note_syncs = [&] {
    if (was_marked || disk_.sync_failed()) judge_.fail_sync();
  };
  note_syncs();
  if (disk_.is_off()) {
    judge_.interrupt();
    return std::nullopt;
  }
  if (!store_) return Violation{Violation::Kind::refused, refusal};
  if (store_->only_reads()) {
    auto fault = begin_to_write();
    note_syncs();
    if (fault) return fault;
    if (disk_.is_off()) {
      judge_.interrupt();
      return std::nullopt;
    }
  }
  if (!epoch_.empty() && store_->epoch() != epoch_) ++counts_.new_epochs;
  epoch_ = store_->epoch();
  if (rules_.layout > 0) {
    const auto fault = look_at_copy();
    if (fault && !disk_.is_off()) return fault;
  }
  if (auto fault = look(after_)) return fault;
  if (disk_.is_off()) {
    judge_.interrupt();
    return std::nullopt;
  }
  judge_.settle();
  after_ = Judge::After::kill;
  return std::nullopt;
}

/// What could only be read at first.
Simulation::Fault Simulation::begin_to_write() {
  trace("open to read only");
  ++counts_.only_read;
  judge_.interrupt();
  Result<void> reopened = tl::make_unexpected(Error{});
  for (int tried = -1; tried < disk_.failures() && !reopened && !disk_.is_off();) {
    tried = disk_.failures();
    if (auto fault = glimpse()) return fault;
    if (auto fault = hold()) return fault;
    std::size_t seen = 0;
    if (!held_.empty() && !disk_.is_off()) {
      auto& reader = *held_.back().reader;
      reader.rows({{.topic = ""}}, reader.head().sequence, [&](const EventPtr&) { return ++seen > 0; });
      const auto error = reader.error();
      if (error && !disk_.is_off()) return Violation{Violation::Kind::unreadable, error->message};
    }
    held_.clear();
    clock_.advance(std::chrono::seconds(1));
    reopened = store_->reopen();
    if (!reopened) trace("not reopened: " + reopened.error().message);
  }
  if (reopened || disk_.is_off()) return std::nullopt;
  return Violation{Violation::Kind::refused, reopened.error().message};
}

Simulation::Fault Simulation::look(Judge::After after) {
  for (;;) {
    const auto failures = disk_.failures();
    auto violation = judge_.look(*store_, after);
    if (disk_.is_off()) return std::nullopt;
    const bool may_pass = violation && violation->kind == Violation::Kind::unreadable && disk_.failures() > failures;
    if (!may_pass) return violation;
    if (auto fault = try_again()) return fault;
    if (disk_.is_off()) return std::nullopt;
  }
}

Simulation::Fault Simulation::glimpse() {
  if (!dice_.one_in(2)) return std::nullopt;
  ++counts_.glimpses;
  auto violation = judge_.glimpse(*store_, after_);
  return disk_.is_off() ? std::nullopt : violation;
}

Simulation::Fault Simulation::step() {
  clock_.advance(std::chrono::milliseconds(dice_.below(5000)));
  switch (dice_.below(12)) {
    case 0:
      // After a failed sync the store takes no writes, of which looking is one, before nobody reads.
      if (disk_.failures() > 0) return go_on();
      return look(Judge::After::failure);
    case 1:
      return hold();
    case 2:
      return let_go();
    default:
      return commit();
  }
}

Simulation::Fault Simulation::commit() {
  Model next = judge_.last();
  std::string wrong;
  bool is_written = false;
  const auto shrunk = workload_.shrunk();
  const auto committed = store_->commit([&](Transaction& transaction) {
    wrong = workload_.write(transaction, next);
    is_written = true;
  });
  if (disk_.is_off()) {
    if (is_written) judge_.doubt(std::move(next));
    return std::nullopt;
  }
  if (!committed) {
    trace("commit failed: " + committed.error().message);
    if (disk_.failures() == 0) return Violation{Violation::Kind::refused, committed.error().message};
    return recover(committed.error().reason, std::move(next));
  }
  ++counts_.commits;
  counts_.shrunk += workload_.shrunk() - shrunk;
  if (wrong.empty() && committed->after != judge_.last().head) wrong = "the commit follows another head";
  if (!wrong.empty()) return Violation{Violation::Kind::wrong, wrong};
  return judge_.acknowledge(std::move(next), store_->epoch());
}

Simulation::Fault Simulation::recover(Reason reason, Model next) {
  ++counts_.failures;
  if (reason == Reason::unknown_outcome) {
    ++counts_.unknown;
    judge_.doubt(std::move(next));
  }
  return go_on();
}

/// After a failure: as whoever owns the store tries again, while others read, and turns it off where that goes on.
Simulation::Fault Simulation::try_again() {
  if (auto fault = glimpse()) return fault;
  auto reopened = store_->reopen();
  // Readers may be in the way, and each failure.
  int tries = 0;
  for (int tried = -1; tried < disk_.failures() && !reopened && !disk_.is_off();) {
    tried = disk_.failures();
    trace("not reopened: " + reopened.error().message);
    if (++tries > kMostTries) disk_.cut();
    if (auto fault = let_go()) return fault;
    if (auto fault = glimpse()) return fault;
    reopened = store_->reopen();
  }
  if (reopened || disk_.is_off()) return std::nullopt;
  return Violation{Violation::Kind::refused, reopened.error().message};
}

Simulation::Fault Simulation::go_on() {
  if (auto fault = try_again()) return fault;
  return disk_.is_off() ? std::nullopt : look(Judge::After::failure);
}

bool Simulation::is_marked() const {
  return std::filesystem::exists(folder_ + "/taskwire.db-unsynced");
}

Simulation::Fault Simulation::hold() {
  auto reader = store_->read();
  if (disk_.is_off()) return std::nullopt;
  // After a sync that failed nobody need be shown anything before the disk has it.
  if (!reader && is_marked()) return std::nullopt;
  if (!reader) return Violation{Violation::Kind::unreadable, reader.error().message};
  held_.push_back({std::move(*reader), judge_.last()});
  return std::nullopt;
}

Simulation::Fault Simulation::let_go() {
  Fault fault;
  for (auto& [reader, model] : held_) {
    if (disk_.is_off()) break;
    std::size_t seen = 0;
    reader->rows({{.topic = ""}}, reader->head().sequence, [&](const EventPtr& event) {
      const auto known = model.events.find(event->sequence);
      if (known == model.events.end() || bytes_of(event->parse()) != *known->second.bytes) return false;
      ++seen;
      return true;
    });
    if (const auto error = reader->error()) {
      fault = Violation{Violation::Kind::unreadable, error->message};
    } else if (seen != model.events.size()) {
      fault = Violation{Violation::Kind::torn, "a reader saw something else than there was when it began"};
    }
  }
  held_.clear();
  return fault;
}

Simulation::Fault Simulation::close() {
  const auto closed = store_->close();
  trace("closed: " + (closed ? "well" : closed.error().message));
  if (disk_.is_off()) return std::nullopt;
  if (closed) {
    ++counts_.closes;
    judge_.settle();
    judge_.close();
  } else if (disk_.failures() == 0) {
    return Violation{Violation::Kind::refused, closed.error().message};
  }
  store_.reset();
  return std::nullopt;
}

void Simulation::drop() {
  held_.clear();
  store_.reset();
}

void Simulation::end() {
  if (disk_.is_off()) ++counts_.cuts;
  disk_.cut();
  drop();
  if (rules_.kills_after_failed_syncs || dice_.one_in(3)) {
    trace("a kill after " + std::to_string(disk_.calls()) + " calls");
    // The moment between a sync that failed and the mark of it is left out.
    const bool may_forget = durability_ == Durability::full || !disk_.failed_just_now();
    if (may_forget && dice_.one_in(2)) disk_.forget();
    if (rules_.hides_failed_syncs) disk_.lose("taskwire.db-unsynced");
    if (disk_.sync_failed()) after_ = Judge::After::fall;  // as far as it goes for what was not synced
  } else {
    trace("a fall after " + std::to_string(disk_.calls()) + " calls");
    ++counts_.falls;
    ++boot_;
    after_ = Judge::After::fall;
    disk_.fall();
  }
  vfs_.show();
}

void Simulation::trace(std::string text) {
  trace_.push_back(std::move(text));
  if (trace_.size() > kTraced) trace_.pop_front();
}

Violation Simulation::explain(Violation violation) const {
  std::string text = std::string(name_of(violation.kind)) + ": " + violation.text + "; before that:";
  for (const auto& line : trace_) text += "\n  " + line;
  return {violation.kind, std::move(text)};
}

}  // namespace taskwire::engine
