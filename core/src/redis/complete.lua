redis.call('SET', KEYS[1], 'handled', 'PX', ARGV[1])
return 1
