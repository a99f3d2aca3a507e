-- exec: running a program, here or elsewhere.

return {
  name = "exec",
  help = "running a program, here or elsewhere",
  actions = {
    { "read", help = "run a program that changes nothing",
      args = { { "program", "text", required = true, help = "its name" },
               { "args", "list", default = {}, help = "its arguments, one each" },
               { "host", "text", default = "", help = "where; empty: here" },
               { "within", "duration", default = "1m", help = "it is stopped after that" } },
      results = { { "status", "integer", help = "its exit status" }, { "out", "text", help = "the end of what it wrote" } },
      model = function(w, a) return { status = 0, out = "" } end },

    { "run", change = true, dangerous = true, help = "run a program",
      args = { { "program", "text", required = true, help = "its name" },
               { "args", "list", default = {}, help = "its arguments, one each" },
               { "host", "text", default = "", help = "where; empty: here" },
               { "within", "duration", default = "1m", help = "it is stopped after that" } },
      results = { { "status", "integer", help = "its exit status" }, { "out", "text", help = "the end of what it wrote" } },
      target = "exec:$args.host/$args.program",
      undo_why = "nobody knows what it did", lasting = true,
      model = function(w, a)
        table.insert(w.ran, { program = a.program, args = a.args, host = a.host })
        return { status = 0, out = "" }
      end,
      says = "$args.program ended with $result.status" },
  },
}
