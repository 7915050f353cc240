# The libFuzzer targets: fuzz/X.cc makes build/fuzz/fuzzers/fuzz_X. Only the files they need are
# compiled, not whole rooms: the sanitizers make each dear. `fuzz/run` builds and runs them.
if(NOT ISLE_FUZZ)
  return()
endif()

set(fuzz_flags -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
    -fno-omit-frame-pointer)

# RapidJSON moves a null pointer while its stack is still empty, which harms nobody.
set_source_files_properties(src/base/json.cc PROPERTIES
  COMPILE_OPTIONS -fno-sanitize=pointer-overflow)

function(isle_fuzz_parts name)
  set(sources)
  foreach(pattern ${ARGN})
    file(GLOB found CONFIGURE_DEPENDS src/${pattern})
    list(APPEND sources ${found})
  endforeach()
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  add_library(fuzz_${name}_parts STATIC EXCLUDE_FROM_ALL ${sources})
  target_compile_options(fuzz_${name}_parts PRIVATE ${fuzz_flags})
  target_precompile_headers(fuzz_${name}_parts PRIVATE src/base/precompiled.h)
endfunction()

isle_fuzz_parts(common
  base/*.cc kernel/fd.cc kernel/beneath.cc kernel/rename_new.cc kernel/capability.cc)
isle_fuzz_parts(oci oci/json_reader.cc oci/runtime_spec_*.cc oci/state.cc)
isle_fuzz_parts(runtime
  runtime/plan/*.cc
  kernel/rlimit.cc kernel/mount_options.cc kernel/signal.cc kernel/sysctl.cc kernel/process.cc
  kernel/number_list.cc kernel/mountinfo.cc kernel/netlink*.cc kernel/cgroup/*.cc kernel/seccomp*.cc
  network/parent.cc)
isle_fuzz_parts(state runtime/state/document.cc)
isle_fuzz_parts(init runtime/init/tree.cc runtime/init/report.cc)
isle_fuzz_parts(options options/passwd.cc options/seccomp_profile.cc)
isle_fuzz_parts(layer
  image/layer/applier*.cc image/layer/member_path.cc image/layer/tar_*.cc)

set(fetch_sources authorizer blob challenge endpoint exchange http lists manifest proxy redirects
  registries registries_toml retry status upload url)
list(TRANSFORM fetch_sources REPLACE "(.+)" "image/fetch_program/\\1.cc")
isle_fuzz_parts(fetch
  ${fetch_sources} image/fetch_wire.cc image/credentials.cc image/base64.cc
  image/unpack_program/hash.cc oci/digest.cc oci/media_type.cc)
target_link_libraries(fuzz_fetch_parts PUBLIC curl crypto)

isle_fuzz_parts(archive
  image/archive/members.cc image/archive/docker_archive.cc oci/image.cc oci/digest.cc
  oci/media_type.cc)
isle_fuzz_parts(template cli/output/template*.cc)
isle_fuzz_parts(logs engine/log_lines.cc monitor/log_text.cc record/event.cc)
isle_fuzz_parts(isle_conf cli/config_toml.cc)
isle_fuzz_parts(image
  image/reference.cc image/platform_choice.cc oci/image*.cc oci/digest.cc oci/media_type.cc
  oci/json_*.cc oci/platform.cc)

isle_fuzz_parts(dns network/dns_message.cc)
isle_fuzz_parts(netlink kernel/netlink.cc)
isle_fuzz_parts(network
  network/netavark.cc network/cni_config.cc network/complete.cc network/dns_client.cc network/firewall*.cc
  network/host_filter.cc network/parent.cc network/unwire.cc kernel/file_lock.cc
  kernel/process_stat.cc
  network/foreign.cc network/leases.cc network/networks.cc network/pool.cc network/ports.cc
  network/resolve.cc network/wire.cc record/network.cc record/wiring.cc kernel/netlink*.cc kernel/nft.cc
  kernel/process.cc kernel/unix_socket.cc oci/json_reader.cc)

# isle_fuzz_target(NAME PARTS...)
function(isle_fuzz_target name)
  add_executable(fuzz_${name} EXCLUDE_FROM_ALL fuzz/${name}.cc)
  target_compile_options(fuzz_${name} PRIVATE ${fuzz_flags})
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer,address,undefined)
  foreach(part ${ARGN} common)
    target_link_libraries(fuzz_${name} PRIVATE fuzz_${part}_parts)
  endforeach()
  target_link_libraries(fuzz_${name} PRIVATE seccomp)
  set_target_properties(fuzz_${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzzers)
endfunction()

isle_fuzz_target(config runtime oci)
isle_fuzz_target(state state)
isle_fuzz_target(seccomp_profile options runtime oci)
isle_fuzz_target(path_join init)
isle_fuzz_target(mountinfo runtime oci)
isle_fuzz_target(passwd options runtime oci)
isle_fuzz_target(tar_layer layer)
isle_fuzz_target(template template)
isle_fuzz_target(log_lines logs)
isle_fuzz_target(times logs)
isle_fuzz_target(isle_conf isle_conf)
isle_fuzz_target(image_documents image)
isle_fuzz_target(reference image)
isle_fuzz_target(archive archive layer oci)
isle_fuzz_target(auth_header fetch runtime oci)
isle_fuzz_target(registries fetch runtime oci)
isle_fuzz_target(dns_packet dns)
isle_fuzz_target(netlink_reply netlink)
isle_fuzz_target(port_value network)
isle_fuzz_target(foreign_request network)
