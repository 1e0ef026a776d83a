// s3_errors.h: what an error of S3 means, and what to do about it. Status and code decide; the text
// of an error is for people, for it may quote any key.
#pragma once

#include <string>
#include <string_view>

namespace verger {

enum class S3ErrorKind {
  kOther,
  kMissing,       // there is no such object
  kNoBucket,      // there is no such bucket
  kDenied,        // these credentials may not do it
  kCredentials,   // they have expired, or are no good for anything
  kWrongRegion,   // the bucket lies elsewhere
  kNotSupported,  // the server does not know the request
  kMayPass,       // the network's or the server's, for the moment
};

// The answer of a server to a request that failed.
struct S3Reply {
  int status = 0;       // of HTTP; 0: not known, or no answer came
  std::string code;     // S3's, "" if it said none: answers to HEAD have no body
  std::string message;  // for people
};

struct S3Error {
  S3ErrorKind kind;
  std::string message;  // "cannot VERB 'PATH': the answer; what to do", printable
};

// What stands in the first element of this name, decoded; "" if there is none.
std::string ReadXmlElement(std::string_view xml, std::string_view name);

// The error in the XML body of an answer; empty code and message if there is none.
S3Reply ReadS3Body(std::string_view body);

// The error in a text of Arrow's S3 filesystem, which begins by quoting the bucket and a key.
//
// `key`: of the object that the call was for. A text of another form is a message without a code.
S3Reply ReadArrowError(std::string_view text, std::string_view bucket, std::string_view key);

S3ErrorKind KindOfS3Error(int status, std::string_view code);

// Why a photo is rejected whose object cannot be read: "cannot be read: the answer; what to do".
std::string RejectionOf(const S3Reply& reply);

S3Error ExplainS3Error(std::string_view verb, std::string_view path, const S3Reply& reply);

// What a put asks for besides to be stored.
struct S3Wishes {
  bool condition = false;       // If-None-Match or If-Match
  std::string_view encryption;  // as --sse names it; ""
};

// The same of a put that was refused, or that was answered with a status of success without what it
// asked for.
S3Error ExplainS3Put(std::string_view path, const S3Reply& reply, const S3Wishes& wishes);

}  // namespace verger
