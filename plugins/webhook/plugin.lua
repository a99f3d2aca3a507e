-- webhook: what we say goes out as JSON: a chat that takes Slack's form, a
-- ticket system, a pager, a status page. One URL a role.
--
-- Settings: url (may hold ${env:NAME}), header ("Authorization: Bearer
-- ${env:KEY}"), certificates (a file, where the machine's do not do), within
-- (how long the other side may take to answer, "10s").

local function post(t, body)
  -- the same key at every try, so that the other side can see that it is the same thing
  local headers = { "Content-Type: application/json", "Idempotency-Key: " .. t.key }
  if t.settings.header then headers[#headers + 1] = t.settings.header end
  local id, why = http_start { url = t.settings.url, headers = headers, body = to_json(body), within = t.settings.within or "10s",
                               certificates = t.settings.certificates }
  if not id then return nil, failed(why) end
  local nap, a = 2, http_look(id)
  while not a.ended do
    wait(nap)
    nap = nap < 100 and nap * 2 or 100
    a = http_look(id)
  end
  if a.never then return nil, failed(a.why) end
  if not a.status then return nil, unsure(a.why) end
  if a.status >= 200 and a.status < 300 then return a end
  local text = "the other side answers " .. a.status
  -- who names a time to come again has done nothing
  if a.status == 429 or a.status == 503 and a.retry_after_ms > 0 then return nil, later(text, a.retry_after_ms) end
  -- a 4xx was refused; behind a 5xx nobody knows what happened
  if a.status >= 400 and a.status < 500 and a.status ~= 408 then return nil, failed(text) end
  if a.status >= 300 and a.status < 400 then return nil, failed(text .. ", and redirects are not followed") end
  return nil, unsure(text)
end

-- What the action says, in the members that its contract names.
local function send(t)
  local body = { action = t.action, key = t.key }
  for name, value in pairs(t.args) do body[name] = value end
  if t.role == "chat" then body = { text = t.args.text, channel = t.args.channel } end
  local answer, why = post(t, body)
  if not answer then return why end
  local result = {}
  for _, row in ipairs(contract(t.action).results) do
    local given = from_json(answer.body)
    local value = type(given) == "table" and given[row[1]]
    if not value then return unsure("it was taken, but the answer names no '" .. row[1] .. "'") end
    result[row[1]] = tostring(value)
  end
  return ok(result)
end

local function cannot_say() return unknown("the other side cannot be asked") end
local way = { perform = send, probe = cannot_say, deadline = "2m", retry = { times = 4, every = "1s", at_most = "30s" } }

return {
  summary = "says things as JSON over http: chat, ticket, page, status page",
  plays = { "chat", "ticket", "page", "statuspage" },
  needs = { "http" },
  settings = { url = { type = "url", required = true }, header = { type = "text" }, certificates = { type = "text" },
               within = { type = "duration" } },
  actions = {
    ["chat.say"] = way, ["page.call"] = way, ["statuspage.set"] = way,
    ["ticket.open"] = way, ["ticket.comment"] = way, ["ticket.escalate"] = way,
  },
}
