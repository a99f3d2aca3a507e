/* yaml.c: from libyaml's events to a tree; see yaml.h. */
#include "base/yaml.h"
#include "base/text.h"

#include <string.h>
#include <yaml.h>

enum { DEEPEST = 64 };

struct reader {
    yaml_parser_t parser;
    const char *file;
    struct arena *keep;
    struct err *e;
};

static bool fail_at(struct reader *r, yaml_mark_t mark, const char *what)
{
    return err_input(r->e, "%s:%zu:%zu: %s", r->file, mark.line + 1, mark.column + 1, what);
}

static bool next_event(struct reader *r, yaml_event_t *event)
{
    if (yaml_parser_parse(&r->parser, event))
        return true;
    yaml_parser_t *p = &r->parser;
    const char *what = p->problem ? p->problem : "not YAML";
    if (p->context)
        what = arena_print(r->keep, "%s (%s)", what, p->context);
    bool known = p->error == YAML_SCANNER_ERROR || p->error == YAML_PARSER_ERROR;
    yaml_mark_t mark = known ? p->problem_mark : p->mark;
    return fail_at(r, mark, arena_print(r->keep, "not valid YAML: %s", what));
}

static struct yaml *new_node(struct reader *r, const yaml_event_t *event, enum yaml_kind kind,
                             const char *path)
{
    struct yaml *y = arena_one(r->keep, struct yaml);
    y->kind = kind;
    y->file = r->file;
    y->path = path;
    y->line = (int)event->start_mark.line + 1;
    y->column = (int)event->start_mark.column + 1;
    y->keep = r->keep;
    y->text = "";
    return y;
}

static bool read_value(struct reader *r, yaml_event_t *event, const char *path, int depth,
                       struct yaml **out);

static const char *join_path(struct reader *r, const char *path, const char *key)
{
    return *path ? arena_print(r->keep, "%s.%s", path, key) : arena_string(r->keep, key);
}

/* Reads a key's scalar into *key; false at the end of the map or on error. */
static bool read_key(struct reader *r, const struct yaml *map, yaml_event_t *event,
                     const char **key)
{
    if (event->type != YAML_SCALAR_EVENT)
        return fail_at(r, event->start_mark, "found a nested key, expected a plain one");
    *key = arena_copy(r->keep, (const char *)event->data.scalar.value, event->data.scalar.length);
    for (const struct yaml *other = map->first; other; other = other->next)
        if (!strcmp(other->key, *key))
            return fail_at(r, event->start_mark,
                           arena_print(r->keep, "%s: the key stands twice, first in line %d",
                                       join_path(r, map->path, *key), other->line));
    return true;
}

static bool read_members(struct reader *r, struct yaml *y, int depth)
{
    bool map = y->kind == YAML_MAP;
    struct yaml **tail = &y->first;
    for (int index = 0;; index++) {
        yaml_event_t event;
        if (!next_event(r, &event))
            return false;
        if (event.type == (map ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT)) {
            yaml_event_delete(&event);
            return true;
        }
        const char *key = NULL;
        const char *path = NULL;
        if (map) {
            bool good = read_key(r, y, &event, &key);
            yaml_event_delete(&event);
            if (!good || !next_event(r, &event))
                return false;
            path = join_path(r, y->path, key);
        } else {
            path = arena_print(r->keep, "%s[%d]", y->path, index);
        }
        if (!read_value(r, &event, path, depth + 1, tail))
            return false;
        (*tail)->key = key;
        tail = &(*tail)->next;
    }
}

static bool has_tag_or_anchor(const yaml_event_t *event)
{
    switch ((int)event->type) {
    case YAML_SCALAR_EVENT:
        return event->data.scalar.anchor || event->data.scalar.tag;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.anchor || event->data.sequence_start.tag;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.anchor || event->data.mapping_start.tag;
    case YAML_ALIAS_EVENT:
        return true;
    default:
        return false;
    }
}

/* Consumes `event`. */
static bool read_value(struct reader *r, yaml_event_t *event, const char *path, int depth,
                       struct yaml **out)
{
    bool good = true;
    struct yaml *y = NULL;
    if (has_tag_or_anchor(event)) {
        good = fail_at(r, event->start_mark, "anchors, aliases and tags are not used here");
    } else if (depth > DEEPEST) {
        good = fail_at(r, event->start_mark, "nested too deeply");
    } else if (event->type == YAML_SCALAR_EVENT) {
        y = new_node(r, event, YAML_SCALAR, path);
        y->text = arena_copy(r->keep, (const char *)event->data.scalar.value,
                             event->data.scalar.length);
        y->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
        if (strlen(y->text) != event->data.scalar.length)
            good = fail_at(r, event->start_mark, "a NUL character inside a text");
    } else {
        y = new_node(r, event, event->type == YAML_MAPPING_START_EVENT ? YAML_MAP : YAML_LIST, path);
    }
    yaml_event_delete(event);
    *out = y;
    return good && (y->kind == YAML_SCALAR || read_members(r, y, depth));
}

static bool read_document(struct reader *r, struct yaml **out)
{
    yaml_event_t event;
    bool seen = false;
    for (;;) {
        if (!next_event(r, &event))
            return false;
        switch ((int)event.type) {
        case YAML_STREAM_START_EVENT:
        case YAML_DOCUMENT_END_EVENT:
            yaml_event_delete(&event);
            continue;
        case YAML_DOCUMENT_START_EVENT:
            if (seen) {
                fail_at(r, event.start_mark, "a second document, expected one");
                yaml_event_delete(&event);
                return false;
            }
            seen = true;
            yaml_event_delete(&event);
            continue;
        case YAML_STREAM_END_EVENT:
            if (!*out)
                *out = new_node(r, &event, YAML_MAP, "");
            yaml_event_delete(&event);
            return true;
        default:
            if (!read_value(r, &event, "", 1, out))
                return false;
        }
    }
}

struct yaml *yaml_parse(const char *file, const char *bytes, size_t length, struct arena *keep,
                        struct err *e)
{
    struct reader r = { .file = arena_string(keep, file), .keep = keep, .e = e };
    struct yaml *root = NULL;
    if (!yaml_parser_initialize(&r.parser)) {
        err_system(e, "out of memory for YAML");
        return NULL;
    }
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)bytes, length);
    bool good = read_document(&r, &root);
    yaml_parser_delete(&r.parser);
    /* `---` with nothing behind it is an empty map, too. */
    if (good && root->kind == YAML_SCALAR && !*root->text && !root->quoted)
        root->kind = YAML_MAP;
    return good ? root : NULL;
}
