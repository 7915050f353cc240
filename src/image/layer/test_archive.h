#pragma once
// For tests: archives made member by member, also ones no honest program writes.

#include <cstring>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "image/layer/tar_header.h"

namespace isle::image {

class TestArchive {
 public:
  struct Member {
    char type = '0';
    std::string path{};
    std::string target{};
    std::string data{};
    unsigned mode = 0644;
    unsigned uid = 0, gid = 0;
    long long mtime = 1000;
    unsigned major = 0, minor = 0;
  };

  TestArchive& add(const Member& member) {
    std::string block(kTarBlock, '\0');
    put(block, 0, member.path);
    octal(block, 100, 8, member.mode);
    octal(block, 108, 8, member.uid);
    octal(block, 116, 8, member.gid);
    octal(block, 124, 12, static_cast<long long>(member.data.size()));
    octal(block, 136, 12, member.mtime);
    block[156] = member.type;
    put(block, 157, member.target);
    put(block, 257, std::string_view("ustar\00000", 8));
    octal(block, 329, 8, member.major);
    octal(block, 337, 8, member.minor);
    bytes_ += with_sum(std::move(block)) + padded(member.data);
    return *this;
  }
  TestArchive& directory(std::string path, unsigned mode = 0755) {
    return add({.type = '5', .path = std::move(path), .mode = mode});
  }
  TestArchive& file(std::string path, std::string data = "data", unsigned mode = 0644) {
    return add({.path = std::move(path), .data = std::move(data), .mode = mode});
  }
  TestArchive& symlink(std::string path, std::string target) {
    return add({.type = '2', .path = std::move(path), .target = std::move(target)});
  }
  TestArchive& hard_link(std::string path, std::string target) {
    return add({.type = '1', .path = std::move(path), .target = std::move(target)});
  }
  // A pax header for the member that comes next.
  TestArchive& pax(std::string_view key, std::string_view value) {
    return pax_records({{key, value}});
  }
  TestArchive& pax_records(
      std::initializer_list<std::pair<std::string_view, std::string_view>> records) {
    std::string text;
    for (const auto& [key, value] : records) {
      const std::size_t rest = key.size() + value.size() + 3;
      std::size_t size = rest + 1;
      while (std::to_string(size).size() + rest != size) ++size;
      text += std::to_string(size) + " ";
      text.append(key).append("=").append(value).append("\n");
    }
    return add({.type = 'x', .path = "pax", .data = std::move(text)});
  }
  TestArchive& raw(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }

  const std::string& unfinished() const { return bytes_; }
  std::string bytes() const { return bytes_ + std::string(2 * kTarBlock, '\0'); }

  static std::string with_sum(std::string block) {
    std::memset(block.data() + 148, ' ', 8);
    unsigned sum = 0;
    for (const char c : block) sum += static_cast<unsigned char>(c);
    octal(block, 148, 8, sum);
    return block;
  }
  static void octal(std::string& block, std::size_t at, int size, long long value) {
    for (int i = size - 2; i >= 0; --i, value >>= 3) {
      block[at + static_cast<std::size_t>(i)] = static_cast<char>('0' + (value & 7));
    }
  }

 private:
  std::string bytes_;

  static void put(std::string& block, std::size_t at, std::string_view text) {
    std::memcpy(block.data() + at, text.data(), text.size());
  }
  static std::string padded(std::string data) {
    data.resize((data.size() + kTarBlock - 1) / kTarBlock * kTarBlock);
    return data;
  }
};

}  // namespace isle::image
