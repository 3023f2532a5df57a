local limit, window, width = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local now = tonumber(ARGV[4])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local fields = redis.call('HGETALL', KEYS[1])
local slots, total = {}, 0
for at = 1, #fields, 2 do
  local slot, count = tonumber(fields[at]), tonumber(fields[at + 1])
  local leaves = (slot + 1) * width + window
  if leaves <= now or slot * width > now + window then
    redis.call('HDEL', KEYS[1], fields[at])
  else
    slots[#slots + 1] = {leaves, count}
    total = total + count
  end
end
if total < limit then
  redis.call('HINCRBY', KEYS[1], string.format('%d', math.floor(now / width)), 1)
  redis.call('PEXPIRE', KEYS[1], string.format('%d', window + 2 * width))
  return 0
end
table.sort(slots, function(one, other) return one[1] < other[1] end)
local surplus = total - limit + 1
for _, slot in ipairs(slots) do
  surplus = surplus - slot[2]
  if surplus <= 0 then
    return slot[1] - now
  end
end
return window
