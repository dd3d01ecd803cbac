"""JSON: encoding and decoding records, numbers, nested lists, escapes, indentation."""
import json

records = [{"id": i, "name": f"user {i}", "tags": ["a", "b\n", "ü"], "score": i / 3, "active": i % 2 == 0, "parent": None,
            "address": {"street": "Main \"St\"", "zip": str(10_000 + i)}} for i in range(1000)]
numbers = [[i, i * 0.5, -i] for i in range(3000)]

total = 0
for _ in range(10):
    text = json.dumps(records)
    total += len(text)
    back = json.loads(text)
    total += len(back) + (back == records)
    total += len(json.dumps(json.loads(json.dumps(numbers))))
    total += len(json.dumps(records[:80], indent=2, sort_keys=True))
print(total)
