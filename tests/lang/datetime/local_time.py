"""Local time by names of zones and by rules, its text, and the way back."""
import os
import time


def use(zone):
    os.environ["TZ"] = zone
    time.tzset()


def show(zone, *moments):
    use(zone)
    print(zone, time.tzname, time.timezone, time.altzone, time.daylight)
    for moment in moments:
        at = time.localtime(moment)
        print("   ", time.strftime("%Y-%m-%d %H:%M:%S %Z %z", at), at.tm_isdst, at.tm_gmtoff, at.tm_wday, at.tm_yday)


# ---- zones ----
MOMENTS = -2000000000, -1, 0, 1585443599, 1585443600, 1603587599, 1603587600, 4102444800, 4118083200, 32503680000
for zone in ("Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns", "Africa/Casablanca", "Etc/GMT+5", "UTC", ":Europe/London"):
    show(zone, *MOMENTS)

# ---- rules ----
YEAR = 1704067200  # 2024
DAYS = [YEAR + day * 86400 for day in (0, 58, 59, 60, 89, 90, 100, 200, 299, 300, 301, 306, 365)]
for rules in ("EST5", "EST5EDT", "EST5EDT,M3.2.0,M11.1.0", "CET-1CEST,M3.5.0,M10.5.0/3", "AEST-10AEDT,M10.1.0,M4.1.0/3", "<+0330>-3:30", "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1",
              "ABC-2DEF-4,J60/1,J300", "ABC-2DEF,59,299/12:30:15", "IST-1GMT0,M10.5.0,M3.5.0/1"):
    show(rules, *DAYS)
show("EST5EDT", 637900000)  # March 1990: a file's name too, which knows that summer time began later then

# ---- to the second ----
use("CET-1CEST,M3.5.0,M10.5.0/3")
for change in (1711846800, 1729990800):
    print([time.strftime("%d %H:%M:%S %Z", time.localtime(change + k)) for k in (-1, 0, 1)])

# ---- back to seconds ----
use("Europe/Berlin")
for fields in ((2024, 1, 15, 12, 0, 0), (2024, 7, 15, 12, 0, 0), (2024, 3, 31, 1, 59, 59), (2024, 3, 31, 3, 0, 0), (2024, 10, 27, 1, 59, 59), (2024, 10, 27, 3, 0, 0), (1965, 2, 3, 4, 5, 6), (2100, 6, 1, 0, 0, 0)):
    print(fields, time.mktime(fields + (0, 0, -1)))
print(time.mktime((2024, 10, 27, 2, 30, 0, 0, 0, 1)), time.mktime((2024, 10, 27, 2, 30, 0, 0, 0, 0)))
print(time.mktime((2024, 7, 15, 12, 0, 0, 0, 0, 0)), time.mktime((2024, 1, 15, 12, 0, 0, 0, 0, 1)))
print(time.mktime((2024, 14, 35, 30, 70, 80, 0, 0, -1)), time.mktime((2024, -5, -40, -3, -7, -9, 0, 0, -1)))
for moment in range(1700000000, 1735000000, 1234567):
    assert time.mktime(time.localtime(moment)) == moment
for year in (1, 1600, 1899, 1970, 2000, 2400, 9999):
    at = time.gmtime((year - 1970) * 31556952)
    print(time.strftime("%F %T %j %U %W %V %G %g %u %w %y", at), time.asctime(at))

# ---- text ----
use("Europe/Berlin")
LETTERS = "aAbBcCdDeFgGhHIjklmMnpPrRsSStTuUVwWxXyYzZ%"
for moment in (0, 951782399, 1720003723):
    at = time.localtime(moment)
    print("|".join(time.strftime("%" + letter, at) for letter in LETTERS))
    for flags in ("-", "_", "0", "^", "#", "5", "12", "_5", "05", "^12", "E", "O"):
        letters = LETTERS if flags not in ("E", "O") else ("cCxXyY" if flags == "E" else "deHImMSuUVwWy")
        print(flags, "|".join(time.strftime("%" + flags + letter, at) for letter in letters if letter not in "nt%sz"))
print(time.strftime("100%% of %d", time.gmtime(0)), ascii(time.strftime("\u20ac%d", time.gmtime(0))))
for fields in ((2024, 1, 1, 0, 0, 0, 0, 1, -1), (2021, 1, 3, 0, 0, 0, 6, 3, 0), (2020, 12, 31, 23, 59, 61, 3, 366, 0), (12345, 6, 7, 8, 9, 10, 1, 158, 0)):
    print(time.strftime("%a %d %b %Y %H:%M:%S|%U %W %V %G|%y %j", fields))
