# make: builds build/tocsin. Each mode builds in a folder of its own.
MODE   ?= release
OUT    := build$(if $(filter-out release,$(MODE)),/$(MODE))
PREFIX ?= /usr/local
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
CFLAGS := -std=gnu17 $(WARN) $(CFLAGS.$(MODE)) $(shell pkg-config --cflags $(LIBS)) \
          -DTOCSIN_PREFIX='"$(PREFIX)"'
LDLIBS := $(shell pkg-config --libs $(LIBS)) -ldl -lm -rdynamic

SOURCE := $(wildcard src/*.c src/*/*.c)
OBJ    := $(patsubst %.c,$(OUT)/%.o,$(SOURCE))
CORE   := $(filter-out %/main.o,$(OBJ))
DEMAND := $(patsubst src/world/on_demand/%.c,$(OUT)/tocsin-%.so,$(wildcard src/world/on_demand/*.c))
UNITS  := $(patsubst %.c,$(OUT)/%,$(wildcard tests/*/*.c))
UNITS  := $(filter-out $(OUT)/tests/fuzz/%,$(UNITS))

all: $(OUT)/tocsin $(DEMAND)

$(OUT)/tocsin: $(OBJ)
	$(CC) $(CFLAGS) $^ $(LDLIBS) -o $@
# Tests take from the archive what they reach, so one half-built module stops only its own.
$(OUT)/core.a: $(CORE)
	rm -f $@ && ar rcs $@ $^
$(OUT)/tests/%: $(OUT)/tests/%.o $(OUT)/core.a | $(DEMAND)
	$(CC) $(CFLAGS) $^ $(LDLIBS) -lcmocka -o $@
$(OUT)/fuzzer-%: $(OUT)/tests/fuzz/%.o $(OUT)/core.a
	$(CC) $(CFLAGS) -fsanitize=fuzzer $^ $(LDLIBS) -o $@
$(OUT)/tocsin-git.so: src/world/on_demand/git.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -Isrc -fPIC -shared $< $(shell pkg-config --cflags --libs libgit2) -o $@
$(OUT)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -Isrc -Itests -MMD -MP -c $< -o $@
# The contracts and the manual are embedded by .incbin, which -MMD does not see.
$(OUT)/src/play/role_text.o: $(wildcard src/play/roles/*.lua)
$(OUT)/src/verbs/help.o: src/verbs/manual.md
-include $(OBJ:.o=.d) $(UNITS:=.d)

clean:
	rm -rf build
objects: $(OBJ)
.PHONY: all objects clean
.SECONDARY:
