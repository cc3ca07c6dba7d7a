// SPDX-License-Identifier: Apache-2.0
#include "tarn/base/status.h"

#include <memory>

namespace tarn {
namespace {

constexpr const char* kDetailTypeId = "tarn::ErrorDetail";

class ErrorDetail final : public arrow::StatusDetail {
 public:
  ErrorDetail(ErrorKind kind, int code) : kind_(kind), code_(code) {}
  const char* type_id() const override { return kDetailTypeId; }
  std::string ToString() const override {
    return code_ == 0 ? std::string(KindName(kind_)) : fmt::format("TARN-{:04d}", code_);
  }
  ErrorKind kind() const { return kind_; }
  int code() const { return code_; }

 private:
  ErrorKind kind_;
  int code_;
};

const ErrorDetail* DetailOf(const Status& status) {
  if (status.ok() || status.detail() == nullptr) return nullptr;
  if (std::string_view(status.detail()->type_id()) != kDetailTypeId) return nullptr;
  return static_cast<const ErrorDetail*>(status.detail().get());
}

arrow::StatusCode ArrowCodeOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kNone:
      return arrow::StatusCode::OK;
    case ErrorKind::kInvalidInput:
      return arrow::StatusCode::Invalid;
    case ErrorKind::kConflict:
      return arrow::StatusCode::AlreadyExists;
    case ErrorKind::kNotFound:
      return arrow::StatusCode::KeyError;
    case ErrorKind::kPermission:
      return arrow::StatusCode::IOError;
    case ErrorKind::kUnsupported:
      return arrow::StatusCode::NotImplemented;
    case ErrorKind::kCorruption:
      return arrow::StatusCode::SerializationError;
    case ErrorKind::kUnavailable:
      return arrow::StatusCode::IOError;
    case ErrorKind::kResource:
      return arrow::StatusCode::OutOfMemory;
    case ErrorKind::kCommitUnknown:
      return arrow::StatusCode::IOError;
    case ErrorKind::kInternal:
      return arrow::StatusCode::UnknownError;
  }
  return arrow::StatusCode::UnknownError;
}

}  // namespace

ErrorKind KindOf(const Status& status) {
  if (status.ok()) return ErrorKind::kNone;
  if (const ErrorDetail* detail = DetailOf(status)) return detail->kind();
  switch (status.code()) {
    case arrow::StatusCode::Invalid:
    case arrow::StatusCode::TypeError:
      return ErrorKind::kInvalidInput;
    case arrow::StatusCode::KeyError:
      return ErrorKind::kNotFound;
    case arrow::StatusCode::NotImplemented:
      return ErrorKind::kUnsupported;
    case arrow::StatusCode::SerializationError:
      return ErrorKind::kCorruption;
    case arrow::StatusCode::IOError:
      return ErrorKind::kUnavailable;
    case arrow::StatusCode::OutOfMemory:
    case arrow::StatusCode::CapacityError:
      return ErrorKind::kResource;
    default:
      return ErrorKind::kInternal;
  }
}

std::string CodeOf(const Status& status) {
  const ErrorDetail* detail = DetailOf(status);
  if (detail == nullptr || detail->code() == 0) return "";
  return fmt::format("TARN-{:04d}", detail->code());
}

std::string MessageOf(const Status& status) {
  return status.message();
}

std::string_view KindName(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kNone:
      return "ok";
    case ErrorKind::kInvalidInput:
      return "invalid input";
    case ErrorKind::kConflict:
      return "conflict";
    case ErrorKind::kNotFound:
      return "not found";
    case ErrorKind::kPermission:
      return "permission";
    case ErrorKind::kUnsupported:
      return "unsupported";
    case ErrorKind::kCorruption:
      return "corruption";
    case ErrorKind::kUnavailable:
      return "unavailable";
    case ErrorKind::kResource:
      return "resource";
    case ErrorKind::kCommitUnknown:
      return "commit unknown";
    case ErrorKind::kInternal:
      return "internal";
  }
  return "internal";
}

int ExitCodeOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kNone:
      return 0;
    case ErrorKind::kInvalidInput:
      return 1;
    case ErrorKind::kConflict:
      return 3;
    case ErrorKind::kNotFound:
      return 4;
    case ErrorKind::kPermission:
      return 5;
    case ErrorKind::kUnsupported:
      return 6;
    case ErrorKind::kCorruption:
      return 7;
    case ErrorKind::kUnavailable:
      return 8;
    case ErrorKind::kResource:
      return 9;
    case ErrorKind::kCommitUnknown:
      return 10;
    case ErrorKind::kInternal:
      return 70;
  }
  return 70;
}

int CodeDigitOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kCommitUnknown:
      return 2;
    case ErrorKind::kInternal:
    case ErrorKind::kNone:
      return 0;
    default:
      return ExitCodeOf(kind);
  }
}

Status MakeStatus(ErrorKind kind, int code, std::string message) {
  if (kind == ErrorKind::kNone) return Status::OK();
  return Status(ArrowCodeOf(kind), std::move(message),
                std::make_shared<ErrorDetail>(kind, code));
}

Status Prefixed(const Status& status, std::string_view prefix) {
  if (status.ok()) return status;
  return status.WithMessage(prefix, status.message());
}

}  // namespace tarn
