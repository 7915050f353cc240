#include "base/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>

#include "base/strings.h"

namespace isle {

Result<IpAddress> IpAddress::parse(std::string_view text) {
  IpAddress address;
  address.v6_ = text.find(':') != std::string_view::npos;
  const std::string copy(text);
  if (text.find('\0') == std::string_view::npos &&
      inet_pton(address.v6_ ? AF_INET6 : AF_INET, copy.c_str(), address.bytes_.data()) == 1) {
    return address;
  }
  return fail(ErrorKind::InvalidArgument, format("{} is no IP address", quoted(text)));
}

Result<IpAddress> IpAddress::from_bytes(std::string_view bytes) {
  IpAddress address;
  if (bytes.size() != 4 && bytes.size() != 16) {
    return fail(ErrorKind::Corrupt, format("{} bytes are no IP address", bytes.size()));
  }
  address.v6_ = bytes.size() == 16;
  std::ranges::copy(bytes, address.bytes_.begin());
  return address;
}

IpAddress IpAddress::any_v6() {
  IpAddress address;
  address.v6_ = true;
  return address;
}

bool IpAddress::is_loopback() const {
  if (!v6_) return bytes_[0] == 127;
  return *this == any_v6().plus(1);
}

std::string_view IpAddress::bytes() const {
  return {reinterpret_cast<const char*>(bytes_.data()), v6_ ? 16U : 4U};
}

std::string IpAddress::str() const {
  char text[INET6_ADDRSTRLEN] = {};
  inet_ntop(v6_ ? AF_INET6 : AF_INET, bytes_.data(), text, sizeof text);
  return text;
}

IpAddress IpAddress::plus(std::uint64_t count) const {
  IpAddress sum = *this;
  for (std::size_t i = bits() / 8; i-- > 0 && count != 0;) {
    count += sum.bytes_[i];
    sum.bytes_[i] = static_cast<std::uint8_t>(count);
    count >>= 8;
  }
  return sum;
}

std::uint64_t IpAddress::distance_to(const IpAddress& other) const {
  // Schoolbook subtraction; what is above 64 bits only says "very far".
  std::array<std::uint8_t, 16> difference{};
  int borrow = 0;
  for (std::size_t i = bits() / 8; i-- > 0;) {
    const int digit = other.bytes_[i] - bytes_[i] - borrow;
    borrow = digit < 0 ? 1 : 0;
    difference[i] = static_cast<std::uint8_t>(digit);
  }
  std::uint64_t result = 0;
  for (std::size_t i = 0; i < bits() / 8; ++i) {
    if (result >> 56 != 0) return ~std::uint64_t{0};
    result = result << 8 | difference[i];
  }
  return result;
}

IpAddress IpAddress::masked(unsigned length, bool ones) const {
  IpAddress result = *this;
  for (unsigned i = 0; i < bits() / 8; ++i) {
    const unsigned kept = std::min(8U, length > i * 8 ? length - i * 8 : 0U);
    const auto mask = static_cast<std::uint8_t>(0xff00U >> kept);
    result.bytes_[i] = static_cast<std::uint8_t>(bytes_[i] & mask);
    if (ones) result.bytes_[i] = static_cast<std::uint8_t>(result.bytes_[i] | (mask ^ 0xffU));
  }
  return result;
}

Result<IpRange> IpRange::parse(std::string_view text) {
  const Cut parts = cut(text, '/');
  const Result<IpAddress> address = IpAddress::parse(parts.before);
  const Result<unsigned long long> length = parse_uint(parts.after, "prefix");
  if (!parts.found || !address || !length || *length > address->bits()) {
    return fail(ErrorKind::InvalidArgument,
                format("{} is no range of addresses", quoted(text)),
                "write it like 10.1.0.0/24 or fd00:1::/64");
  }
  return IpRange{.address = *address, .length = static_cast<unsigned>(*length)};
}

bool IpRange::contains(const IpAddress& other) const {
  return other.is_v6() == address.is_v6() && other.masked(length) == first();
}

bool IpRange::overlaps(const IpRange& other) const {
  return contains(other.first()) || other.contains(first());
}

std::string IpRange::str() const { return format("{}/{}", address.str(), length); }
std::string IpRange::network_str() const { return format("{}/{}", first().str(), length); }

}  // namespace isle
