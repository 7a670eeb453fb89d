#include "crash/simulation.h"

#include <array>
#include <sqlite3.h>
#include <utility>

namespace taskwire::engine {
namespace {

constexpr std::size_t kMostLives = 6;
constexpr std::size_t kMostSteps = 50;
constexpr std::size_t kTraced = 40;

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
  if (dice_.one_in(6)) plan.failed_write = 1 + dice_.below(dice_.one_in(2) ? 100 : 600);
  plan.is_full = dice_.one_in(2);
  return plan;
}

Simulation::Fault Simulation::live() {
  ++counts_.lives;
  const auto plan = make_plan();
  disk_.start(plan);
  durability_ = rules_.durability.value_or(dice_.one_in(2) ? Durability::full : Durability::normal);
  trace("a life, " + std::string(durability_ == Durability::full ? "full" : "normal") + ": cut at call " +
        std::to_string(plan.cut) + ", failed sync " + std::to_string(plan.failed_sync) + ", failed write " +
        std::to_string(plan.failed_write));
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
  std::string refusal;
  // Each failure may keep it from opening once.
  for (int tried = -1; tried < disk_.failures() && !store_ && !disk_.is_off();) {
    tried = disk_.failures();
    auto opened = SqliteStore::open({.data_dir = folder_,
                                     .durability = durability_,
                                     .boot_id = boot,
                                     .random = [this] { return dice_.bits(); },
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
  if (disk_.is_off()) {
    judge_.interrupt();
    return std::nullopt;
  }
  if (!store_) return Violation{Violation::Kind::refused, refusal};
  if (!epoch_.empty() && store_->epoch() != epoch_) ++counts_.new_epochs;
  epoch_ = store_->epoch();
  if (auto fault = look(after_)) return fault;
  if (disk_.is_off()) {
    judge_.interrupt();
    return std::nullopt;
  }
  judge_.settle();
  after_ = Judge::After::kill;
  return std::nullopt;
}

Simulation::Fault Simulation::look(Judge::After after) {
  auto violation = judge_.look(*store_, after);
  return disk_.is_off() ? std::nullopt : violation;
}

Simulation::Fault Simulation::step() {
  clock_.advance(std::chrono::milliseconds(dice_.below(5000)));
  switch (dice_.below(12)) {
    case 0:
      // After a failed sync the store takes no writes, of which looking is one, before nobody reads.
      if (disk_.failures() > 0) {
        if (auto fault = let_go()) return fault;
      }
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
  auto reopened = store_->reopen();
  // Readers may be in the way, and each failure.
  for (int tried = -1; tried < disk_.failures() && !reopened && !disk_.is_off();) {
    tried = disk_.failures();
    trace("not reopened: " + reopened.error().message);
    if (auto fault = let_go()) return fault;
    reopened = store_->reopen();
  }
  if (disk_.is_off()) return std::nullopt;
  if (!reopened) return Violation{Violation::Kind::refused, reopened.error().message};
  return look(Judge::After::failure);
}

Simulation::Fault Simulation::hold() {
  auto reader = store_->read();
  if (disk_.is_off()) return std::nullopt;
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
  if (dice_.one_in(3)) {
    trace("a kill after " + std::to_string(disk_.calls()) + " calls");
    if (durability_ == Durability::full && dice_.one_in(2)) disk_.forget();
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
