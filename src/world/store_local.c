/* store_local.c: the local store's rows; see store_local.h. The work on one
 * stream is strand.h's, locks and blobs have files of their own. */
#include "world/store_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool local_folder(const char **out, const struct local *l, const char *incident,
                  struct arena *keep, struct err *e)
{
    if (!incident || !*incident || *incident == '.' || strchr(incident, '/')
        || strlen(incident) > 200)
        return err_input(e, "'%s' is no name of an incident", incident ? incident : "");
    *out = strcmp(incident, "log") ? arena_print(keep, "%s/incidents/%s", l->root, incident)
                                   : arena_print(keep, "%s/log", l->root);
    return true;
}

const char *local_aside(struct local *l, const char *folder, const char *name, struct arena *keep,
                        struct err *e)
{
    const char *path = arena_print(keep, "%s/damaged-%s", folder, name);
    bool taken = true;
    for (int n = 2; disk_there(l->disk, path, &taken, e) && taken; n++)
        path = arena_print(keep, "%s/damaged-%s-%d", folder, name, n);
    return taken ? NULL : path;
}

void local_warn(struct local *l, const char *format, ...)
{
    char line[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    size_t used = strlen(l->warning);
    snprintf(l->warning + used, sizeof l->warning - used, "%s%s", used ? "; " : "", line);
}

static const char *local_warning(struct store *store, struct arena *keep)
{
    struct local *l = (struct local *)store;
    const char *words = *l->warning ? arena_string(keep, l->warning) : NULL;
    *l->warning = '\0';
    return words;
}

static struct strand *known(struct local *l, const char *incident)
{
    for (struct strand *s = l->strand; s; s = s->next)
        if (!strcmp(s->incident, incident))
            return s;
    return NULL;
}

static struct strand *remember(struct local *l, const struct strand *s)
{
    struct strand *kept = arena_one(&l->all, struct strand);
    *kept = *s;
    kept->next = l->strand;
    return l->strand = kept;
}

struct strand *local_strand(struct local *l, const char *incident, struct err *e)
{
    struct strand *s = known(l, incident), fresh;
    struct arena scratch = l->all;
    const char *folder;
    if (s)
        return s;
    if (!local_folder(&folder, l, incident, &scratch, e))
        return NULL;
    l->all = scratch;
    return strand_open(&fresh, l, folder, incident, e) ? remember(l, &fresh) : NULL;
}

enum { SMALL = 1 << 20, SALT = 16 };

typedef char hash_text[SHA256_HEX + 1];

/* The draft with the hash of the one before it that it names. */
static struct draft spelled(const struct draft *d, const hash_text *own, struct arena *keep)
{
    struct draft whole = *d;
    if (d->back)
        whole.data = arena_print(keep, "%s%s%s", d->data, *(own - d->back), d->rest);
    return whole;
}

/* Room for the lines of these drafts, whose text doubles as it grows. */
static size_t room_of(const struct draft *draft, size_t count)
{
    size_t bytes = (1 << 16) + strlen(draft->data);
    for (size_t i = 0; i < count; i++)
        bytes += 4 * (strlen(draft[i].data) + (draft[i].back ? strlen(draft[i].rest) : 0)
                      + 6 * strlen(draft[i].by) + 6 * strlen(draft[i].uid) + 1024);
    return bytes;
}

static bool write_lines(struct local *l, struct strand *s, const struct draft *draft,
                        size_t count, struct appended *out, struct arena *keep, struct err *e)
{
    struct chain at = s->verified;
    int64_t now = l->world->clock(l->world);
    size_t expected = room_of(draft, count);
    bool small = expected < SMALL; /* pages that are there already cost nothing */
    struct arena start = small ? l->all : arena_reserve(expected), room = start;
    hash_text *hash = arena_many(keep, hash_text, count);
    unsigned char *random = arena_many(&room, unsigned char, SALT * count);
    struct text lines = text_new(&room);
    at.recorded = now > at.recorded ? now : at.recorded;
    *out = (struct appended){ .first_seq = at.seq + 1, .recorded = at.recorded };
    l->world->random(l->world, random, SALT * count);
    for (size_t i = 0; i < count; i++) {
        char salt[2 * SALT + 1];
        hex_from_bytes(salt, random + SALT * i, SALT);
        struct draft d = spelled(&draft[i], &hash[i], keep);
        d.data = batch_mark(d.data, i ? 1 : count, &room);
        event_write(&lines, &d, ++at.seq, at.recorded, salt, at.hash, hash[i]);
        memcpy(at.hash, hash[i], sizeof at.hash);
        if (i < 64)
            out->hash[i] = hash[i];
    }
    at.end += lines.length;
    out->end = at.end;
    bool ok = strand_put(l, s, lines.at, lines.length, &at, e);
    if (!small)
        arena_release(start);
    return ok;
}

static bool may_append(struct strand *s, const char *head, struct lock *token, struct local *l,
                       struct err *e)
{
    if (head && strcmp(head, s->verified.hash))
        return err_busy(e, "'%s' moved: somebody else wrote in the meantime", s->incident);
    return !token || lock_is_ours(l, token, e);
}

/* An `erased` takes the data of the line that it names with it. The next holder
 * of the lock does that when we die in between. */
static bool erases(struct strand *s, const struct draft *draft, size_t count)
{
    for (size_t i = 0; i < count; i++)
        s->erasing |= draft[i].kind == EVENT_ERASED;
    return s->erasing;
}

/* Our first line where only another store's stream is says where we left that. */
static bool begin_stream(struct local *l, struct strand *s, const struct draft *first,
                         struct appended *out, struct arena *keep, struct err *e)
{
    struct draft forked;
    if (!s->guarded) /* an older version gave no heads to the streams of other stores */
        s->guarded = foreign_guard(l, s->folder, *keep, &(struct err){ 0 });
    if (s->verified.seq || first->kind == EVENT_OPENED || first->kind == EVENT_FORKED)
        return true;
    if (!local_fork(&forked, l, s, first, keep, e))
        return false;
    return !forked.data || write_lines(l, s, &forked, 1, out, keep, e);
}

/* Who finds nobody syncing leads from the start, and saves a second entering;
 * the others write while it syncs, and share the next one. */
bool local_append_to(struct local *l, struct strand *s, const char *head, struct lock *token,
                      const struct draft *draft, size_t count, enum sync sync, struct appended *out,
                      struct arena *keep, struct err *e)
{
    if (s->leads && sync == SYNC_BEGUN && !strand_sync_again(l, s, e))
        return false;
    bool owed = s->leads, leads = owed || (sync != SYNC_LATER && strand_lead(s));
    bool ok = strand_enter(l, s, leads, e);
    if (ok) {
        uint64_t from = s->verified.end;
        ok = may_append(s, head, token, l, e) && begin_stream(l, s, draft, out, keep, e)
            && write_lines(l, s, draft, count, out, keep, e);
        if (ok && sync >= SYNC_BEGUN)
            strand_begin_sync(l, s, from, leads);
        strand_leave(s);
    }
    if (!ok) {
        if (leads && !owed)
            strand_lead_not(s);
        return false;
    }
    bool erasing = erases(s, draft, count);
    if ((sync == SYNC_NOW || (erasing && s->leads)) && !(leads ? strand_sync_led(l, s, e) : strand_sync(l, s, e)))
        return false;
    return !erasing || strand_settle(l, s, e);
}

static bool local_append(struct store *store, const char *incident, const char *head,
                         struct lock *token, const struct draft *draft, size_t count, enum sync sync,
                         struct appended *out, struct arena *keep, struct err *e)
{
    struct local *l = (struct local *)store;
    if (!strcmp(incident, "log") && !known(l, incident) && !local_create_log(l, e))
        return false;
    struct err ignored;
    struct strand *s = local_strand(l, incident, e);
    if (!s || !targets_tell(l, draft, count, true, e))
        return err_while(e, "recording in %s", incident);
    bool ok = local_append_to(l, s, head, token, draft, count, sync, out, keep, e);
    (void)targets_tell(l, draft, count, false, &ignored);
    return ok || err_while(e, "recording in %s", incident);
}

static bool local_sync(struct store *store, const char *incident, struct err *e)
{
    struct local *l = (struct local *)store;
    struct strand *s = known(l, incident);
    return !s || !s->written || strand_sync(l, s, e);
}

static bool local_create(struct store *store, const char *incident, const struct draft *draft, size_t count,
                         struct arena *keep, struct err *e)
{
    struct local *l = (struct local *)store;
    struct err ignored;
    bool ok = targets_tell(l, draft, count, true, e) && local_create_with(l, incident, draft, count, NULL, 0, keep, e);
    (void)targets_tell(l, draft, count, false, &ignored);
    return ok || err_while(e, "opening %s", incident);
}

static void local_close(struct store *store)
{
    struct local *l = (struct local *)store;
    for (struct strand *s = l->strand; s; s = s->next)
        strand_close(l, s);
    targets_close(l);
    (void)local_attend(store, NULL, NULL);
    disk_close(l->disk, &l->locks_fd);
    if (l->memos_start.at)
        arena_release(l->memos_start);
    arena_release(l->start);
}

struct store *store_local_open(struct world *w, const struct disk *d, const char *dir,
                               struct err *e)
{
    struct arena start = arena_reserve((size_t)16 << 20), all = start;
    struct local *l = arena_one(&all, struct local);
    *l = (struct local){
        .store = { .list = local_list, .create = local_create, .append = local_append,
                   .sync = local_sync, .read = local_read, .watch = local_watch, .attend = local_attend,
                   .lock = local_lock, .unlock = local_unlock, .holder = local_holder,
                   .heed = local_heed, .news = local_news,
                   .blob_put = local_blob_put, .blob_get = local_blob_get,
                   .output_put = local_output_put, .output_get = local_output_get,
                   .output_list = local_output_list,
                   .streams = local_streams, .adopt = local_adopt, .blobs = local_blobs,
                   .check = local_check, .salvage = local_salvage,
                   .mentions = local_mentions,
                   .warning = local_warning, .close = local_close },
        .world = w, .disk = d, .root = text_equal(dir, ".") ? ".tocsin" : arena_print(&all, "%s/.tocsin", dir),
        .start = start, .locks_fd = -1, .targets.fd = -1, .attends = -1,
    };
    l->modes = modes_of(d, l->root);
    l->buffer = arena_many(&all, char, LOCAL_BUFFER);
    l->all = all;
    for (const char *const *name = (const char *const[]){ "incidents", "locks", NULL }; *name; name++) {
        struct arena scratch = l->all;
        const char *path = arena_print(&scratch, "%s/%s", l->root, *name);
        bool there;
        if (!disk_there(d, path, &there, e) || (!there && !disk_make_folder(d, path, l->modes.folder, e))) {
            local_close(&l->store);
            return NULL;
        }
    }
    struct arena scratch = l->all;
    l->locks_fd = disk_open(d, arena_print(&scratch, "%s/locks", l->root), O_RDONLY | O_DIRECTORY, 0, e);
    if (l->locks_fd < 0) {
        local_close(&l->store);
        return NULL;
    }
    return &l->store;
}
