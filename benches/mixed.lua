-- Every read route of the contract, and one write in ten, for wrk:
--   wrk -t1 -c64 -d10s -s benches/mixed.lua http://127.0.0.1:3003
-- The order is random with a fixed seed, so that two runs send the same requests.

math.randomseed(20261122)

local reads = {
  "/plaintext", "/json", "/baseline11?a=13&b=29", "/json/25?m=3", "/todos?limit=20",
  "/todos/stats", "/todos/1", "/livez", "/readyz",
}
local json = { ["content-type"] = "application/json" }

request = function()
  if math.random(10) == 1 then
    return wrk.format("POST", "/todos", json, '{"title":"write one in ten","order":1}')
  end
  return wrk.format("GET", reads[math.random(#reads)])
end

-- 404 is a right answer for /todos/1 on an empty store; anything else above 399 is not.
local wrong = 0

response = function(status)
  if status > 399 and status ~= 404 then
    wrong = wrong + 1
    if wrong <= 5 then io.write("unexpected status ", status, "\n") end
  end
end
