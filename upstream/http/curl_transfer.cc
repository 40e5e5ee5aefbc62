#include "upstream/http/curl_transfer.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "upstream/http/curl_failure.h"
#include "upstream/http/request_check.h"

namespace wriftai {
namespace {

using Kind = TransportFailure::Kind;

// Bodies up to this size reserve no memory: most are this small, and a transfer
// needs about as much anyway. The reservation doubles from there.
constexpr size_t kFreeBodyBytes = size_t{64} << 10;

// A body pauses after this much. Taking it costs 1 to 3 ms, which other calls
// may wait; a pause costs 10 us.
constexpr size_t kBytesPerRound = size_t{256} << 10;

constexpr char kEncodings[] = "gzip, deflate";

void SetConnection(const HttpOptions& options, CurlOptions& set) {
  // The loop enforces the total timeout: libcurl's does not run while a
  // transfer waits for a connection.
  set.Number(CURLOPT_CONNECTTIMEOUT_MS,
             static_cast<CurlLong>(
                 absl::ToInt64Milliseconds(options.connect_timeout)));
  set.Number(CURLOPT_NOSIGNAL, 1);
  // Otherwise dropping a transfer would block the loop until a slow name server
  // responds.
  set.Number(CURLOPT_QUICK_EXIT, 1);
  set.Number(CURLOPT_MAXAGE_CONN,
             static_cast<CurlLong>(absl::ToInt64Seconds(options.max_idle)));
  set.Number(CURLOPT_DNS_CACHE_TIMEOUT,
             static_cast<CurlLong>(absl::ToInt64Seconds(options.dns_cache)));
  const auto keepalive =
      static_cast<CurlLong>(absl::ToInt64Seconds(options.keepalive));
  set.Number(CURLOPT_TCP_KEEPALIVE, 1);
  set.Number(CURLOPT_TCP_KEEPIDLE, keepalive);
  set.Number(CURLOPT_TCP_KEEPINTVL, keepalive);
  set.Number(CURLOPT_SSL_VERIFYPEER, 1);
  set.Number(CURLOPT_SSL_VERIFYHOST, 2);
  set.Number(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  if (!options.ca_file.empty()) {
    set.Text(CURLOPT_CAINFO, options.ca_file);
    set.Pointer<const char>(CURLOPT_CAPATH, nullptr);
  }
  // HTTP/2 where TLS offers it. CURLOPT_PIPEWAIT stays off: a slow first
  // response would delay every request behind it.
  set.Number(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
  set.Number(CURLOPT_HEADEROPT, CURLHEADER_SEPARATE);
  set.Number(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1);
  set.Number(CURLOPT_NETRC, CURL_NETRC_IGNORED);
}

void SetRules(CurlOptions& set) {
  set.Text(CURLOPT_PROTOCOLS_STR, "http,https");
  // The URL is already encoded; libcurl must not resolve a ".." in it.
  set.Number(CURLOPT_PATH_AS_IS, 1);
  // A redirect is a response like any other. Following it would send the bearer
  // to a host that is not configured.
  set.Number(CURLOPT_FOLLOWLOCATION, 0);
  // Without it, libcurl decompresses nothing.
  set.Text(CURLOPT_ACCEPT_ENCODING, kEncodings);
  set.Number(CURLOPT_HTTP09_ALLOWED, 0);
}

bool HasHeader(const HttpRequest& request, absl::string_view name) {
  for (const auto& header : request.headers) {
    if (absl::EqualsIgnoreCase(header.first, name)) return true;
  }
  return false;
}

}  // namespace

CurlTransfer::CurlTransfer(HttpRequest request, const HttpOptions& options,
                           ByteBudget& bodies, OnPause on_pause)
    : options_(options),
      bodies_(bodies),
      on_pause_(std::move(on_pause)),
      request_(std::move(request)),
      response_(options),
      bytes_until_pause_(kBytesPerRound) {}

absl::Status CurlTransfer::Prepare(CurlEasy easy, UrlParser& urls) {
  absl::StatusOr<CurlUrl> url = CheckRequest(request_, urls);
  if (!url.ok()) return url.status();
  url_ = *std::move(url);
  easy_ = std::move(easy);
  CurlOptions set(easy_.get());
  SetRequest(set);
  SetCallbacks(set);
  return set.status();
}

CurlEasy CurlTransfer::NewEasy(const HttpOptions& options) {
  CurlEasy easy(curl_easy_init());
  if (easy == nullptr) std::abort();  // Out of memory, as in operator new.
  CurlOptions set(easy.get());
  SetConnection(options, set);
  SetRules(set);
  set.Pointer(CURLOPT_PREREQFUNCTION, &CurlTransfer::OnAttempt);
  set.Pointer(CURLOPT_HEADERFUNCTION, &CurlTransfer::OnHeader);
  set.Pointer(CURLOPT_WRITEFUNCTION, &CurlTransfer::OnBody);
  set.Pointer(CURLOPT_DEBUGFUNCTION, &CurlTransfer::OnDebug);
  if (!set.status().ok()) std::abort();  // Another libcurl than was built for.
  return easy;
}

CurlEasy CurlTransfer::TakeEasy() {
  CurlOptions set(easy());
  set.Pointer<CURLU>(CURLOPT_CURLU, nullptr);
  set.Pointer<curl_slist>(CURLOPT_HTTPHEADER, nullptr);
  set.Pointer<char>(CURLOPT_ERRORBUFFER, nullptr);
  return std::move(easy_);
}

void CurlTransfer::SetRequest(CurlOptions& set) {
  // With both, libcurl neither parses the text nor formats the parsed URL.
  set.Text(CURLOPT_URL, request_.url);
  set.Pointer(CURLOPT_CURLU, url_.get());
  // Proxies: libcurl's standard variables (https_proxy, no_proxy, ...) apply,
  // as many clusters require a proxy. It never sees our headers: with https
  // they are only sent inside the tunnel.
  set.Pointer(CURLOPT_PROXY,
              !options_.use_proxy_from_environment || request_.without_proxy
                  ? ""
                  : nullptr);
  SetMethod(set);
  AddHeaders();
  set.Pointer(CURLOPT_HTTPHEADER, headers_.Link());
}

void CurlTransfer::SetMethod(CurlOptions& set) {
  if (request_.method == HttpMethod::kGet) {
    return set.Number(CURLOPT_HTTPGET, 1);
  }
  set.Number(CURLOPT_POST, 1);
  set.Pointer(CURLOPT_POSTFIELDS, request_.body.data());
  set.Size(CURLOPT_POSTFIELDSIZE_LARGE,
           static_cast<curl_off_t>(request_.body.size()));
}

// libcurl would format its own User-Agent and Accept-Encoding twice.
void CurlTransfer::AddHeaders() {
  if (!options_.user_agent.empty()) {
    headers_.Add(absl::StrCat("User-Agent: ", options_.user_agent));
  }
  headers_.Add(absl::StrCat("Accept-Encoding: ", kEncodings));
  for (const auto& [name, value] : request_.headers) {
    // libcurl's syntax for an empty value; "name:" would remove the header.
    headers_.Add(value.empty() ? absl::StrCat(name, ";")
                               : absl::StrCat(name, ": ", value));
  }
  if (!request_.bearer.empty()) {
    headers_.Add(
        absl::StrCat("authorization: Bearer ", request_.bearer.Reveal()));
  }
  if (request_.method == HttpMethod::kPost) {
    // Waiting for "100 Continue" takes 1 s with servers that do not support it.
    headers_.Add("expect:");
    // Not application/x-www-form-urlencoded, libcurl's default.
    if (!HasHeader(request_, "content-type")) headers_.Add("content-type:");
  }
}

// A former transfer may have set the last two.
void CurlTransfer::SetCallbacks(CurlOptions& set) {
  set.Pointer(CURLOPT_PREREQDATA, this);
  set.Pointer(CURLOPT_HEADERDATA, this);
  set.Pointer(CURLOPT_WRITEDATA, this);
  set.Pointer(CURLOPT_ERRORBUFFER, error_);
  set.Number(CURLOPT_VERBOSE, 0);
  set.Number(CURLOPT_FORBID_REUSE, 0);
}

size_t CurlTransfer::OnHeader(char* data, size_t size, size_t count,
                              void* self) {
  auto* const transfer = static_cast<CurlTransfer*>(self);
  const absl::string_view line(data, size * count);
  if (!transfer->response_.AddHeaderLine(line)) return 0;
  // From here on libcurl logs little, so reading its log is cheap.
  if (transfer->response_.headers_complete()) {
    CurlOptions(transfer->easy()).Number(CURLOPT_VERBOSE, 1);
  }
  return line.size();
}

int CurlTransfer::OnDebug(CURL* easy, curl_infotype type, char* data,
                          size_t size, void*) {
  if (type != CURLINFO_TEXT) return 0;
  const absl::string_view text(data, size);
  // "Excess found in a read: …", "Excess found: …", "Leftovers after chunking:
  // …". curl_event_loop_isolation_test.cc fails where a libcurl words them in
  // another way.
  if (absl::StartsWith(text, "Excess found") ||
      absl::StartsWith(text, "Leftovers after chunking")) {
    CurlOptions(easy).Number(CURLOPT_FORBID_REUSE, 1);
  }
  return 0;
}

size_t CurlTransfer::OnBody(char* data, size_t size, size_t count, void* self) {
  auto* const transfer = static_cast<CurlTransfer*>(self);
  const absl::string_view piece(data, size * count);
  if (transfer->bytes_until_pause_ < piece.size() && transfer->MayPause()) {
    transfer->on_pause_();
    return CURL_WRITEFUNC_PAUSE;  // libcurl keeps `piece` until Resume().
  }
  transfer->bytes_until_pause_ -=
      std::min(transfer->bytes_until_pause_, piece.size());
  if (!transfer->ReserveMemory(transfer->response_.body_bytes() +
                               piece.size())) {
    return CURL_WRITEFUNC_ERROR;
  }
  // Any value other than the size ends the transfer. 0 would not do so for an
  // empty piece.
  return transfer->response_.AddBody(piece) ? piece.size()
                                            : CURL_WRITEFUNC_ERROR;
}

// libcurl would keep all that it decompresses during the pause, up to 1,000
// times the buffer, and no limit would apply to it.
bool CurlTransfer::MayPause() const { return !response_.is_compressed(); }

CURLcode CurlTransfer::Resume() {
  bytes_until_pause_ = kBytesPerRound;
  return curl_easy_pause(easy(), CURLPAUSE_CONT);
}

// Reserves memory for a body of `bytes`.
bool CurlTransfer::ReserveMemory(size_t bytes) {
  const size_t max_bytes = options_.max_response_bytes;
  if (request_.method == HttpMethod::kPost || bytes <= kFreeBodyBytes ||
      bytes > max_bytes) {  // AddBody() rejects those.
    return true;
  }
  while (bytes > memory_.bytes) {
    const size_t step = std::min(std::max(memory_.bytes, kFreeBodyBytes),
                                 max_bytes - memory_.bytes);
    auto hold = bodies_.TryAcquire(request_.connection_scope, step);
    if (!hold.has_value()) {
      memory_exhausted_ = true;
      return false;
    }
    memory_.holds.push_back(*std::move(hold));
    memory_.bytes += step;
  }
  return true;
}

// NOLINTNEXTLINE(readability-non-const-parameter): libcurl's types.
int CurlTransfer::OnAttempt(void* self, char*, char* local_ip, int,
                            int local_port) {
  auto* const transfer = static_cast<CurlTransfer*>(self);
  if (transfer->request_.method == HttpMethod::kPost &&
      transfer->attempts_ > 0) {
    return CURL_PREREQFUNC_ABORT;
  }
  if (!transfer->connection_->BeginRequest(transfer->easy(), local_ip,
                                           local_port)) {
    transfer->is_stale_ = true;
    return CURL_PREREQFUNC_ABORT;
  }
  ++transfer->attempts_;
  return CURL_PREREQFUNC_OK;
}

void CurlTransfer::Use(PooledConnection& connection) {
  connection_ = &connection;
  is_stale_ = false;
  connection.Attach(easy());
}

PooledConnection* CurlTransfer::Release() {
  if (connection_ == nullptr) return nullptr;
  PooledConnection::Detach(easy());
  return std::exchange(connection_, nullptr);
}

HttpResult CurlTransfer::Finish(CURLcode code) {
  if (code == CURLE_OK && !response_.headers_complete()) {
    return Fail(Kind::kInterrupted,
                "the connection closed before the end of the headers");
  }
  if (code == CURLE_OK) {
    CurlLong status = 0;
    CurlLong version = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy_.get(), CURLINFO_HTTP_VERSION, &version);
    connection_->EndResponse(version == CURL_HTTP_VERSION_2_0);
    HttpResponse response = response_.Take(static_cast<int>(status));
    if (!memory_.holds.empty()) {
      response.memory = std::make_shared<const BodyMemory>(std::move(memory_));
    }
    return response;
  }
  if (memory_exhausted_) {
    return Fail(Kind::kMemoryExhausted,
                absl::StrCat("responses in progress use most of ",
                             bodies_.max_bytes(), " bytes"));
  }
  if (!response_.excess().empty()) {
    return Fail(Kind::kResponseTooLarge, response_.excess());
  }
  if (is_stale_) {
    return Fail(Kind::kConnect,
                "a new connection received data before its first request");
  }
  if (code == CURLE_ABORTED_BY_CALLBACK) {
    return Fail(
        Kind::kInterrupted,
        "the connection closed before a response; a POST is never sent twice");
  }
  return TransportFailureFrom(
      {code, attempts_ > 0, response_.headers_complete(), error_}, options_);
}

TransportFailure CurlTransfer::Fail(Kind kind, std::string message) const {
  return TransportFailure{kind, attempts_ > 0, std::move(message)};
}

}  // namespace wriftai
