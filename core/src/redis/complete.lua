local now = tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local value = string.format('%.0f handled', now + ARGV[1])
redis.call('SET', KEYS[1], value, 'PX', math.max(ARGV[1], 1))
return 1
