-- manual: a person does it, and the record keeps what they say.

local function words(t)
  local said = {}
  for name, value in pairs(t.typed or {}) do
    if type(value) == "table" then value = table.concat(value, " ") end
    said[#said + 1] = name .. "=" .. tostring(value)
  end
  return t.action .. " " .. table.concat(said, " ")
end

-- "Please look: ...? Say an IP address, or none." Three tries, each saying what was wrong.
local function read(t)
  local question = "Please look: " .. t.help .. " (" .. words(t) .. "). Say " .. wants(t.action)
  local why
  for _ = 1, 3 do
    local answer, text = ask_person(why and why .. ": " .. question or question, true)
    if answer == "could-not" then return failed(text ~= "" and text or "nobody could say") end
    if answer == "done" then text = "yes" end
    if answer == "yes" or answer == "no" then text = answer end
    local result
    result, why = said(t.action, text)
    if result == false then return nothing() end
    if result then return ok(result, "a person says so") end
  end
  return failed(why)
end

local function change(t)
  local wanted = wants(t.action)
  local question = "Please do by hand: " .. t.help .. " (" .. words(t) .. ")"
  if wanted ~= "" then question = question .. ". With done, say " .. wanted end
  local why
  for _ = 1, 3 do
    local answer, text = ask_person(why and why .. ": " .. question or question)
    if answer == "could-not" or answer == "no" then
      return failed(text ~= "" and text or "a person could not do it")
    end
    if answer == "instead" then return instead(text) end
    local result
    result, why = said(t.action, text)
    if result then return ok(result) end
  end
  return unsure("done, but " .. why)
end

return {
  summary = "asks a person to do the thing, and records the answer",
  plays = "all",
  needs = {},
  settings = {},
  any = {
    blind = true,
    perform = function(t)
      if t.change then return change(t) end
      return read(t)
    end,
    -- Nobody but a person knows whether it was done.
    probe = function(t)
      local answer, text = ask_person("Was this done? " .. t.help .. " (" .. words(t) .. ")")
      if answer == "done" or answer == "yes" then return done({}, text) end
      if answer == "could-not" or answer == "no" then return absent(text) end
      return unknown(text)
    end,
    deadline = "24h",
  },
}
