-- exec: programs, here or on another machine by ssh. No shell: a program and
-- its arguments, each one as it stands.
--
-- Settings: env ({ DB_PASSWORD: "${file:db.key}" }), variables that programs
-- here get besides; of what the configuration names as ${env:X} they get nothing.

local function quoted(text)
  return "'" .. string.gsub(text, "'", "'\\''") .. "'"
end

local function command(a)
  local argv = { a.program }
  for _, word in ipairs(a.args) do argv[#argv + 1] = word end
  if a.host == "" then return argv end
  -- ssh hands one text to the shell over there, so each word is quoted for it
  local words = {}
  for _, word in ipairs(argv) do words[#words + 1] = quoted(word) end
  return { "ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "--", a.host, table.concat(words, " ") }
end

local function last_line(text)
  local last = ""
  for line in string.gmatch(text, "[^\n]+") do last = line end
  return last
end

local KEPT = 4000 -- of its output, in the record

local function perform(t)
  local what = command(t.args)
  what.env = t.settings.env
  local id, why = program_start(what)
  if not id then return failed(why) end
  local until_ms, nap, stopped = now() + t.args.within, 2, false
  local seen = program_look(id)
  while not seen.ended do
    if now() >= until_ms then
      program_stop(id)
      stopped, until_ms = true, now() + 2000
    end
    wait(nap)
    seen = program_look(id)
    nap = seen.talks and 1 or nap < 100 and nap * 2 or 100
  end
  local out = #seen.out > KEPT and string.sub(seen.out, -KEPT) or seen.out
  local result = { status = seen.status, out = out }
  if stopped then return unsure(t.args.program .. " was stopped: it took longer than it may") end
  if seen.signal > 0 then return unsure(t.args.program .. " was ended by signal " .. seen.signal) end
  if seen.status == 0 then return ok(result) end
  local text = t.args.program .. " ended with " .. seen.status
  if t.args.host ~= "" and seen.status == 255 then -- ssh's own word for a connection that was not or is no more
    text = "ssh to " .. t.args.host .. " broke, or " .. text
  end
  if last_line(out) ~= "" then text = text .. ": " .. last_line(out) end
  -- a program that failed may have done half of its work
  if t.change then return unsure(text) end
  return failed(text)
end

return {
  summary = "runs programs, here or by ssh",
  plays = { "exec" },
  needs = { "programs" },
  settings = { env = { type = "map" } },
  actions = {
    ["exec.read"] = { perform = perform, deadline = "24h" },
    ["exec.run"] = { perform = perform, deadline = "24h",
      probe = function() return unknown() end }, -- nobody but a person knows what it did
  },
}
