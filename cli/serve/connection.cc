#include "cli/serve/connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <cstddef>
#include <ctime>
#include <iterator>
#include <optional>
#include <tuple>
#include <utility>

#include "cli/serve/one_block.h"
#include "cli/serve/problem.h"
#include "cli/serve/request_head.h"

namespace verger::cli {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Error = boost::system::error_code;
using Parser = RequestParser;

constexpr std::size_t kReadBytes = 8 << 10;
constexpr std::size_t kMostBufferBytes = 128 << 10;
constexpr std::chrono::milliseconds kLinger{2000};
constexpr std::chrono::milliseconds kLastIdle{1000};

// The date as RFC 9110 has it.
std::string HttpDate() {
  std::array<char, 40> text{};
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto end =
      fmt::format_to_n(text.data(), text.size(), "{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
                       kDays[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                       kMonths[static_cast<std::size_t>(utc.tm_mon)], 1900 + utc.tm_year,
                       utc.tm_hour, utc.tm_min, utc.tm_sec);
  return {text.data(), end.out};
}

std::string ResponseHead(const Response& response, bool close) {
  std::string head;
  const auto out = std::back_inserter(head);
  fmt::format_to(out, "HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status, ReasonOf(response.status),
                 HttpDate());
  if (response.status != 304) {
    fmt::format_to(out, "Content-Length: {}\r\n", response.Body().size());
    fmt::format_to(out, "Content-Type: {}\r\n", response.content_type);
  }
  bool cached = false;
  for (const auto& [name, value] : response.headers) {
    cached = cached || name == "Cache-Control";
    fmt::format_to(out, "{}: {}\r\n", name, value);
  }
  if (!cached) head += "Cache-Control: no-store\r\n";
  head += "X-Content-Type-Options: nosniff\r\n";
  if (close) head += "Connection: close\r\n";
  return head + "\r\n";
}

// Why a request cannot be read.
Response BadRequest(const Error& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return Problem(400, fmt::format("the header is longer than {} bytes", kMostHeadBytes));
  }
  if (error == http::error::partial_message) {
    return Problem(400, "the request ends before its Content-Length");
  }
  return Problem(400, fmt::format("this is no HTTP/1.1 request: {}", error.message()));
}

Response PhotoTooSlow() { return Problem(408, "the photo came too slowly: send a smaller one"); }

bool IsHttpError(const Error& error) {
  return error.category() == http::make_error_code(http::error::end_of_stream).category();
}

}  // namespace

Gauges ServerState::Now() const {
  const bool ready = !stopping && api.served()->classification != nullptr;
  return {api.waiting(), connections.size(), bodies.used(), ready};
}

struct Connection::Reading {
  beast::flat_buffer buffer{kMostBufferBytes};
  std::unique_ptr<Parser> parser;  // while a request is read
};

// What a worker thread answers by. Its memory is there before the work begins: an answer that fails
// for want of memory would leave its client waiting, and its bytes counted.
struct Connection::Answer {
  Answer(std::shared_ptr<Connection> of, ServerState& server, std::uint64_t number)
      : connection(std::move(of)), state(server), request(number) {}
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;
  ~Answer() { state.bodies.GiveBack(bytes); }

  std::shared_ptr<Connection> connection;
  ServerState& state;
  const std::uint64_t request;
  std::size_t bytes = 0;  // that were taken from state.bodies
  std::optional<Response> response;
  alignas(std::max_align_t) std::array<std::byte, 256> operation;  // Asio's, on its way
};

Connection::Connection(Socket socket, std::string client, ServerState& state)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      state_(state),
      client_(std::move(client)),
      reading_(std::make_unique<Reading>()) {
  state_.connections.insert(this);
}

Connection::~Connection() {
  GiveBackBody();
  if (counted_) state_.clients.Disconnect(client_, Clock::now());
  state_.connections.erase(this);
  if (state_.stopping && state_.connections.empty() && state_.on_last_closed) {
    state_.on_last_closed();
  }
}

void Connection::Start() {
  counted_ = state_.clients.Connect(client_);
  if (counted_) return WaitForRequest();
  state_.metrics.CountRefusal("connections");
  Refuse(Problem(429, "too many connections of one client: close some, or use them again", 1));
}

void Connection::Refuse(Response response) {
  begun_ = Clock::now();
  Fail(std::move(response));
}

void Connection::Stop() {
  if (phase_ == Phase::kIdle) Arm(Clock::now() + kLastIdle);
}

void Connection::Abort() {
  Error ignored;
  std::ignore = socket_.close(ignored);
  timer_.cancel();
}

void Connection::Arm(Clock::time_point until) {
  timer_.expires_at(until);
  timer_.async_wait([weak = weak_from_this()](const Error& error) {
    const auto self = weak.lock();
    // Armed again meanwhile: this expiry was already on its way.
    if (self && !error && self->timer_.expiry() <= Clock::now()) self->OnDeadline();
  });
}

void Connection::OnDeadline() {
  Error ignored;
  switch (phase_) {
    case Phase::kHead:
    case Phase::kBody:
      expired_ = true;
      std::ignore = socket_.cancel(ignored);
      break;
    case Phase::kWork:
      state_.metrics.CountRefusal("deadline");
      close_ = true;
      Send(Problem(503, "no answer in time: try again later", 1));
      break;
    case Phase::kIdle:
    case Phase::kWrite:
    case Phase::kLinger:
      Abort();
      break;
  }
}

void Connection::WaitForRequest() {
  phase_ = Phase::kIdle;
  expired_ = close_ = unread_ = false;
  query_ = {};
  if (reading_->buffer.size() > 0) return ReadHead();  // it came with the one before
  if (reading_->buffer.capacity() > kReadBytes) reading_->buffer.shrink_to_fit();
  Arm(Clock::now() + (state_.stopping ? kLastIdle : state_.deadlines.idle));
  socket_.async_read_some(reading_->buffer.prepare(kReadBytes),
                          [self = shared_from_this()](const Error& error, std::size_t bytes) {
                            if (error) return;  // it was closed
                            self->reading_->buffer.commit(bytes);
                            self->ReadHead();
                          });
}

void Connection::ReadHead() {
  phase_ = Phase::kHead;
  begun_ = Clock::now();
  ++request_;
  Arm(begun_ + state_.deadlines.head);
  reading_->parser = std::make_unique<Parser>();
  SetLimits(reading_->parser.get());
  http::async_read_header(
      socket_, reading_->buffer, *reading_->parser,
      [self = shared_from_this()](const Error& error, std::size_t) {
        if (self->expired_) {
          return self->Fail(Problem(408, "the header came too slowly: send it at once"));
        }
        if (error == http::error::end_of_stream) return;
        if (error && IsHttpError(error)) return self->Fail(BadRequest(error));
        if (!error) self->OnHead();
      });
}

void Connection::OnHead() {
  const RequestHead head = HeadOf(*reading_->parser);
  close_ = !reading_->parser->get().keep_alive();
  Admission admission = state_.api.Check(head);
  query_ = std::move(admission.query);
  const bool has_body = head.has_transfer_encoding || head.content_length.value_or(0) != 0;
  if (!admission.refusal && query_.takes_photo()) {
    if (const int seconds = state_.clients.Admit(client_, begun_)) {
      state_.metrics.CountRefusal("rate");
      admission.refusal = Problem(429, "too many requests of one client: send fewer", seconds);
    }
  }
  if (admission.refusal) {
    if (has_body) return Fail(*std::move(admission.refusal));
    return Send(*std::move(admission.refusal));
  }
  if (!has_body) return Handle("");
  phase_ = Phase::kBody;
  Arm(std::min(Clock::now() + state_.deadlines.body, begun_ + state_.deadlines.request));
  const auto expect = reading_->parser->get()[http::field::expect];
  if (!beast::iequals(expect, "100-continue") || reading_->buffer.size() > 0) return ReadBody();
  asio::async_write(socket_, asio::buffer("HTTP/1.1 100 Continue\r\n\r\n", 25),
                    [self = shared_from_this()](const Error& error, std::size_t) {
                      if (self->expired_) return self->Fail(PhotoTooSlow());
                      if (!error) self->ReadBody();
                    });
}

void Connection::ReadBody() {
  http::async_read_some(socket_, reading_->buffer, *reading_->parser,
                        [self = shared_from_this()](const Error& error, std::size_t) {
                          if (self->expired_) return self->Fail(PhotoTooSlow());
                          if (error && IsHttpError(error)) return self->Fail(BadRequest(error));
                          if (!error) self->OnBody();
                        });
}

void Connection::OnBody() {
  std::string& body = reading_->parser->get().body();
  if (!state_.bodies.Take(body.size() - body_bytes_)) {
    state_.metrics.CountRefusal("memory");
    return Fail(Problem(503, "too many photos are on their way: try again later", 1));
  }
  body_bytes_ = body.size();
  if (!reading_->parser->is_done()) return ReadBody();
  std::string photo = std::move(body);
  Handle(std::move(photo));
}

void Connection::Handle(std::string body) {
  phase_ = Phase::kWork;
  reading_->parser.reset();
  const Clock::time_point deadline = begun_ + state_.deadlines.request;
  Arm(deadline);
  const auto answer = std::make_shared<Answer>(shared_from_this(), state_, request_);
  answer->bytes = std::exchange(body_bytes_, 0);
  auto respond = [answer](std::optional<Response> response) {
    answer->response = std::move(response);
    const auto take = [answer] {
      // The connection ends on its own thread, whichever is the last to let go of the answer.
      const auto connection = std::move(answer->connection);
      connection->OnAnswer(*answer);
    };
    asio::post(answer->state.io, asio::bind_allocator(OneBlock<void>(answer->operation), take));
  };
  state_.api.Handle(query_, std::move(body), deadline, std::move(respond),
                    [this] { return state_.Now(); });
}

void Connection::OnAnswer(Answer& answer) {
  state_.bodies.GiveBack(std::exchange(answer.bytes, 0));
  // Else the deadline has answered, or the connection was aborted.
  if (phase_ != Phase::kWork || answer.request != request_ || !socket_.is_open()) return;
  if (!answer.response) {
    state_.metrics.CountRefusal("memory");
    answer.response = Problem(503, "out of memory: try again later", 1);
  }
  Send(*std::move(answer.response));
}

void Connection::Fail(Response response) {
  close_ = true;
  unread_ = true;
  GiveBackBody();
  Send(std::move(response));
}

void Connection::Send(Response response) {
  const bool late = phase_ == Phase::kWork && Clock::now() >= begun_ + state_.deadlines.request;
  phase_ = Phase::kWrite;
  close_ = close_ || state_.stopping;
  response_ = std::move(response);
  head_ = ResponseHead(response_, close_);
  // A refusal that comes at the deadline still gets a moment.
  const Clock::time_point soon = Clock::now() + kLinger;
  Arm(late || unread_ ? soon : std::max(soon, begun_ + state_.deadlines.request));
  const bool without_body = query_.without_body || response_.status == 304;
  const std::string_view body = without_body ? std::string_view() : response_.Body();
  const std::array<asio::const_buffer, 2> buffers = {asio::buffer(head_), asio::buffer(body)};
  asio::async_write(socket_, buffers, [self = shared_from_this()](const Error& error, std::size_t) {
    if (!error) self->OnSent();
  });
}

void Connection::OnSent() {
  const double seconds = std::chrono::duration<double>(Clock::now() - begun_).count();
  const std::string_view route = NameOf(query_.route);
  state_.metrics.CountRequest(route, response_.status, seconds);
  state_.log.Add(route, response_.status, seconds, response_.Body().size());
  response_ = {};
  if (close_ && unread_) return Linger();
  if (close_) {
    Error ignored;
    std::ignore = socket_.shutdown(Socket::shutdown_both, ignored);
    timer_.cancel();
    return;
  }
  WaitForRequest();
}

// A close while the client still sends would reset the connection, and take the response away from
// it: reads what comes, for a moment.
void Connection::Linger() {
  if (phase_ != Phase::kLinger) {
    phase_ = Phase::kLinger;
    Error ignored;
    std::ignore = socket_.shutdown(Socket::shutdown_send, ignored);
    Arm(Clock::now() + kLinger);
    reading_->parser.reset();
    reading_->buffer.clear();
  }
  socket_.async_read_some(reading_->buffer.prepare(kReadBytes),
                          [self = shared_from_this()](const Error& error, std::size_t) {
                            if (error) self->timer_.cancel();
                            if (!error) self->Linger();
                          });
}

void Connection::GiveBackBody() { state_.bodies.GiveBack(std::exchange(body_bytes_, 0)); }

}  // namespace verger::cli
