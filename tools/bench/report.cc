#include "bench/report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

#include "text/json_writer.h"

namespace taskwire::bench {
namespace {

constexpr std::size_t kTextColumn = 52;

std::string in_digits(double value) {
  std::array<char, 40> text;
  const int places = value == std::floor(value) || value >= 1000 ? 0 : value >= 10 ? 1 : 3;
  std::snprintf(text.data(), text.size(), "%.*f", places, value);
  return text.data();
}

std::array<std::pair<const char*, std::uint64_t>, 5> fault_counts(const Report& report) {
  return {{{"missing", report.faults.missing},
           {"repeated", report.faults.repeated},
           {"reordered", report.faults.reordered},
           {"foreign", report.faults.foreign},
           {"cut", report.cut}}};
}

void append_line(std::string& out, std::string text, const std::string& value) {
  const auto is_within = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };  // of a character
  const auto width = text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_within));
  if (width < kTextColumn) text.append(kTextColumn - width, ' ');
  (((out += "  ") += text) += value) += '\n';
}

}  // namespace

ExitStatus verdict(const Report& report) {
  for (const auto& [name, count] : fault_counts(report)) {
    if (count > 0) return ExitStatus::faulty;
  }
  return ExitStatus::ok;
}

std::string to_text(const Report& report, const Settings& settings) {
  std::string out = settings.scenario + " against " + settings.server + " at " + settings.url + ", " +
                    std::to_string(settings.readers) + " readers\n";
  for (const auto& figure : report.figures) append_line(out, figure.text, in_digits(figure.value));
  for (const auto& [name, count] : fault_counts(report)) {
    if (count > 0) append_line(out, std::string("FAULT: ") + name, std::to_string(count));
  }
  for (const auto& note : report.notes) ((out += "  ") += note) += '\n';
  out += verdict(report) == ExitStatus::ok ? "  each reader got each event once\n"
                                           : "  NOT each reader got each event once\n";
  return out;
}

std::string to_json(const Report& report, const Settings& settings) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("scenario", settings.scenario).member("server", settings.server);
  json.member("readers", std::int64_t{settings.readers}).member("channels", std::int64_t{settings.channels});
  json.key("figures").begin_object();
  for (const auto& figure : report.figures) json.member(figure.key, figure.value);
  json.end_object();
  json.key("faults").begin_object();
  for (const auto& [name, count] : fault_counts(report)) json.member(name, static_cast<std::int64_t>(count));
  json.end_object();
  json.key("notes").begin_array();
  for (const auto& note : report.notes) json.value(note);
  json.end_array();
  json.member("exact", verdict(report) == ExitStatus::ok);
  json.end_object();
  return out;
}

}  // namespace taskwire::bench
