-- One private network a region, made at the first wave and used by all.
return runbook {
  summary = "Have a private network into which flooded IPs can be led",

  params = {
    service = { type = "service", required = true, help = "the region it belongs to" },
  },

  steps = function(p)
    local name = "watch-" .. p.service
    local known = cloud.find_vpc { name = name }
    if known.id ~= "" then
      return { vpc = known.id }
    end

    step "Make the private network"
    local made = cloud.create_vpc { name = name }
    return { vpc = made.id }
  end,
}
