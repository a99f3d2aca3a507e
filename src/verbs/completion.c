/* completion.c: the verbs and options for a shell, printed from the table. */
#include "verbs/verbs.h"

static const char *names(struct desk *d)
{
    struct text t = text_new(d->keep);
    for (const struct verb *v = verbs; v->name; v++)
        text_print(&t, "%s%s", t.length ? " " : "", v->name);
    return t.at;
}

static void bash(struct desk *d)
{
    fprintf(d->out, "_tocsin() {\n  local word=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]}\n"
                    "  if [ \"$COMP_CWORD\" = 1 ]; then\n"
                    "    COMPREPLY=($(compgen -W '%s' -- \"$word\")); return\n  fi\n"
                    "  case $verb in\n", names(d));
    for (const struct verb *v = verbs; v->name; v++) {
        if (!v->option)
            continue;
        fprintf(d->out, "  %s) COMPREPLY=($(compgen -W '", v->name);
        for (const struct verb_option *o = v->option; o->name; o++)
            fprintf(d->out, "%s--%s", o == v->option ? "" : " ", o->name);
        fprintf(d->out, "' -- \"$word\"));;\n");
    }
    fprintf(d->out, "  esac\n}\ncomplete -o default -F _tocsin tocsin\n");
}

static void zsh(struct desk *d)
{
    fprintf(d->out, "#compdef tocsin\n_tocsin() {\n  local -a verbs=(\n");
    for (const struct verb *v = verbs; v->name; v++)
        fprintf(d->out, "    %s\n", arena_print(d->keep, "\"%s:%s\"", v->name, v->help));
    fprintf(d->out, "  )\n  if (( CURRENT == 2 )); then _describe verb verbs; else _files; fi\n}\n"
                    "compdef _tocsin tocsin\n");
}

static void fish(struct desk *d)
{
    for (const struct verb *v = verbs; v->name; v++) {
        fprintf(d->out, "complete -c tocsin -n __fish_use_subcommand -a %s -d \"%s\"\n", v->name, v->help);
        for (const struct verb_option *o = v->option; o && o->name; o++)
            fprintf(d->out, "complete -c tocsin -n '__fish_seen_subcommand_from %s' -l %s%s -d \"%s\"\n",
                    v->name, o->name, o->value ? " -r" : "", o->help);
    }
}

bool verb_completion(struct desk *d, struct err *e)
{
    static const char *const shells[] = { "bash", "zsh", "fish", NULL };
    if (!desk_needs(d, 0, e) || !desk_at_most(d, 1, e))
        return false;
    if (text_equal(d->word[0], shells[0]))
        bash(d);
    else if (text_equal(d->word[0], shells[1]))
        zsh(d);
    else if (text_equal(d->word[0], shells[2]))
        fish(d);
    else
        return err_usage(e, "no completion for '%s': bash, zsh or fish", d->word[0]);
    return true;
}
