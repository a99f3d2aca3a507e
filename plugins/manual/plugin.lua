-- manual: a person does it, and the record keeps what they say.

local function words(t)
  local said = {}
  for name, value in pairs(t.typed or {}) do
    if type(value) == "table" then value = table.concat(value, " ") end
    said[#said + 1] = name .. "=" .. tostring(value)
  end
  return t.action .. " " .. table.concat(said, " ")
end

-- A person's words as the value that the contract wants.
local function value(kind, text)
  if kind == "truth" then
    if text == "yes" or text == "true" or text == "y" then return true end
    if text == "no" or text == "false" or text == "n" then return false end
    return nil, "expected yes or no"
  elseif kind == "integer" then
    local n = tonumber(text)
    if not n then return nil, "expected a number" end
    return math.tointeger(n)
  elseif kind == "list" then
    local items = {}
    for item in string.gmatch(text, "[^%s,]+") do items[#items + 1] = item end
    return items
  end
  if text == "" then return nil, "expected an answer" end
  return text
end

local empty = { text = "", ip = "", integer = 0, truth = false, list = {} }

local function ask_value(question, kind)
  local why
  for _ = 1, 3 do
    local answer, text = ask_person(why and why .. ": " .. question or question)
    if answer == "could-not" then return nil, text ~= "" and text or "nobody could say" end
    if answer == "done" then text = "yes" end
    if text == "" and (answer == "yes" or answer == "no") then text = answer end
    local v
    v, why = value(kind, text)
    if v ~= nil then return v end
  end
  return nil, why
end

local function read(t)
  local wanted = contract(t.action).results[1]
  local answer, why = ask_value("Please look: " .. t.help .. " (" .. words(t) .. ")", wanted[2])
  if answer == nil then return failed(why) end
  local result = {}
  for _, row in ipairs(contract(t.action).results) do result[row[1]] = empty[row[2]] end
  result[wanted[1]] = answer
  if result.count and result.ips then result.count = #result.ips end
  return ok(result, "a person says so")
end

-- What the undo will need to know of it: "$result.ip" asks for the ip.
local function results_needed(c)
  local names = {}
  for _, text in pairs(c.undo or {}) do
    local name = type(text) == "string" and string.match(text, "^%$result%.(%w+)$")
    if name then names[#names + 1] = name end
  end
  return names
end

local function change(t)
  local answer, text = ask_person("Please do by hand: " .. t.help .. " (" .. words(t) .. ")")
  if answer == "could-not" or answer == "no" then
    return failed(text ~= "" and text or "a person could not do it")
  end
  if answer == "instead" then return unchanged({}, "did something else: " .. text) end
  local result = {}
  for _, name in ipairs(results_needed(contract(t.action))) do
    local v, why = ask_value("Which " .. name .. " did it get? (" .. words(t) .. ")", "text")
    if v == nil then return unsure("done, but its " .. name .. " is not known: " .. why) end
    result[name] = v
  end
  return ok(result)
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
