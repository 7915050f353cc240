#pragma once
// Why: addresses and ranges of both families as values that are compared, counted and written, so
// that no part of the network code works on texts. Bytes are in network order.

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace isle {

class IpAddress {
 public:
  IpAddress() = default;  // 0.0.0.0
  // "10.0.0.1" or "fd00::1", without zone. InvalidArgument quotes the text.
  static Result<IpAddress> parse(std::string_view text);
  // 4 or 16 bytes; any other number is no address.
  static Result<IpAddress> from_bytes(std::string_view bytes);

  bool is_v6() const { return v6_; }
  bool is_unspecified() const { return *this == (v6_ ? any_v6() : IpAddress()); }
  bool is_loopback() const;
  unsigned bits() const { return v6_ ? 128 : 32; }
  std::string_view bytes() const;
  std::string str() const;

  // The address that many places on; what does not fit wraps around.
  IpAddress plus(std::uint64_t count) const;
  // How far `other`, of the same family and not smaller, is away; at most 2^64-1.
  std::uint64_t distance_to(const IpAddress& other) const;
  // The first `length` bits stay, all others become 0, or 1.
  IpAddress masked(unsigned length, bool ones = false) const;

  static IpAddress any_v6();

  auto operator<=>(const IpAddress&) const = default;

 private:
  bool v6_ = false;
  std::array<std::uint8_t, 16> bytes_{};
};

// "10.0.0.0/24": addresses with a common beginning.
struct IpRange {
  IpAddress address;  // may have bits behind the prefix: "10.0.0.7/24"
  unsigned length = 0;

  static Result<IpRange> parse(std::string_view text);
  IpAddress first() const { return address.masked(length); }
  IpAddress last() const { return address.masked(length, true); }
  bool contains(const IpAddress& other) const;
  bool overlaps(const IpRange& other) const;
  std::string str() const;          // as it was written
  std::string network_str() const;  // without the bits behind the prefix

  auto operator<=>(const IpRange&) const = default;
};

}  // namespace isle
