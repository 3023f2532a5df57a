local now = tonumber(ARGV[3])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local held = redis.call('GET', KEYS[1])
if held then
  local ends, state = string.match(held, '^(%d+) (.*)$')
  if now < tonumber(ends) then
    return state == 'handled' and -2 or ends - now
  end
end
local value = string.format('%.0f in progress:%s', now + ARGV[2], ARGV[1])
redis.call('SET', KEYS[1], value, 'PX', math.max(ARGV[2], 1))
return -1
