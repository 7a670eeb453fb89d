#pragma once

#include <map>
#include <memory>
#include <string>

#include "browser/dom.h"
#include "browser/problem_box.h"
#include "browser/tasks/form_field.h"
#include "view/dashboard.h"

namespace taskwire::browser {

/// The form that starts a task. Not thread-safe.
class StartPanel {
 public:
  StartPanel();

  void draw(view::Dashboard& dashboard);
  /// Puts the focus on the first input that is wrong, if any.
  void focus_error(const view::StartForm& form);

 private:
  void draw_types(const view::StartForm& form);
  void rebuild_types(const view::StartForm& form);
  void rebuild_fields(const view::StartForm& form);

  val type_, params_;
  Text type_help_, type_warning_, name_error_, note_;
  Attribute name_invalid_, params_hidden_, start_disabled_, start_busy_;
  ProblemBox problem_;
  std::vector<std::string> types_;
  std::map<std::string, std::unique_ptr<FormField>> fields_;
  std::vector<Text> options_;
  int revision_ = 0;
  int catalogue_ = 0;
};

}  // namespace taskwire::browser
