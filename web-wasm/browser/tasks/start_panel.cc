#include "browser/tasks/start_panel.h"

#include <utility>

namespace taskwire::browser {
namespace {

using view::Purpose;

std::string note_of(view::Dashboard& dashboard) {
  if (dashboard.user().empty()) return "Connect as a user first.";
  const int tries = dashboard.outbox().tries(Purpose::start, "");
  if (tries > 1) return "No answer yet, trying again (" + std::to_string(tries) + ")";
  return dashboard.form().is_busy() ? "Starting" : "";
}

}  // namespace

StartPanel::StartPanel()
    : type_(element("type")),
      params_(element("params")),
      type_help_(element("type-help")),
      type_warning_(element("type-warning")),
      name_error_(element("name-error")),
      note_(element("start-note")),
      name_invalid_(element("task-name"), "aria-invalid"),
      params_hidden_(element("params-box"), "hidden"),
      start_disabled_(element("start"), "disabled"),
      start_busy_(element("start"), "aria-disabled"),
      problem_("start-problem", start_disabled_.element()) {}

void StartPanel::draw(view::Dashboard& dashboard) {
  const auto& form = dashboard.form();
  const bool has_other_fields = std::exchange(revision_, form.revision()) != form.revision();
  if (has_other_fields) rebuild_fields(form);
  if (std::exchange(catalogue_, form.catalogue()) != form.catalogue() || has_other_fields) draw_types(form);
  start_disabled_.toggle(!form.is_loaded() || dashboard.user().empty());
  start_busy_.set_or_remove(form.is_busy() ? "true" : "");
  note_.set(note_of(dashboard));
  name_error_.set_or_hide(form.error(""));
  name_invalid_.set_or_remove(form.error("").empty() ? "" : "true");
  for (const auto& [key, field] : fields_) field->set_error(form.error(key));
  problem_.draw(form.problem());
}

void StartPanel::focus_error(const view::StartForm& form) {
  if (!form.error("").empty()) {
    call(name_invalid_.element(), "focus");
    return;
  }
  for (const auto& field : form.fields()) {
    if (form.error(field.key).empty()) continue;
    set_flag(params_hidden_.element(), "open", true);
    fields_.at(field.key)->focus();
    return;
  }
}

void StartPanel::draw_types(const view::StartForm& form) {
  rebuild_types(form);
  type_help_.set(form.description());
  type_warning_.set_or_hide(form.warning());
  for (std::size_t i = 0; i < types_.size(); ++i) {
    options_[i].set(form.lacks_worker(types_[i]) ? types_[i] + " (no worker)" : types_[i]);
  }
  set(name_invalid_.element(), "placeholder", form.type());
}

void StartPanel::rebuild_types(const view::StartForm& form) {
  auto types = form.types();
  if (types_ == types) return;
  types_ = std::move(types);
  call(type_, "replaceChildren");
  options_.clear();
  for (const auto& type : types_) {
    const val option = new_element("option");
    set(option, "value", type);
    options_.emplace_back(option);
    call(type_, "append", option);
  }
  set_flag(type_, "disabled", false);
  set(type_, "value", form.type());
}

void StartPanel::rebuild_fields(const view::StartForm& form) {
  call(params_, "replaceChildren");
  fields_.clear();
  for (const auto& field : form.fields()) {
    auto& shown = fields_[field.key] = std::make_unique<FormField>(field, form.value(field.key));
    call(params_, "append", shown->node());
  }
  params_hidden_.toggle(fields_.empty());
}

}  // namespace taskwire::browser
