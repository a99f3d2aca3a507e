#include "../contracts/suite.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* A server that answers by the path it is asked for, one request a connection. */
struct server { int fd, port, asked; char last[8192]; };
static struct server server;

static void reply(int fd, const char *head, const char *body)
{
    char all[1024];
    int n = snprintf(all, sizeof all, "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
                     head, strlen(body), body);
    (void)!write(fd, all, (size_t)n);
}

static void answer(int fd, const char *path, int asked)
{
    if (strncmp(path, "/ticket", 7) == 0)
        reply(fd, "201 Created", "{\"id\":\"T-7\"}");
    else if (strncmp(path, "/later", 6) == 0)
        reply(fd, asked == 1 ? "429 Too Many Requests\r\nRetry-After: 1" : "200 OK", "");
    else if (strncmp(path, "/eons", 5) == 0)
        reply(fd, "429 Too Many Requests\r\nRetry-After: 99999999999999999999", "");
    else if (strncmp(path, "/ages", 5) == 0)
        reply(fd, "429 Too Many Requests\r\nRetry-After: 9223372036854775807", "");
    else if (strncmp(path, "/tomorrow", 9) == 0) {
        char head[200], date[64];
        time_t then = time(NULL) + 7200;
        strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime(&then));
        snprintf(head, sizeof head, "429 Too Many Requests\r\nRetry-After: %s", date);
        reply(fd, head, "");
    } else if (strncmp(path, "/slow", 5) == 0)
        (void)!read(fd, (char[1]){ 0 }, 1); /* says nothing until the other side has gone */
    else if (strncmp(path, "/never", 6) == 0)
        reply(fd, "403 Forbidden", "");
    else if (strncmp(path, "/broken", 7) == 0)
        reply(fd, "500 Oh", "");
    else if (strncmp(path, "/elsewhere", 10) == 0)
        reply(fd, "302 Found\r\nLocation: http://127.0.0.1:9/", "");
    else if (strncmp(path, "/half", 5) == 0)
        (void)!write(fd, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhal", 44);
    else if (strncmp(path, "/cut", 4) != 0)
        reply(fd, "200 OK", "ok");
}

static void *serve(void *_)
{
    for (;;) {
        int fd = accept(server.fd, NULL, NULL);
        if (fd < 0)
            return NULL;
        char bytes[8192] = "";
        size_t used = 0;
        for (ssize_t n; used < sizeof bytes - 1; used += (size_t)n) {
            n = read(fd, bytes + used, sizeof bytes - 1 - used);
            if (n <= 0 || bytes[0] != 'P') /* no POST: somebody who speaks TLS to us */
                break;
            const char *body = strstr(bytes, "\r\n\r\n"), *length = strstr(bytes, "Content-Length: ");
            if (body && length && strlen(body + 4) >= (size_t)atoi(length + 16))
                break;
        }
        server.asked += bytes[0] == 'P';
        if (bytes[0] != 'P') {
            close(fd);
            continue;
        }
        memcpy(server.last, bytes, sizeof bytes);
        const char *path = strchr(bytes, ' ');
        answer(fd, path ? path + 1 : "", server.asked);
        close(fd);
    }
}

static int listen_here(void **_)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof at;
    pthread_t thread;
    server.fd = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(server.fd, (struct sockaddr *)&at, sizeof at) || listen(server.fd, 16)
        || getsockname(server.fd, (struct sockaddr *)&at, &length))
        return -1;
    server.port = ntohs(at.sin_port);
    return pthread_create(&thread, NULL, serve, NULL);
}

static struct task_view say(const char *url, const char *action, const char *args)
{
    char real[256];
    server.asked = 0;
    snprintf(real, sizeof real, url, server.port);
    const char *yaml = arena_print(test_keep(),
        "roles:\n  chat: { plugin: webhook, within: %s, url: \"%s\", header: \"Authorization: Bearer ${env:CHAT_KEY}\" }\n"
        "  ticket: { plugin: webhook, url: \"%s\" }\n", strstr(url, "/slow") ? "300ms" : "30s", real, real);
    struct stage *s = stage_open_in(world_real("alice", test_keep()), yaml);
    struct task_view v = stage_do(s, action, args, "R1/2/1", NULL);
    plugins_close(s->plugins);
    return v;
}

#define HELLO "{\"text\":\"osc-fr1 is down\"}"
#define HERE "http://127.0.0.1:%d"

static void a_chat_gets_what_slack_would_with_a_key_and_the_secret(void **_)
{
    setenv("CHAT_KEY", "a-secret-of-ours", 1);
    struct task_view v = say(HERE "/chat", "chat.say", HELLO);
    assert_int_equal(v.outcome, OUTCOME_OK);
    assert_non_null(strstr(server.last, "{\"channel\":\"incident\",\"text\":\"osc-fr1 is down\"}"));
    assert_non_null(strstr(server.last, "Idempotency-Key: R1/2/1\r\n"));
    assert_non_null(strstr(server.last, "Authorization: Bearer a-secret-of-ours\r\n"));
}

static void a_ticket_answers_its_number(void **_)
{
    struct task_view v = say(HERE "/ticket", "ticket.open", "{\"subject\":\"flood\"}");
    assert_string_equal(v.result, "{\"id\":\"T-7\"}");
    assert_string_equal(v.text, "ticket T-7 opened: flood");
    v = say(HERE "/chat", "ticket.open", "{\"subject\":\"flood\"}");
    assert_int_equal(v.outcome, OUTCOME_UNKNOWN);
}

/* Trying again is the engine's: tests/play/pace.c. */
static void not_now_is_no_effect_and_says_when(void **_)
{
    struct task_view v = say(HERE "/later", "chat.say", HELLO);
    assert_int_equal(v.outcome, OUTCOME_FAILED);
    assert_true(v.later && v.later_ms == 1000);
    assert_int_equal(server.asked, 1);
}

static void a_moment_to_come_again_may_be_a_date(void **_)
{
    struct task_view v = say(HERE "/tomorrow", "chat.say", HELLO);
    assert_int_equal(v.outcome, OUTCOME_FAILED);
    assert_true(v.later && v.later_ms > 7000 * 1000 && v.later_ms <= 7200 * 1000);
    assert_true(say(HERE "/eons", "chat.say", HELLO).later_ms > INT64_C(30000000000000)); /* too long to be a number */
    assert_true(say(HERE "/ages", "chat.say", HELLO).later_ms > INT64_C(30000000000000));
}

static void who_does_not_answer_within_the_time_may_have_done_it(void **_)
{
    struct task_view v = say(HERE "/slow", "chat.say", HELLO);
    assert_int_equal(v.outcome, OUTCOME_UNKNOWN);
    assert_int_equal(server.asked, 1);
    struct err e = { 0 };
    struct stage *s = stage_open_in(world_real("alice", test_keep()),
                                    "roles:\n  chat: { plugin: webhook, url: \"http://127.0.0.1:9/\", within: soon }\n");
    assert_false(plugins_ready(s->plugins, "chat", &e));
    assert_non_null(strstr(e.text, "'within': found \"soon\", expected a span, as 10s"));
    plugins_close(s->plugins);
}

static void a_refusal_had_no_effect_and_a_breakdown_may_have(void **_)
{
    assert_int_equal(say(HERE "/never", "chat.say", HELLO).outcome, OUTCOME_FAILED);
    assert_int_equal(say(HERE "/broken", "chat.say", HELLO).outcome, OUTCOME_UNKNOWN);
    assert_int_equal(say(HERE "/half", "chat.say", HELLO).outcome, OUTCOME_UNKNOWN);
    assert_int_equal(say(HERE "/cut", "chat.say", HELLO).outcome, OUTCOME_UNKNOWN);
}

static void a_redirect_is_not_followed(void **_)
{
    struct task_view v = say(HERE "/elsewhere", "chat.say", HELLO);
    assert_int_equal(v.outcome, OUTCOME_FAILED);
    assert_string_equal(v.text, "the other side answers 302, and redirects are not followed");
}

static void what_never_left_certainly_failed(void **_)
{
    assert_int_equal(say("http://127.0.0.1:1/%d", "chat.say", HELLO).outcome, OUTCOME_FAILED);
    assert_int_equal(say("https://127.0.0.1:%d/", "chat.say", HELLO).outcome, OUTCOME_FAILED);
    setenv("PLACE", "file:///etc/passwd", 1);
    assert_int_equal(say("${env:PLACE}?%d", "chat.say", HELLO).outcome, OUTCOME_FAILED);
}

static void a_missing_secret_stops_before_anything_is_sent(void **_)
{
    unsetenv("CHAT_KEY");
    struct task_view v = say(HERE "/chat", "chat.say", HELLO);
    assert_int_equal(v.outcome, OUTCOME_FAILED);
    assert_string_equal(v.text, "the secret '${env:CHAT_KEY}' is not there; set it before you start tocsin");
    assert_int_equal(server.asked, 0);
    setenv("CHAT_KEY", "short", 1);
    assert_non_null(strstr(say(HERE "/chat", "chat.say", HELLO).text, "shorter than 8 bytes"));
}

static struct stage *open_hooks(void)
{
    const char *url = arena_print(test_keep(), HERE "/", server.port);
    return stage_open_in(world_real("alice", test_keep()), arena_print(test_keep(),
        "services:\n  osc-fr1: { ips: [192.0.2.1] }\nroles:\n"
        "  chat: { plugin: webhook, url: \"%schat\" }\n  page: { plugin: webhook, url: \"%spage\" }\n"
        "  statuspage: { plugin: webhook, url: \"%sstatus\" }\n", url, url, url));
}

static void it_plays_what_it_can_as_the_contracts_say(void **_)
{
    static const char *const roles[] = { "chat", "page" };
    for (size_t i = 0; i < 2; i++) {
        struct suite s = { 0 };
        suite_role(&s, roles[i], open_hooks);
        for (size_t k = 0; k < s.wrongs; k++)
            print_error("%s\n", s.wrong[k]);
        assert_int_equal(s.wrongs, 0);
    }
    struct stage *s = open_hooks();
    assert_false(plugins_observes(s->plugins, roles_find(&s->roles, "statuspage.shown", &s->e)));
    assert_int_equal(stage_do(s, "statuspage.set", "{\"service\":\"osc-fr1\",\"state\":\"down\"}", "k", NULL).outcome,
                     OUTCOME_OK);
    plugins_close(s->plugins);
}

int main(void)
{
    const struct CMUnitTest webhook[] = {
        promise(a_chat_gets_what_slack_would_with_a_key_and_the_secret),
        promise(a_ticket_answers_its_number),
        promise(not_now_is_no_effect_and_says_when),
        promise(a_moment_to_come_again_may_be_a_date),
        promise(who_does_not_answer_within_the_time_may_have_done_it),
        promise(a_refusal_had_no_effect_and_a_breakdown_may_have),
        promise(a_redirect_is_not_followed),
        promise(what_never_left_certainly_failed),
        promise(it_plays_what_it_can_as_the_contracts_say),
        promise(a_missing_secret_stops_before_anything_is_sent),
    };
    return cmocka_run_group_tests(webhook, listen_here, NULL);
}
