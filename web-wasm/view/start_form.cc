#include "view/start_form.h"

#include <algorithm>
#include <utility>

#include "view/foreign_text.h"
#include "view/format.h"
#include "view/task.h"

namespace taskwire::view {
namespace {

constexpr std::size_t kMaxName = 256;  // bytes, as the engine counts

const std::string& get(const std::map<std::string, std::string>& map, const std::string& key) {
  static const std::string none;
  const auto found = map.find(key);
  return found == map.end() ? none : found->second;
}

}  // namespace

bool StartForm::load(std::string_view catalogue) {
  const Json said = Json::parse(catalogue).value_or(Json());
  std::vector<Type> loaded;
  for (const auto& type : said["types"].items()) {
    if (type["type"].text().empty() || type["type"].text() == kOfCaller) continue;
    const auto& params = type["params"];
    Type next{type["type"].text(),     marked(type["description"].text()), params.compact(), {}, {},
              type["workers"].whole(), type["waiting"].whole().value_or(0)};
    if (const auto* const known = find_type(next.name); known != nullptr && known->schema == next.schema) {
      next.fields = known->fields;
      next.values = known->values;
    } else {
      next.fields = decode_fields(params);
      for (const auto& field : next.fields) next.values[field.key] = field.initial;
    }
    loaded.push_back(std::move(next));
  }
  if (loaded.empty()) return false;
  const std::string before = type();
  const std::string schema = is_loaded() ? types_[selected_].schema : std::string();
  types_ = std::move(loaded);
  ++catalogue_;
  const auto* const selected = find_type(before.empty() ? "simulate" : before);
  selected_ = selected == nullptr ? 0 : static_cast<std::size_t>(selected - types_.data());
  if (type() == before && types_[selected_].schema == schema) return true;
  errors_.clear();
  ++revision_;
  return true;
}

std::vector<std::string> StartForm::types() const {
  std::vector<std::string> names;
  for (const auto& type : types_) names.push_back(type.name);
  return names;
}

bool StartForm::lacks_worker(std::string_view type) const {
  const auto* const found = find_type(type);
  return found != nullptr && found->workers == 0;
}

bool StartForm::has_outside_types() const {
  return std::any_of(types_.begin(), types_.end(), [](const Type& type) { return type.workers.has_value(); });
}

std::string StartForm::warning() const {
  if (!lacks_worker(type())) return {};
  const auto waiting = types_[selected_].waiting;
  return "No worker for this type: its tasks wait until one comes" +
         (waiting > 0 ? " (" + format_count(waiting) + " waiting)." : ".");
}

void StartForm::select(std::string_view type) {
  const auto* const found = find_type(type);
  if (found == nullptr) return;
  selected_ = static_cast<std::size_t>(found - types_.data());
  errors_.clear();
  ++revision_;
}

void StartForm::set_name(std::string_view name) {
  name_ = name;
  if (name_.size() <= kMaxName) errors_.erase("");
}

void StartForm::set_value(const std::string& key, std::string_view text) {
  const auto* const field = find(key);
  if (field == nullptr) return;
  types_[selected_].values[key] = text;
  if (errors_.contains(key)) check(*field);
}

std::string StartForm::type() const {
  return is_loaded() ? types_[selected_].name : std::string();
}

std::string StartForm::description() const {
  return is_loaded() ? types_[selected_].description : std::string();
}

const std::vector<Field>& StartForm::fields() const {
  static const std::vector<Field> none;
  return is_loaded() ? types_[selected_].fields : none;
}

std::string StartForm::value(const std::string& key) const {
  return is_loaded() ? get(types_[selected_].values, key) : std::string();
}

std::string StartForm::error(const std::string& key) const {
  return get(errors_, key);
}

std::optional<StartForm::Submission> StartForm::submit(std::string new_key) {
  if (!is_loaded() || is_busy_) return std::nullopt;
  errors_.clear();
  if (name_.size() > kMaxName) errors_[""] = "At most " + std::to_string(kMaxName) + " bytes.";
  std::string params;
  for (const auto& field : fields()) {
    auto checked = field_value(field, value(field.key));
    if (!checked) {
      errors_[field.key] = checked.error();
    } else if (!checked->empty()) {
      params.append(params.empty() ? "" : ",").append(quoted(field.key)).append(":").append(*checked);
    }
  }
  if (!errors_.empty()) return std::nullopt;
  std::string body = "{\"type\":" + quoted(type());
  if (!name_.empty()) body.append(",\"taskName\":").append(quoted(name_));
  body.append(",\"params\":{").append(params).append("}}");
  if (!open_ || open_->body != body) open_ = Submission{std::move(body), std::move(new_key)};
  problem_.reset();
  is_busy_ = true;
  return open_;
}

void StartForm::accepted() {
  is_busy_ = false;
  open_.reset();
}

void StartForm::refused(Problem problem) {
  is_busy_ = false;
  open_.reset();
  problem_ = std::move(problem);
}

void StartForm::unanswered(Problem problem) {
  is_busy_ = false;
  problem_ = std::move(problem);
}

const StartForm::Type* StartForm::find_type(std::string_view name) const {
  const auto found = std::find_if(types_.begin(), types_.end(), [&](const Type& type) { return type.name == name; });
  return found == types_.end() ? nullptr : &*found;
}

const Field* StartForm::find(const std::string& key) const {
  const auto field = std::find_if(fields().begin(), fields().end(), [&](const Field& f) { return f.key == key; });
  return field == fields().end() ? nullptr : &*field;
}

void StartForm::check(const Field& field) {
  const auto checked = field_value(field, value(field.key));
  if (checked) {
    errors_.erase(field.key);
  } else {
    errors_[field.key] = checked.error();
  }
}

}  // namespace taskwire::view
