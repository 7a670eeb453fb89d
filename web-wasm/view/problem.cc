#include "view/problem.h"

#include "view/foreign_text.h"
#include "view/json.h"

namespace taskwire::view {

Problem problem_of(const Answer& answer) {
  if (answer.status == 0) {
    return {"No answer", "The server could not be reached, or it did not answer in time.", {}};
  }
  const Json said = Json::parse(answer.body).value_or(Json());
  Problem problem{marked(said["title"].text()), marked(said["detail"].text()), marked(said["reason"].text())};
  if (problem.title.empty()) problem.title = "The server answered " + std::to_string(answer.status);
  return problem;
}

bool is_outcome_unknown(const Answer& answer) {
  return answer.status == 0 || answer.status == 502 || answer.status == 504 ||
         problem_of(answer).reason == "UNKNOWN_OUTCOME";
}

}  // namespace taskwire::view
