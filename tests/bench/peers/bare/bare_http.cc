// Fetches a URL with libcurl and drops the body: the least that an upstream
// request can cost.
//
//   bare_http URL CONCURRENCY SECONDS RATE [BODY_FILE]
//
// Fetches start at random (Poisson) times, on average RATE per second; with 0,
// as soon as earlier ones have ended. BODY_FILE makes them POSTs of JSON.
// Prints JSON: processor time, and latencies in milliseconds.
#include <curl/curl.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace wriftai::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

// A transfer that is used again for each fetch.
struct Transfer {
  CURL* easy = nullptr;
  Clock::time_point start;
};

size_t Drop(const char* data, size_t size, size_t count, void* unused) {
  return size * count;
}

// Runs fetches on one thread: libcurl's multi interface on an epoll set.
class Fetcher {
 public:
  Fetcher(const char* url, long concurrency, const std::string* body)
      : transfers_(static_cast<size_t>(concurrency)) {
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, concurrency);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Fetcher::OnSocket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Fetcher::OnTimer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    headers_ = curl_slist_append(headers_, "authorization: Bearer token");
    if (body != nullptr) {
      headers_ = curl_slist_append(headers_, "content-type: application/json");
    }
    for (Transfer& transfer : transfers_) {
      transfer.easy = curl_easy_init();
      curl_easy_setopt(transfer.easy, CURLOPT_URL, url);
      curl_easy_setopt(transfer.easy, CURLOPT_PROXY, "");
      curl_easy_setopt(transfer.easy, CURLOPT_NOSIGNAL, 1L);
      curl_easy_setopt(transfer.easy, CURLOPT_HTTPHEADER, headers_);
      curl_easy_setopt(transfer.easy, CURLOPT_WRITEFUNCTION, &Drop);
      curl_easy_setopt(transfer.easy, CURLOPT_PRIVATE, &transfer);
      if (body != nullptr) {
        curl_easy_setopt(transfer.easy, CURLOPT_POSTFIELDSIZE,
                         static_cast<long>(body->size()));
        curl_easy_setopt(transfer.easy, CURLOPT_POSTFIELDS, body->data());
      }
      free_.push_back(&transfer);
    }
  }

  // Returns false if a fetch has failed.
  bool Run(double seconds, double rate) {
    const Clock::time_point end = Clock::now() + ToClock(seconds);
    std::mt19937_64 random(1);
    std::exponential_distribution<double> gap(rate > 0 ? rate : 1);
    Clock::time_point next = Clock::now();
    for (Clock::time_point now = next; now < end; now = Clock::now()) {
      while (!free_.empty() && (rate <= 0 || next <= now)) {
        if (rate > 0) next += ToClock(gap(random));
        Start();
      }
      const bool paced = rate > 0 && !free_.empty();
      Wait(paced ? std::min(next, end) : end);
      if (!Collect()) return false;
    }
    while (free_.size() < transfers_.size()) {
      Wait(Clock::now() + std::chrono::seconds(1));
      if (!Collect()) return false;
    }
    return true;
  }

  std::vector<double>& latencies() { return latencies_; }

 private:
  static Clock::duration ToClock(double seconds) {
    return std::chrono::duration_cast<Clock::duration>(Seconds(seconds));
  }

  static int OnSocket(CURL* easy, curl_socket_t socket, int what, void* self,
                      void* known) {
    auto& fetcher = *static_cast<Fetcher*>(self);
    epoll_event event{};
    event.data.fd = socket;
    event.events = ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0U) |
                   ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0U);
    int action = known == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (what == CURL_POLL_REMOVE) action = EPOLL_CTL_DEL;
    curl_multi_assign(fetcher.multi_, socket, self);
    return epoll_ctl(fetcher.epoll_, action, socket, &event);
  }

  static int OnTimer(CURLM* multi, long timeout_ms, void* self) {
    auto& timer = static_cast<Fetcher*>(self)->timer_;
    timer.reset();
    if (timeout_ms >= 0) {
      timer = Clock::now() + std::chrono::milliseconds(timeout_ms);
    }
    return 0;
  }

  void Start() {
    Transfer& transfer = *free_.back();
    free_.pop_back();
    transfer.start = Clock::now();
    curl_multi_add_handle(multi_, transfer.easy);
  }

  // Lets libcurl work, and waits for it until `until` at the latest.
  void Wait(Clock::time_point until) {
    const Clock::time_point wake =
        timer_.has_value() ? std::min(*timer_, until) : until;
    const double ms =
        std::chrono::duration<double, std::milli>(wake - Clock::now()).count();
    epoll_event events[64];
    const int count =
        epoll_wait(epoll_, events, 64, std::max(0, static_cast<int>(ms + 1)));
    int running = 0;
    for (int i = 0; i < count; ++i) {
      const uint32_t ready = events[i].events;
      const int action =
          ((ready & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
          ((ready & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
          ((ready & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0);
      curl_multi_socket_action(multi_, events[i].data.fd, action, &running);
    }
    if (timer_.has_value() && *timer_ <= Clock::now()) {
      timer_.reset();
      curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
    }
  }

  bool Collect() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      const CURLcode result = message->data.result;
      CURL* const easy = message->easy_handle;
      Transfer* transfer = nullptr;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
      long status = 0;
      curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
      curl_multi_remove_handle(multi_, easy);
      if (result != CURLE_OK || status / 100 != 2) {
        std::fprintf(stderr, "bare_http: %s, status %ld\n",
                     curl_easy_strerror(result), status);
        return false;
      }
      latencies_.push_back(Seconds(Clock::now() - transfer->start).count());
      free_.push_back(transfer);
    }
    return true;
  }

  CURLM* const multi_ = curl_multi_init();
  const int epoll_ = epoll_create1(EPOLL_CLOEXEC);
  curl_slist* headers_ = nullptr;
  std::optional<Clock::time_point> timer_;
  std::vector<Transfer> transfers_;
  std::vector<Transfer*> free_;
  std::vector<double> latencies_;
};

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) +
           static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

long PeakKib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

int Run(const char* url, long concurrency, double seconds, double rate,
        const std::string* body) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  Fetcher fetcher(url, concurrency, body);
  const double before = CpuSeconds();
  const Clock::time_point start = Clock::now();
  if (!fetcher.Run(seconds, rate)) return 1;
  const double took = Seconds(Clock::now() - start).count();
  const double cpu = CpuSeconds() - before;
  std::vector<double>& latencies = fetcher.latencies();
  if (latencies.empty()) return 1;
  std::sort(latencies.begin(), latencies.end());
  const auto percentile = [&](double part) {
    const auto last = static_cast<double>(latencies.size() - 1);
    return latencies[static_cast<size_t>(part * last)] * 1e3;
  };
  std::printf(
      "{\"calls\": %zu, \"seconds\": %.6f, \"cpu_s\": %.6f, "
      "\"peak_kib\": %ld, \"p50_ms\": %.4f, \"p99_ms\": %.4f}\n",
      latencies.size(), took, cpu, PeakKib(), percentile(0.5),
      percentile(0.99));
  return 0;
}

}  // namespace
}  // namespace wriftai::bench

int main(int argc, char** argv) {
  if (argc < 5) {
    std::fputs("usage: bare_http URL CONCURRENCY SECONDS RATE [BODY_FILE]\n",
               stderr);
    return 2;
  }
  std::string body;
  if (argc > 5) {
    std::ifstream file(argv[5], std::ios::binary);
    body.assign(std::istreambuf_iterator<char>(file), {});
  }
  return wriftai::bench::Run(argv[1], std::atol(argv[2]), std::atof(argv[3]),
                             std::atof(argv[4]), argc > 5 ? &body : nullptr);
}
