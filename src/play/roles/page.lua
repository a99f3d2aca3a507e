-- page: waking people.

return {
  name = "page",
  help = "waking people",
  actions = {
    { "call", change = true, help = "call a person",
      args = { { "who", "text", required = true, help = "whom" },
               { "text", "text", required = true, help = "why" } },
      results = {},
      target = "page:$args.who",
      undo_why = "a call cannot be taken back",
      model = function(w, a)
        table.insert(w.said, { role = "page", to = a.who, text = a.text })
        return {}
      end,
      says = "$args.who called: $args.text" },
  },
}
