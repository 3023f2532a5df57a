local held = redis.call('GET', KEYS[1])
if not held then
  redis.call('SET', KEYS[1], 'in progress:' .. ARGV[1], 'PX', ARGV[2])
  return -1
end
if held == 'handled' then
  return -2
end
return math.max(redis.call('PTTL', KEYS[1]), 1)
