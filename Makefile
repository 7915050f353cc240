# The short way to everything; CMake does the work, this only names it.
#
#   make            build into build/, programs in build/bin/
#   make check      the tests of ./test that need no virtual machine
#   make lint       format, include direction, sizes, forbidden calls; clang-tidy on changed files
#   make lint-all   the same over every file
#   make bench      islet and isle against a bare C program and crun, as ratios
#   make install    to DESTDIR/PREFIX (PREFIX is /usr/local unless told)

PREFIX ?= /usr/local
DESTDIR ?=
BUILD := build
# The number of jobs is -j's of the outer make if given, else one for each processor.
JOBS ?= $(shell nproc 2>/dev/null || echo 2)

# ninja when it is here, else make: the preset names ninja, the command line overrules it.
ifeq ($(shell command -v ninja 2>/dev/null),)
GENERATOR := -G "Unix Makefiles"
else
GENERATOR :=
endif

.PHONY: all configure check lint lint-all bench install clean
all: configure
	cmake --build $(BUILD) --parallel $(JOBS)

configure: $(BUILD)/CMakeCache.txt

$(BUILD)/CMakeCache.txt:
	cmake --preset dev $(GENERATOR)

check: all
	./test --no-build --no-vm

lint: configure
	tools/lint

lint-all: configure
	tools/lint --all

bench: configure
	cmake --build $(BUILD) --parallel $(JOBS) --target bench

install: all
	DESTDIR=$(DESTDIR) cmake --install $(BUILD) --prefix $(PREFIX)

clean:
	rm -rf $(BUILD)
