#include "view/details.h"

#include "view/json.h"

namespace taskwire::view {
namespace {

std::string indented(const Json& value) {
  return value.is(Json::Kind::null) ? std::string() : value.indented();
}

}  // namespace

bool Details::toggle(const std::string& task_id) {
  if (open_.erase(task_id) > 0) return false;
  open_[task_id] = {};
  return true;
}

const Details::Entry* Details::find(const std::string& task_id) const {
  const auto entry = open_.find(task_id);
  return entry == open_.end() ? nullptr : &entry->second;
}

void Details::take(const std::string& task_id, const Answer& answer) {
  const auto entry = open_.find(task_id);
  if (entry == open_.end()) return;
  if (!answer.is_ok()) {
    const auto problem = problem_of(answer);
    entry->second = {false, {}, {}, problem.detail.empty() ? problem.title : problem.detail};
    return;
  }
  const Json said = Json::parse(answer.body).value_or(Json());
  entry->second = {false, indented(said["params"]), indented(said["result"]), {}};
}

}  // namespace taskwire::view
