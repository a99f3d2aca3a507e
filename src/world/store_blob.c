/* store_blob.c: bytes by their SHA-256, once each, beside a journal. */
#include "world/store_inside.h"

#include <errno.h>
#include <string.h>

static const char *blob_path(const char *folder, const char *sha256, struct arena *keep)
{
    return arena_print(keep, "%s/blobs/%s", folder, sha256);
}

bool local_blob_put(struct store *store, const char *incident, const char *bytes, size_t length,
                    char sha256[SHA256_HEX + 1], struct err *e)
{
    struct local *l = (struct local *)store;
    struct arena scratch = l->all;
    struct stat st;
    const char *folder;
    sha256_hex(sha256, bytes, length);
    if (!local_folder(&folder, l, incident, &scratch, e))
        return false;
    bool there;
    if (!disk_there(l->disk, folder, &there, e))
        return false;
    if (!there)
        return err_input(e, "there is no incident '%s'", incident);
    const char *path = blob_path(folder, sha256, &scratch);
    if (!l->disk->stat(path, &st) && (uint64_t)st.st_size == length)
        return true;
    return disk_replace(l->disk, path, bytes, length, l->modes.file, e);
}

bool local_blob_get(struct store *store, const char *incident, const char *sha256,
                    const char **bytes, size_t *length, struct arena *keep, struct err *e)
{
    struct local *l = (struct local *)store;
    char found[SHA256_HEX + 1];
    const char *folder;
    if (!hex_is(sha256, SHA256_HEX))
        return err_input(e, "'%s' is no SHA-256", sha256);
    if (!local_folder(&folder, l, incident, keep, e))
        return false;
    const char *path = blob_path(folder, sha256, keep);
    if (!disk_load(l->disk, path, bytes, length, keep, e)) {
        if (errno == ENOENT)
            err_input(e, "'%s' keeps no bytes %.12s...", incident, sha256);
        return false;
    }
    sha256_hex(found, *bytes, *length);
    if (strcmp(found, sha256))
        return err_input(e, "'%s' is altered: its bytes have another SHA-256", path);
    return true;
}
