-- chat: messages to the team.

return {
  name = "chat",
  help = "messages to the team",
  actions = {
    { "say", change = true, help = "say something in a channel",
      args = { { "text", "text", required = true, help = "what to say" },
               { "channel", "text", default = "incident", help = "where" } },
      results = {},
      target = "chat:$args.channel",
      undo_why = "what was said is said",
      model = function(w, a)
        table.insert(w.said, { role = "chat", to = a.channel, text = a.text })
        return {}
      end,
      says = "told $args.channel: $args.text" },
  },
}
