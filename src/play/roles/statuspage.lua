-- statuspage: what customers are told.

return {
  name = "statuspage",
  help = "what customers are told",
  actions = {
    { "shown", help = "what the page says of a service",
      args = { { "service", "service", required = true, help = "which" } },
      results = { { "state", "text", help = "ok, degraded, down" } },
      model = function(w, a) return { state = w.shown[a.service] or "ok" } end },

    { "set", change = true, help = "say how a service is",
      args = { { "service", "service", required = true, help = "which" },
               { "state", "text", default = "ok", help = "ok, degraded, down" },
               { "text", "text", default = "", help = "one sentence for customers" } },
      results = {},
      target = "statuspage:$args.service",
      state = { "statuspage.shown", service = "$args.service" },
      undo = { "statuspage.set", service = "$args.service", state = "$before.state" },
      model = function(w, a)
        if a.state ~= "ok" and a.state ~= "degraded" and a.state ~= "down" then
          return nil, "unknown state '" .. a.state .. "', it is ok, degraded or down"
        end
        local was = w.shown[a.service] or "ok"
        w.shown[a.service] = a.state
        return {}, was == a.state and a.text == "" and "unchanged" or nil
      end,
      says = "the status page shows $args.service as $args.state" },
  },
}
