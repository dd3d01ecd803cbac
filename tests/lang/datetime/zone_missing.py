# A time zone that is nowhere.
import zoneinfo

for key in "No/Where", "Europe", "../x", "Europe/\udc80":
    try:
        zoneinfo.ZoneInfo(key)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as e:
        print(type(e).__name__, ascii(str(e)))
