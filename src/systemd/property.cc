// A property's text becomes the D-Bus value of its type. sd_bus_message_append_basic(3).

#include <cerrno>
#include <cstdlib>

#include "base/strings.h"
#include "systemd/bus.h"

namespace isle::systemd {

namespace {

template <typename T>
int append_number(sd_bus_message* message, char type, T value) {
  return sd_bus_message_append_basic(message, type, &value);
}

template <typename T>
int append_signed(sd_bus_message* message, char type, const std::string& text) {
  const Result<long long> value = parse_int(text, "value");
  if (!value || static_cast<long long>(static_cast<T>(*value)) != *value) return -ERANGE;
  return append_number(message, type, static_cast<T>(*value));
}

template <typename T>
int append_unsigned(sd_bus_message* message, char type, const std::string& text) {
  const Result<unsigned long long> value = parse_uint(text, "value");
  if (!value || static_cast<unsigned long long>(static_cast<T>(*value)) != *value) return -ERANGE;
  return append_number(message, type, static_cast<T>(*value));
}

int append_basic(sd_bus_message* message, char type, const std::string& text) {
  switch (type) {
    case 's':
    case 'o':
    case 'g': return sd_bus_message_append_basic(message, type, text.c_str());
    case 'b': return append_number<int>(message, type, text == "true" ? 1 : 0);
    case 'y': return append_unsigned<std::uint8_t>(message, type, text);
    case 'n': return append_signed<std::int16_t>(message, type, text);
    case 'q': return append_unsigned<std::uint16_t>(message, type, text);
    case 'i': return append_signed<std::int32_t>(message, type, text);
    case 'u': return append_unsigned<std::uint32_t>(message, type, text);
    case 'x': return append_signed<std::int64_t>(message, type, text);
    case 't': return append_unsigned<std::uint64_t>(message, type, text);
    case 'd': return append_number(message, type, std::strtod(text.c_str(), nullptr));
    default: return -EINVAL;
  }
}

int append_pairs(sd_bus_message* message, const std::vector<std::string>& values) {
  int result = sd_bus_message_open_container(message, 'a', "(ss)");
  for (std::size_t i = 0; result >= 0 && i + 1 < values.size(); i += 2) {
    result = sd_bus_message_append(message, "(ss)", values[i].c_str(), values[i + 1].c_str());
  }
  return result < 0 ? result : sd_bus_message_close_container(message);
}

int append_value(sd_bus_message* message, const Property& property) {
  const std::string& type = property.type;
  if (type == "a(ss)") return append_pairs(message, property.values);
  if (type.size() == 1 && property.values.size() == 1) {
    return append_basic(message, type[0], property.values[0]);
  }
  if (type.size() != 2 || type[0] != 'a') return -EINVAL;
  int result = sd_bus_message_open_container(message, 'a', type.c_str() + 1);
  for (const std::string& value : property.values) {
    if (result < 0) return result;
    result = append_basic(message, type[1], value);
  }
  return result < 0 ? result : sd_bus_message_close_container(message);
}

}  // namespace

int append_property(sd_bus_message* message, const Property& property) {
  int result = sd_bus_message_open_container(message, 'r', "sv");
  if (result >= 0) result = sd_bus_message_append_basic(message, 's', property.name.c_str());
  if (result >= 0) result = sd_bus_message_open_container(message, 'v', property.type.c_str());
  if (result >= 0) result = append_value(message, property);
  if (result >= 0) result = sd_bus_message_close_container(message);
  return result < 0 ? result : sd_bus_message_close_container(message);
}

}  // namespace isle::systemd
