# Benchmarks, built on demand only: `make bench` runs bench/run.
#
# Of single parts: bench/X_bench.cc makes build/bench/X_bench.
find_package(benchmark QUIET)
file(GLOB part_benches CONFIGURE_DEPENDS bench/*_bench.cc)
if(benchmark_FOUND)
  foreach(source ${part_benches})
    get_filename_component(name ${source} NAME_WE)
    add_executable(${name} EXCLUDE_FROM_ALL ${source})
    target_link_libraries(${name} PRIVATE runtime benchmark::benchmark)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
  endforeach()
endif()

# Of whole containers.
add_executable(bench_true EXCLUDE_FROM_ALL bench/true.c)
set_property(TARGET bench_true PROPERTY COMPILE_OPTIONS -O2 -Wall -Wextra -fno-stack-protector -fno-pie)
target_link_options(bench_true PRIVATE -static -nostdlib -fno-sanitize=all)
add_executable(bench_bare EXCLUDE_FROM_ALL bench/bare.c)
set_property(TARGET bench_bare PROPERTY COMPILE_OPTIONS -O2 -Wall -Wextra -Wno-unused-result -fno-pie)
target_link_options(bench_bare PRIVATE -static -fno-sanitize=all)
add_executable(bench_compare EXCLUDE_FROM_ALL bench/compare.cc)
target_link_options(bench_compare PRIVATE -static -fno-sanitize=all)
add_executable(bench_make_bundle EXCLUDE_FROM_ALL bench/make_bundle.cc)
target_link_libraries(bench_make_bundle PRIVATE runtime)
foreach(name true bare compare make_bundle)
  set_target_properties(bench_${name} PROPERTIES OUTPUT_NAME ${name}
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
endforeach()
add_custom_target(bench
  COMMAND ${CMAKE_SOURCE_DIR}/bench/run ${CMAKE_BINARY_DIR}
  DEPENDS bench_true bench_bare bench_compare bench_make_bundle islet isle isle-monitor isle-unpack busybox_image
  USES_TERMINAL)
