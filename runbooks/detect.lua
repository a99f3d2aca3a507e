-- Which IP is it? Ask the instruments, and never take out more than one guess.
return runbook {
  summary = "Find the public IP that is being flooded",

  params = {
    service = { type = "service", required = true, help = "the region under attack" },
    ip      = { type = "ip", help = "the target, if you know it: then nothing is looked for" },
    last    = { type = "duration", default = "2m", help = "how far to look back" },
  },

  steps = function(p)
    step "Find the IP under attack"
    if p.ip then
      note(p.ip .. " is taken as the target because somebody said so")
      return { ip = p.ip }
    end

    local seen = sense.flood { service = p.service, last = p.last }
    local named = { syn = "A SYN flood", ack = "An ACK flood", rst = "An RST flood", udp = "A UDP flood",
      icmp = "An ICMP flood", mixed = "A flood of several kinds" }
    local flood = named[seen.kind or ""] or "A flood" -- a person may know the IP and no more
    local rate = seen.rate and ": " .. seen.rate .. " packets a second" or ""
    note(flood .. " is directed at " .. seen.ip .. rate)
    if #seen.ips > 1 then
      note("More than one IP is flooded: " .. table.concat(seen.ips, ", ") .. ". Run this again for the next one.")
    end
    return { ip = seen.ip, kind = seen.kind, rate = seen.rate }
  end,
}
