/* http.c: requests by libcurl, one multi handle each, turned by whoever looks. */
#include "world/on_demand/http.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

enum { BODY_MOST = 1 << 20 };

struct http {
    CURLM *multi;
    CURL *easy;
    struct curl_slist *header;
    char *sent;               /* the body that goes out */
    char *body;
    size_t length;
    char problem[CURL_ERROR_SIZE];
    struct http_state state;
};

static size_t take(char *bytes, size_t size, size_t count, void *context)
{
    struct http *h = context;
    size_t all = size * count, room = BODY_MOST - h->length;
    size_t n = all < room ? all : room;
    memcpy(h->body + h->length, bytes, n);
    h->length += n;
    h->body[h->length] = '\0';
    return all;
}

static void http_free(struct http *h)
{
    if (h->multi && h->easy)
        curl_multi_remove_handle(h->multi, h->easy);
    curl_easy_cleanup(h->easy);
    curl_multi_cleanup(h->multi);
    curl_slist_free_all(h->header);
    free(h->sent);
    free(h->body);
    free(h);
}

static bool set_up(struct http *h, const struct http_request *r)
{
    CURL *c = h->easy;
    for (const char *const *line = r->header; line && *line; line++) {
        struct curl_slist *more = curl_slist_append(h->header, *line);
        if (!more)
            return false;
        h->header = more;
    }
    bool good = curl_easy_setopt(c, CURLOPT_URL, r->url) == CURLE_OK
        && curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK
        && curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK
        && curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK
        && curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK
        && curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK
        && curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)r->timeout_ms) == CURLE_OK
        && curl_easy_setopt(c, CURLOPT_HTTPHEADER, h->header) == CURLE_OK
        && curl_easy_setopt(c, CURLOPT_ERRORBUFFER, h->problem) == CURLE_OK
        && curl_easy_setopt(c, CURLOPT_USERAGENT, "tocsin") == CURLE_OK
        && curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take) == CURLE_OK
        && curl_easy_setopt(c, CURLOPT_WRITEDATA, h) == CURLE_OK;
    if (good && r->certificates)
        good = curl_easy_setopt(c, CURLOPT_CAINFO, r->certificates) == CURLE_OK;
    if (good && r->body) {
        h->sent = strdup(r->body);
        good = h->sent && curl_easy_setopt(c, CURLOPT_POSTFIELDS, h->sent) == CURLE_OK
            && curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)strlen(h->sent)) == CURLE_OK;
    }
    return good && curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, r->method) == CURLE_OK;
}

static struct http *start(const struct http_request *r, const char **why)
{
    struct http *h = calloc(1, sizeof *h);
    if (!h)
        return NULL;
    h->body = malloc(BODY_MOST + 1);
    h->easy = curl_easy_init();
    h->multi = curl_multi_init();
    if (!h->body || !h->easy || !h->multi || !set_up(h, r)
        || curl_multi_add_handle(h->multi, h->easy) != CURLM_OK) {
        *why = "libcurl refuses it";
        http_free(h);
        return NULL;
    }
    h->body[0] = '\0';
    return h;
}

/* When to come again; 0: not said. What is too long to be a number is long. */
static int64_t retry_after_ms(CURL *easy)
{
    static const int64_t longest = (int64_t)1000 * 365 * 86400;
    struct curl_header *said;
    curl_off_t after = 0;
    curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &after);
    if (after == 0 && curl_easy_header(easy, "Retry-After", 0, CURLH_HEADER, -1, &said) == CURLHE_OK
        && strlen(said->value) > 15 && strspn(said->value, "0123456789") == strlen(said->value))
        after = longest;
    return (after > longest ? longest : (int64_t)after) * 1000;
}

static void conclude(struct http *h, CURLcode code)
{
    long status = 0, sent = 0;
    curl_easy_getinfo(h->easy, CURLINFO_REQUEST_SIZE, &sent);
    curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK)
        h->state = (struct http_state){ .end = HTTP_ANSWERED, .status = status,
                                        .retry_after_ms = retry_after_ms(h->easy) };
    else
        /* no byte of a request went out: nothing can have happened */
        h->state = (struct http_state){ .end = sent == 0 ? HTTP_NEVER : HTTP_LOST,
                                        .why = h->problem[0] ? h->problem : curl_easy_strerror(code) };
}

static struct http_state look(struct http *h)
{
    int running, left;
    if (h->state.end != HTTP_RUNS)
        return h->state;
    curl_multi_perform(h->multi, &running);
    CURLMsg *message = curl_multi_info_read(h->multi, &left);
    if (message && message->msg == CURLMSG_DONE)
        conclude(h, message->data.result);
    h->state.body = h->body;
    h->state.length = h->length;
    return h->state;
}

const struct http_module *tocsin_http_module(void)
{
    static const struct http_module module = { start, look, http_free };
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? &module : NULL;
}
