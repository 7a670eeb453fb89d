#include "net/static_files.h"

#include <array>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <spdlog/spdlog.h>
#include <utility>

namespace taskwire::edge {
namespace {

constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kTypes = {
    {{".html", "text/html; charset=utf-8"},
     {".css", "text/css; charset=utf-8"},
     {".js", "text/javascript; charset=utf-8"},
     {".wasm", "application/wasm"},
     {".svg", "image/svg+xml"},
     {".png", "image/png"}}};
// The smallest first.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kCodings = {
    {{"br", ".br"}, {"gzip", ".gz"}, {"", ""}}};

std::string_view type_of(const std::filesystem::path& path) {
  const std::string extension = path.extension();
  for (const auto& [known, type] : kTypes) {
    if (known == extension) return type;
  }
  return {};
}

/// FNV-1a: tells versions of a file apart, and hides nothing.
std::string etag_of(const std::string& bytes, std::string_view coding) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  std::string etag = "\"" + std::to_string(hash);
  if (!coding.empty()) (etag += '-').append(coding);
  return etag += '"';
}

/// Weak comparison (RFC 9110, 13.1.2), as a proxy that compresses weakens tags.
bool matches(std::string_view if_none_match, const std::string& etag) {
  return if_none_match == "*" || has_token(if_none_match, etag) || has_token(if_none_match, "W/" + etag);
}

std::shared_ptr<const std::string> read_file(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  std::ifstream in(path, std::ios::binary);
  if (error || !in) return nullptr;
  std::string bytes(size, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(size));  // which does not throw, as iterators do
  return in ? std::make_shared<const std::string>(std::move(bytes)) : nullptr;
}

}  // namespace

StaticFiles::StaticFiles(const std::filesystem::path& root) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(root, error)) {
    const auto type = type_of(entry.path());
    if (type.empty() || !entry.is_regular_file(error)) continue;
    File file{std::string(type), {}};
    for (const auto& [coding, suffix] : kCodings) {
      auto path = entry.path();
      path += suffix;
      if (auto bytes = read_file(path)) file.encodings.emplace(coding, Encoding{bytes, etag_of(*bytes, coding)});
    }
    if (!file.encodings.contains("")) {
      spdlog::warn("cannot read {}; it is not served", entry.path().string());
      continue;
    }
    files_.emplace(entry.path().filename(), std::move(file));
  }
}

bool StaticFiles::has(std::string_view name) const {
  return files_.contains(name.empty() ? kIndex : name);
}

HttpResponse StaticFiles::respond(const HttpRequest& request, std::string_view name) const {
  const File& file = files_.find(name.empty() ? kIndex : name)->second;
  const auto accepted = request.list("Accept-Encoding");
  const Encoding* encoding = nullptr;
  HttpResponse response;
  for (const auto& [coding, suffix] : kCodings) {
    const auto found = file.encodings.find(coding);
    if (found == file.encodings.end() || (!coding.empty() && !has_token(accepted, coding))) continue;
    encoding = &found->second;
    if (!coding.empty()) response.headers.emplace_back("Content-Encoding", coding);
    break;
  }
  response.headers.emplace_back("Content-Type", file.type);
  response.headers.emplace_back("Cache-Control", "no-cache");
  response.headers.emplace_back("Vary", "Accept-Encoding");
  response.headers.emplace_back("ETag", encoding->etag);
  response.headers.emplace_back("Content-Security-Policy", kPolicy);
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  response.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  response.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  if (matches(request.list("If-None-Match"), encoding->etag)) {
    response.status = 304;
  } else {
    response.shared_body = encoding->bytes;
  }
  return response;
}

}  // namespace taskwire::edge
