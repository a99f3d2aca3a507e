-- ticket: what we ask of a provider or a vendor.

local id = { "id", "text", required = true, help = "the ticket's number" }
local text = { "text", "text", required = true, help = "what to say" }

local function ticket(w, a)
  local found = w.tickets[a.id]
  if not found then return nil, "no ticket '" .. a.id .. "'" end
  return found
end

return {
  name = "ticket",
  help = "tickets with a provider or a vendor",
  actions = {
    { "state", help = "how a ticket stands",
      args = { id },
      results = { { "level", "integer", help = "0 normal, higher when escalated" },
                  { "comments", "integer", help = "how many" } },
      model = function(w, a)
        local found, why = ticket(w, a)
        if not found then return nil, why end
        return { level = found.level, comments = #found.comments }
      end },

    { "open", change = true, help = "open a ticket",
      args = { { "subject", "text", required = true, help = "one line" },
               { "text", "text", default = "", help = "what to say" } },
      results = { { "id", "text", help = "the ticket's number" } },
      target = "ticket:$args.subject",
      undo_why = "what was said is said",
      model = function(w, a)
        w.ticket_count = (w.ticket_count or 48212) + 1
        local number = tostring(w.ticket_count)
        w.tickets[number] = { subject = a.subject, level = 0, comments = { a.text } }
        return { id = number }
      end,
      says = "ticket $result.id opened: $args.subject" },

    { "comment", change = true, help = "add to a ticket",
      args = { id, text }, results = {},
      target = "ticket:$args.id/comment",
      undo_why = "what was said is said",
      model = function(w, a)
        local found, why = ticket(w, a)
        if not found then return nil, why end
        table.insert(found.comments, a.text)
        return {}
      end,
      says = "ticket $args.id: $args.text" },

    { "escalate", change = true, help = "ask for somebody higher up",
      args = { id, { "text", "text", default = "", help = "why" } }, results = {},
      target = "ticket:$args.id/level",
      undo_why = "an escalation cannot be taken back",
      model = function(w, a)
        local found, why = ticket(w, a)
        if not found then return nil, why end
        found.level = found.level + 1
        return {}
      end,
      says = "ticket $args.id escalated" },
  },
}
