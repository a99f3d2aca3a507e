-- capture: recording packets, to look at them later.

return {
  name = "capture",
  help = "recording packets, to look at them later",
  actions = {
    { "start", change = true, help = "record what reaches an IP, for a while",
      args = { { "ip", "ip", required = true, help = "which IP" },
               { "last", "duration", default = "1m", help = "how long" } },
      results = { { "id", "text", help = "names the recording" } },
      target = "capture:$args.ip",
      undo_why = "a recording ends by itself",
      model = function(w, a)
        w.capture_count = (w.capture_count or 0) + 1
        local id = "capture-" .. w.capture_count
        w.captures[id] = { ip = a.ip, ms = a.last }
        return { id = id }
      end,
      says = "recording what reaches $args.ip as $result.id" },
  },
}
