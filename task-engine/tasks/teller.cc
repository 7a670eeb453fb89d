#include "tasks/teller.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "log/publisher.h"
#include "resume/limits.h"
#include "resume/topic.h"
#include "tasks/find_task.h"
#include "tasks/transitions.h"

namespace taskwire::engine {
namespace {

constexpr std::chrono::hours kKept{24};  // far longer than a store whose commits fail is waited for

std::string clean_message(const std::string& text) {
  auto clean = clean_text(text, kMostPayloadBytes);
  std::replace(clean.begin(), clean.end(), '\0', '?');
  return clean;
}

/// Sends an attempt's message of that number, unless a commit of unknown outcome did so before.
Result<v1::Task> send(Transaction& transaction, const std::string& task_id, int attempt, int number,
                      const std::string& text) {
  auto task = find_task(transaction, task_id);
  if (!task) return task;
  const auto scope = "tell/" + task_id;
  const auto key = std::to_string(attempt);
  const auto last = transaction.recall(scope, key);
  if (last && last->request_hash == std::to_string(number)) return task;
  if (auto checked = check_tell(*task, attempt); !checked) return tl::make_unexpected(checked.error());
  v1::PublishRequest message;
  message.set_topic(topic_name(TopicKind::messages, task->user_id()));
  message.set_data(text);
  auto event = check_publish(message, Principal::engine);
  if (!event) return tl::make_unexpected(event.error());
  const auto cursor = transaction.append(*event);
  transaction.remember(scope, key, {std::to_string(number), to_string(cursor)}, kKept);
  return task;
}

}  // namespace

Teller::Teller(const v1::Task& task, Persist persist)
    : task_id_(task.task_id()), attempt_(task.attempt()), persist_(std::move(persist)) {}

bool Teller::tell(const std::string& text) {
  const std::lock_guard lock(mutex_);
  const auto change = [id = task_id_, attempt = attempt_, number = ++told_, clean = clean_message(text)](
                          Transaction& transaction) { return send(transaction, id, attempt, number, clean); };
  return persist_(text.size(), change).has_value();
}

}  // namespace taskwire::engine
