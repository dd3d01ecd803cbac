"""Regular expressions: searching logs, splitting, substitution with a function, alternatives, groups, backtracking."""
import re

LINE = re.compile(r"(\d+\.\d+\.\d+\.\d+) - (\w+) \[([^\]]+)\] \"(GET|POST) ([^ \"]+)[^\"]*\" (\d{3}) (\d+)")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
TOKEN = re.compile(r"\s*(?:(?P<num>\d+)|(?P<name>[a-z_]\w*)|(?P<op>[-+*/()=]))")

log = "\n".join(f'10.0.{i % 256}.{i % 7} - user{i % 13} [day {i}] "{"GET" if i % 3 else "POST"} /page/{i}?q={i} HTTP/1.1" {200 + i % 5} {i * 11}'
                for i in range(20_000))
text = "write to first.last@example.org or x+y@mail.example.com before 12.5 or -7 today; " * 4000
source = "total = alpha * (beta + 42) - gamma_1 / 7 " * 4000

print(sum(int(m.group(7)) for m in LINE.finditer(log)))
print(len(EMAIL.findall(text)), len(NUMBER.findall(text)))
print(sum(1 for m in TOKEN.finditer(source) if m.lastgroup == "name"))
print(len(re.sub(r"\b(\w)(\w*)\b", lambda m: m.group(1).upper() + m.group(2), text)))
print(len(re.split(r"[;,\s]+", text)))
print(len(re.findall(r"(?i)(?:one|two|EXAMPLE|four)\.(?:org|net|com)", text)))
print(sum(bool(re.match(r"(a|b)*c?$", "ab" * n)) for n in range(120)))
