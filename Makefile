# make: builds build/tocsin. make demo: the incident of 11 March 2025, twice. make test: everything.
# Each mode builds in a folder of its own: MODE=asan, coverage, fuzz.
,      := ,
MODE   ?= release
OUT    := build$(if $(filter-out release,$(MODE)),/$(MODE))
PREFIX ?= /usr/local
ifneq ($(filter-out deps demo test clean,$(or $(MAKECMDGOALS),all)),)
ifneq ($(shell .ci/deps --check && echo complete),complete)
$(error something is missing)
endif
endif
LIBS   := lua5.4 libcmark yaml-0.1 jansson libcrypto   # libgit2, libcurl: opened on demand

CFLAGS.release  := -O2 -g
CFLAGS.asan     := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
CFLAGS.coverage := -O0 -g --coverage
CFLAGS.fuzz     := -O1 -g -fsanitize=fuzzer-no-link,address,undefined
CC.fuzz         := clang

CC     := $(or $(CC.$(MODE)),$(CC))
WARN   := -Wall -Wextra -Werror -Wshadow -Wconversion -Wno-sign-conversion -Wswitch-enum -Wvla \
          -Wstrict-prototypes -Wmissing-prototypes -Wno-unused-parameter \
          -Wno-format-truncation -Wno-unknown-warning-option
CFLAGS := -std=gnu17 $(WARN) $(CFLAGS.$(MODE)) $(shell pkg-config --cflags $(LIBS) 2>/dev/null) \
          -DTOCSIN_PREFIX='"$(PREFIX)"'
# Of libcrypto we need one digest: taken from its archive it costs 20 kB; loading the whole
# library would be half of the time that a short command takes.
CRYPTO := $(wildcard $(shell pkg-config --variable=libdir libcrypto 2>/dev/null)/libcrypto.a)
LDLIBS := $(filter-out $(if $(CRYPTO),-lcrypto),$(shell pkg-config --libs $(LIBS) 2>/dev/null)) \
          $(if $(CRYPTO),$(CRYPTO) -Wl$(,)--exclude-libs$(,)libcrypto.a) -ldl -lm -rdynamic

SOURCE := $(wildcard src/*.c src/*/*.c)
OBJ    := $(patsubst %.c,$(OUT)/%.o,$(SOURCE))
CORE   := $(filter-out %/main.o,$(OBJ))
DEMAND := $(patsubst src/world/on_demand/%.c,$(OUT)/tocsin-%.so,$(wildcard src/world/on_demand/*.c))
UNITS  := $(patsubst %.c,$(OUT)/%,$(wildcard tests/*/*.c))
UNITS  := $(filter-out $(OUT)/tests/fuzz/% $(OUT)/tests/bench/% $(OUT)/tests/torture/%,$(UNITS))
HEAVY   = $(patsubst %.c,$(OUT)/%,$(wildcard tests/$1/*.c)) $(wildcard tests/$1/*.sh)
SHARED := runbooks templates plugins examples
HERE    = $(if $(DESTDIR),$(DESTDIR))$(PREFIX)

all: $(OUT)/layers $(OUT)/tocsin $(DEMAND)

$(OUT)/layers: tests/layers src/LAYERS $(SOURCE) $(wildcard src/*/*.h)
	@mkdir -p $(@D)
	@tests/layers && touch $@

$(OUT)/tocsin: $(OBJ)
	$(CC) $(CFLAGS) $^ $(LDLIBS) -o $@
# Tests take from the archive what they reach, so one half-built module stops only its own.
# q, not r: two layers may each have an impact.c, and r would keep one of them.
$(OUT)/core.a: $(CORE)
	rm -f $@ && ar qcs $@ $^
$(OUT)/tests/%: $(OUT)/tests/%.o $(OUT)/core.a | $(DEMAND)
	$(CC) $(CFLAGS) $^ $(LDLIBS) -lcmocka -o $@
$(OUT)/fuzzer-%: $(OUT)/tests/fuzz/%.o $(OUT)/core.a
	$(CC) $(CFLAGS) -fsanitize=fuzzer $^ $(LDLIBS) -o $@
$(OUT)/tocsin-git.so: src/world/on_demand/git.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -Isrc -fPIC -shared $< $(shell pkg-config --cflags --libs libgit2) -o $@
$(OUT)/tocsin-http.so: src/world/on_demand/http.c src/world/http.h
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -Isrc -fPIC -shared $< $(shell pkg-config --cflags --libs libcurl) -o $@
$(OUT)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -Isrc -Itests -MMD -MP -c $< -o $@
# No floating point on the way to a figure or a verdict: the compiler is told that there is none, so
# that gcc refuses such code and clang's does not link.
EXACT := $(if $(filter x86_64 aarch64,$(shell uname -m)),-mgeneral-regs-only)
$(OUT)/src/base/%.o $(OUT)/src/record/%.o $(OUT)/src/world/account.o: CFLAGS += $(EXACT)
# The contracts and the manual are embedded by .incbin, which -MMD does not see.
$(OUT)/src/play/role_text.o: $(wildcard src/play/roles/*.lua)
$(OUT)/src/verbs/help.o: src/verbs/manual.md
-include $(OBJ:.o=.d) $(wildcard $(OUT)/tests/*/*.d)

JOBS := -j$(shell nproc 2>/dev/null || echo 2)
deps:
	@.ci/deps
demo: deps
	@$(MAKE) -s $(JOBS) all
	@PROG=$(OUT)/tocsin examples/spm-2025-001/demo
test: deps
	@$(MAKE) -s $(JOBS) all units
	@TOCSIN_REPLAY=always PROG=$(OUT)/tocsin ONLY=tests/play/ tests/run $(filter $(addprefix $(OUT)/tests/play/,consent faults ledger order pace pins replay restore run scenario settle words),$(UNITS))
	@PROG=$(OUT)/tocsin tests/run $(UNITS)
# All of it, with a Lua state that is dropped after every event: whatever a resume would forget is found.
replay: deps
	@$(MAKE) -s $(JOBS) all units
	@TOCSIN_REPLAY=always PROG=$(OUT)/tocsin tests/run $(UNITS)
units: $(UNITS)
# A plugin of one's own against the contracts of its roles: PLUGIN=DIR SETTINGS='key: value' make contract
contract: all $(OUT)/tests/contracts/own
	@$(OUT)/tests/contracts/own
asan:
	@$(MAKE) MODE=asan test
# Minutes, not seconds: kills, damage, failing system calls; and the budgets.
torture: all $(call HEAVY,torture)
	@for t in $(call HEAVY,torture); do echo "== $$t"; PROG=$(abspath $(OUT)/tocsin) ./$$t || exit 1; done
bench: all $(call HEAVY,bench)
	@for t in $(call HEAVY,bench); do echo "== $$t"; PROG=$(abspath $(OUT)/tocsin) ./$$t || exit 1; done
# What kramdown, Chromium and axe-core make of the report; says so where they are missing.
browser: all
	@PROG=$(abspath $(OUT)/tocsin) tests/browser/check
fuzz-%:
	@$(MAKE) -s MODE=fuzz build/fuzz/fuzzer-$* && mkdir -p build/fuzz/corpus-$* && \
	    build/fuzz/fuzzer-$* -max_total_time=$(or $(SECONDS),60) build/fuzz/corpus-$*

install: all
	install -d $(HERE)/bin $(HERE)/lib/tocsin $(HERE)/share/tocsin $(HERE)/share/man/man1
	install -m 755 $(OUT)/tocsin $(HERE)/bin/tocsin
	$(if $(DEMAND),install -m 755 $(DEMAND) $(HERE)/lib/tocsin/)
	$(OUT)/tocsin help manual --man >$(HERE)/share/man/man1/tocsin.1
	for kind in $(wildcard $(SHARED)); do rm -rf $(HERE)/share/tocsin/$$kind && \
	    cp -R $$kind $(HERE)/share/tocsin/ || exit 1; done
uninstall:
	rm -rf $(HERE)/bin/tocsin $(HERE)/lib/tocsin $(HERE)/share/tocsin $(HERE)/share/man/man1/tocsin.1

clean:
	rm -rf build
objects: $(OBJ)
.PHONY: all objects clean deps demo test replay units contract asan torture bench browser install uninstall
.SECONDARY:
