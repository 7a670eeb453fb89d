#include "view/problem.h"

#include "view/json.h"

namespace taskwire::view {

Problem problem_of(const Answer& answer) {
  if (answer.status == 0) {
    return {"No answer", "The server could not be reached. Repeating this is safe: nothing is done twice.", {}};
  }
  const Json said = Json::parse(answer.body).value_or(Json());
  Problem problem{said["title"].text(), said["detail"].text(), said["reason"].text()};
  if (problem.title.empty()) problem.title = "The server answered " + std::to_string(answer.status);
  return problem;
}

}  // namespace taskwire::view
