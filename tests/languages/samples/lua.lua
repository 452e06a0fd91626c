-- Reads orders.
local json = require("json")
local path = require "path"

--[[ All of
the store. ]]
local LIMIT = 10

local Order = {}

function Order.new(price)
  return setmetatable({ price = price }, Order)
end

function Order:total(rate)
  if rate > 0 then
    return self.price * rate
  end
  return 'none' .. [[ raw ]]
end

local function load(file)
  local parse = function(line)
    return Order.new(tonumber(line))
  end
  for line in io.lines(file) do
    print("line", parse(line))
  end
end

return { load = load, json = json, path = path, limit = LIMIT }
