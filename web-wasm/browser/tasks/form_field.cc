#include "browser/tasks/form_field.h"

namespace taskwire::browser {
namespace {

using Kind = view::Field::Kind;

val select_of(const view::Field& field) {
  const val select = new_element("select");
  if (field.initial.empty()) call(select, "append", new_element("option"));  // nothing chosen
  for (const auto& choice : field.choices) {
    const val option = new_element("option");
    set(option, "textContent", choice);
    call(select, "append", option);
  }
  return select;
}

val input_of(const view::Field& field, const std::string& value) {
  switch (field.kind) {
    case Kind::choice:
      return select_of(field);
    case Kind::lines:
    case Kind::json: {
      const val area = new_element("textarea");
      set(area, "rows", val(3));
      return area;
    }
    case Kind::boolean: {
      const val box = new_element("input");
      set(box, "type", "checkbox");
      set_flag(box, "checked", value == "true");
      return box;
    }
    default:
      return new_element("input");
  }
}

void prepare(const val& input, const view::Field& field, const std::string& value) {
  set(input, "id", "param-" + field.key);
  set(input, "name", field.key);
  set(input, "autocomplete", "off");
  if (field.kind == Kind::integer) set(input, "inputMode", "numeric");
  if (field.kind == Kind::number) set(input, "inputMode", "decimal");
  if (field.kind != Kind::boolean) set(input, "value", value);
  if (field.is_required) set_flag(input, "required", true);
  set_attribute(input, "aria-describedby", "help-" + field.key + " error-" + field.key);
}

}  // namespace

FormField::FormField(const view::Field& field, const std::string& value)
    : node_(copy_of("field-template")),
      input_(input_of(field, value)),
      error_(part(node_, "error")),
      invalid_(input_, "aria-invalid") {
  prepare(input_, field, value);
  const val label = part(node_, "label");
  set(label, "textContent", field.label);
  set(label, "htmlFor", "param-" + field.key);
  call(label, "after", input_);
  Text help(part(node_, "help"));
  help.set_or_hide(field.help);
  set(help.node(), "id", "help-" + field.key);
  set(error_.node(), "id", "error-" + field.key);
  if (field.kind == Kind::boolean) call(get(node_, "classList"), "add", "check");
}

void FormField::set_error(const std::string& error) {
  error_.set_or_hide(error);
  invalid_.set_or_remove(error.empty() ? "" : "true");
}

std::string input_value(const val& input) {
  if (get_text(input, "type") == "checkbox") return get(input, "checked").isTrue() ? "true" : "false";
  return get_text(input, "value");
}

}  // namespace taskwire::browser
